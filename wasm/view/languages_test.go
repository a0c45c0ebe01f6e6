package view

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The page's script asks for no file that is not there.
func TestScriptListsLanguages(t *testing.T) {
	script, err := os.ReadFile("../../site/languages.js")
	if err != nil {
		t.Fatal(err)
	}
	listed := []string{"en"}
	file := regexp.MustCompile(`'?([A-Za-z-]+)'?: new URL\('\./languages/([^']+)\.json', import\.meta\.url\)`)
	for _, match := range file.FindAllStringSubmatch(string(script), -1) {
		if listed = append(listed, match[1]); match[1] != match[2] {
			t.Errorf("site/languages.js: the file of %s is that of %s", match[1], match[2])
		}
	}
	slices.Sort(listed)
	if names := slices.Sorted(maps.Keys(languages(t))); !slices.Equal(names, listed) {
		t.Errorf("site/languages.js lists %q, want %q", listed, names)
	}
}

// same are the texts that other languages may share with English: names, and words that they have taken over.
var same = []string{"amount.value", "direction", "join.line", "spoken.stage"}

func TestLanguagesAreTranslated(t *testing.T) {
	for name, texts := range languages(t) {
		if name == "en" {
			continue
		}
		english := 0
		for key, text := range texts {
			if strings.Contains(text, " ") && text == English()[key] && !slices.Contains(same, key) {
				t.Errorf("%s: %s is English: %q", name, key, text)
			}
			if text == English()[key] && !slices.Contains(same, key) {
				english++
			}
		}
		if english > 5 {
			t.Errorf("%s: %d texts are as in English", name, english)
		}
	}
}

// Names stay as they are, and each language has its own signs.
func TestTypography(t *testing.T) {
	signs := map[string]*regexp.Regexp{
		"fr":      regexp.MustCompile(`[^\x{202f}][;?!]|[^\x{a0}]:`), // they stand apart
		"ja":      regexp.MustCompile(`[,.:;!?](\s|$)`),              // those of the script are wide
		"zh-Hans": regexp.MustCompile(`[,.:;!?](\s|$)`),
		"hi":      regexp.MustCompile(`\.$`),
		"ar":      regexp.MustCompile(`[,;?]`),
	}
	for name, texts := range languages(t) {
		for key, text := range texts {
			if strings.ContainsAny(text, "'\"\u200b") || strings.Contains(text, "...") || strings.Contains(text, "  ") {
				t.Errorf("%s: %s has signs of a typewriter: %q", name, key, text)
			}
			if signs[name] != nil && signs[name].MatchString(text) {
				t.Errorf("%s: %s has signs of another language: %q", name, key, text)
			}
			for _, kept := range []string{"Xaman", "XRP Ledger", "NFT"} {
				if strings.Contains(English()[key], kept) && !strings.Contains(text, kept) {
					t.Errorf("%s: %s does not name %s: %q", name, key, kept, text)
				}
			}
		}
	}
}

// What does not fit the places of a card.
func TestTextsAreShort(t *testing.T) {
	most := map[string]int{"title": 36, "action": 32, "step": 14, "outcome": 24}
	for name, texts := range languages(t) {
		for key, text := range texts {
			group, part, _ := strings.Cut(key, ".")
			for _, of := range []string{group, part} {
				if limit := most[of]; limit > 0 && len([]rune(text)) > limit && key != "action.reveal-pushed" {
					t.Errorf("%s: %s has %d characters, want at most %d: %q", name, key, len([]rune(text)), limit, text)
				}
			}
		}
	}
}

// Where there is no program, the element says in English what the program would.
func TestScriptSaysTheSame(t *testing.T) {
	script, err := os.ReadFile("../../site/early.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range append([]string{"action.open"}, forElement...) {
		if text := "'" + English()[key] + "'"; !strings.Contains(string(script), text) {
			t.Errorf("site/early.js does not say %s for %s", text, key)
		}
	}
}
