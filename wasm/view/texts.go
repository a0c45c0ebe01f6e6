package view

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/valyala/fastjson"
)

// Texts are what a card says, by the keys of english.json. A key is group.name, and {name} in a text is a place that
// the card fills in. What is missing is English.
type Texts map[string]string

//go:embed english.json
var englishFile []byte

// English returns the texts that are built in. Nobody changes them.
var English = sync.OnceValue(func() Texts {
	texts, err := ParseTexts(englishFile)
	if err != nil {
		panic(err) // a test reads the file
	}
	return texts
})

// ParseTexts reads a flat JSON object of texts: all those of a language, or those that a page replaces.
func ParseTexts(json []byte) (Texts, error) {
	v, err := fastjson.ParseBytes(json)
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	object, err := v.Object()
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	texts := make(Texts, object.Len())
	object.Visit(func(key []byte, v *fastjson.Value) {
		if v.Type() != fastjson.TypeString {
			err = fmt.Errorf("read texts: %s is not a string", key)
			return
		}
		texts[string(key)] = string(v.GetStringBytes())
	})
	return texts, err
}

// With returns t with other texts in the place of its own. The error names those that no card has a use for, and those
// that leave out what the card fills in: they are not taken.
func (t Texts) With(others Texts) (Texts, error) {
	all := maps.Clone(t)
	if all == nil {
		all = Texts{}
	}
	var wrong []error
	var keys []string
	for key := range others {
		keys = insert(keys, key)
	}
	for _, key := range keys {
		model, known := English()[key]
		switch text := others[key]; {
		case !known:
			wrong = append(wrong, fmt.Errorf("no text has the key %s", key))
		case !slices.Equal(places(text), places(model)):
			wrong = append(wrong, fmt.Errorf("text %s has the places %q, want %q", key, places(text), places(model)))
		default:
			all[key] = text
		}
	}
	return all, errors.Join(wrong...)
}

// places lists what a text leaves open, in order of name.
func places(text string) (all []string) {
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return all
		}
		name, after, _ := strings.Cut(rest, "}")
		all, text = insert(all, name), after
	}
}

// insert adds a name where it belongs in the order. slices.Sort would cost 5 kB on the wire.
func insert(names []string, name string) []string {
	at, _ := slices.BinarySearch(names, name)
	return slices.Insert(names, at, name)
}

// text returns the text of a key. What it leaves open is named and filled in pairs.
func (t Texts) text(key string, filled ...string) string {
	text, ok := t[key]
	if !ok {
		text = English()[key]
	}
	if len(filled) == 0 {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		for i := 0; i < len(filled); i += 2 {
			if filled[i] == name {
				b.WriteString(filled[i+1])
			}
		}
		text = after
	}
}

// oneOf returns the text of a name in a group. A name without a text has that of "other", which may be empty.
func (t Texts) oneOf(group, name string) string {
	if t.has(group + "." + name) {
		return t.text(group + "." + name)
	}
	return t.text(group + ".other")
}

// join puts two sentences, of which one may be empty, one after the other.
func (t Texts) join(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return t.text("join.line", "first", first, "second", second)
}

func (t Texts) has(key string) bool { return English()[key] != "" }
