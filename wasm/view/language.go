package view

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// mostText is how long a file of texts may be, in bytes. One of a language has a third of that.
const mostText = 128 << 10

// TextsFor returns what a card says on a page: English, in its place the texts of a file, and in the place of both the
// page's own. Both are JSON as for [ParseTexts], or empty. The error says what of them was not taken.
//
// Numbers and times are written as the first of the page's language tags says that is of the language of the texts, as
// in de-CH, and else as their own tag does.
func TextsFor(tags []string, file, own string) (texts Texts, formats string, err error) {
	texts, fileErr := English().over(file)
	texts, ownErr := texts.over(own)
	if fileErr != nil {
		fileErr = fmt.Errorf("texts of %s: %w", strings.Join(tags, ", "), fileErr)
	}
	if ownErr != nil {
		ownErr = fmt.Errorf("texts of the page: %w", ownErr)
	}
	formats = texts["language"]
	i := slices.IndexFunc(tags, func(tag string) bool { return primary(tag) == primary(formats) })
	if i >= 0 {
		formats = tags[i]
	}
	return texts, formats, errors.Join(fileErr, ownErr)
}

// over returns t with the texts of a file in the place of its own.
func (t Texts) over(file string) (Texts, error) {
	if file == "" {
		return t, nil
	}
	if len(file) > mostText {
		return t, fmt.Errorf("got %d bytes, want at most %d", len(file), mostText)
	}
	others, err := ParseTexts([]byte(file))
	if err != nil {
		return t, err
	}
	all, err := t.With(others)
	if d := all["direction"]; d != "ltr" && d != "rtl" {
		return t, fmt.Errorf("direction is %q, want ltr or rtl", d)
	}
	if !isTag(all["language"]) {
		return t, fmt.Errorf("language is %q, want a tag such as de", all["language"])
	}
	return all, err
}

// primary is the language itself of a language tag.
func primary(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(language)
}

// isTag reports whether a text has the characters of a language tag.
func isTag(text string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return primary(text) != "" && strings.Trim(text, letters+"0123456789-") == ""
}
