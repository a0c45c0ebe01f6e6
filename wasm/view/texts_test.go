package view

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// languages returns the texts of all files of languages, by name, with those that are built in.
func languages(t *testing.T) map[string]Texts {
	t.Helper()
	all := map[string]Texts{"en": English()}
	folder := os.DirFS("../../site/languages")
	names, err := fs.Glob(folder, "*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("found no languages: %v", err)
	}
	for _, name := range names {
		file, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		if all[strings.TrimSuffix(name, ".json")], err = ParseTexts(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	return all
}

func TestLanguagesAreComplete(t *testing.T) {
	all := languages(t)
	want := strings.Fields("ar de en es fr hi id it ja ko nl pl pt-BR tr vi zh-Hans")
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Errorf("got languages %q, want %q", got, want)
	}
	for name, texts := range all {
		if texts["language"] != name {
			t.Errorf("%s: the file says that it is of language %q", name, texts["language"])
		}
		for key := range English() {
			if texts[key] == "" {
				t.Errorf("%s: %s is missing", name, key)
			}
		}
		if _, err := English().With(texts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoTextIsEmpty(t *testing.T) {
	for name, texts := range languages(t) {
		for key, text := range texts {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s: %s is %q", name, key, text)
			}
		}
		if texts["direction"] != "ltr" && texts["direction"] != "rtl" {
			t.Errorf("%s: got direction %q", name, texts["direction"])
		}
	}
}

func TestNoWordsOfTheProtocol(t *testing.T) {
	words := []string{"payload", "socket", "dispatched", "uuid", "json", "backend", "webhook", "devapp"}
	for name, texts := range languages(t) {
		for key, text := range texts {
			for _, word := range words {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%s: %s says %q: %q", name, key, word, text)
				}
			}
		}
	}
}

// What a page learns from the site's server has a text, and what it does not know has one too.
func TestEveryNameHasAText(t *testing.T) {
	groups := map[string][]string{
		"check":      append([]string{"other"}, api.Checks...),
		"detail":     {"other"},
		"outcome":    {"pass", "fail", "pending", "skipped", "other"},
		"connection": {string(payload.Reconnecting), string(payload.Polling), string(payload.Offline)},
		"kept":       {string(KeptOpen), string(KeptSigned), string(KeptUnsure)},
	}
	for _, detail := range api.Details {
		groups["detail"] = append(groups["detail"], string(detail))
	}
	for group, want := range groups {
		var got []string
		for key := range English() {
			if name, ok := strings.CutPrefix(key, group+"."); ok {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got texts of %q, want %q", group, got, want)
		}
	}
}

// sources returns the text of the files of this package.
func sources(t *testing.T) (all string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") && name != "preview.go" { // which has texts of its own
			all += string(text)
		}
	}
	return all
}

// forElement are the texts of which the program itself knows nothing: the element needs them where it does not run.
var forElement = []string{"notice.fallback", "code.image"}

func TestEveryTextIsUsed(t *testing.T) {
	program := sources(t)
	groups := []string{"check", "detail", "outcome", "connection", "kept", "type", "danger", "field", "step"}
	for key := range English() {
		group, name, _ := strings.Cut(key, ".")
		used := strings.Contains(program, `"`+key+`"`) || slices.Contains(groups, group) ||
			slices.Contains(forElement, key)
		if name == "title" || name == "line" {
			used = used || strings.Contains(program, `"`+group+`"`) || slices.Contains(payload.Phases, payload.Phase(group))
		}
		if !used {
			t.Errorf("nothing says %s", key)
		}
	}
}

func TestEveryTextExists(t *testing.T) {
	program := sources(t)
	count := 0
	for _, match := range regexp.MustCompile(`"([a-z][a-z0-9-]+\.[a-z0-9-]+)"`).FindAllStringSubmatch(program, -1) {
		count++
		if !English().has(match[1]) {
			t.Errorf("there is no text %s", match[1])
		}
	}
	if count < 30 {
		t.Errorf("found only %d keys in the program", count)
	}
}

func TestTextsWithOthers(t *testing.T) {
	page := Texts{"waiting.title": "Scan me", "paid.line": "We got {amount}."}
	texts, err := English().With(page)
	if err != nil {
		t.Fatal(err)
	}
	if got := rendered(with(input(payload.State{}), func(in *Input) { in.Texts = texts })).Title; got != "Scan me" {
		t.Errorf("got title %q, want the page's", got)
	}
	if got := texts.text("paid.line", "amount", "2 XRP"); got != "We got 2 XRP." {
		t.Errorf("got %q", got)
	}
	if got, want := texts.text("opened.title"), "Opened on your phone"; got != want {
		t.Errorf("got %q for what the page does not say, want %q", got, want)
	}
	if got := English()["waiting.title"]; got != "Scan with Xaman" {
		t.Errorf("English is changed: got %q", got)
	}
}

func TestTextsWithWrongOnes(t *testing.T) {
	tests := map[string]Texts{
		"no text has the key waiting.titel":                             {"waiting.titel": "Scan"},
		`text paid.line has the places [], want ["amount"]`:             {"paid.line": "Paid."},
		`text paid.line has the places ["sum"], want ["amount"]`:        {"paid.line": "Paid: {sum}."},
		`text waiting.line has the places ["amount"], want []`:          {"waiting.line": "Pay {amount}."},
		`text opened.line has the places ["" "site"], want []`:          {"opened.line": "{site} and {"},
		"no text has the key a\nno text has the key b":                  {"b": "", "a": ""},
		`text code.label has the places ["code" "code"], want ["code"]`: {"code.label": "{code} {code}"},
	}
	for want, page := range tests {
		texts, err := English().With(page)
		if err == nil || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
		if !maps.Equal(texts, English()) {
			t.Errorf("%s: the wrong text is taken", want)
		}
	}
}

func TestParseTexts(t *testing.T) {
	tests := map[string]string{
		"not JSON":      `{"a":`,
		"a list":        `["a"]`,
		"a number":      `{"a":1}`,
		"not flat":      `{"waiting":{"title":"Scan"}}`,
		"null":          `null`,
		"nothing":       ``,
		"one of them":   `{"a":"b","c":true}`,
		"text after it": `{} {}`,
	}
	for name, file := range tests {
		if texts, err := ParseTexts([]byte(file)); err == nil {
			t.Errorf("%s: got %q, want an error", name, texts)
		}
	}
	got, err := ParseTexts([]byte(`{"a":"b","ö":"\u00fc{x}"}`))
	if want := (Texts{"a": "b", "ö": "ü{x}"}); err != nil || !maps.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// What comes from outside of the program is filled in as it is.
func TestTextIsFilledInOnce(t *testing.T) {
	if got, want := English().text("amount.value", "amount", "{currency}", "currency", "X"), "{currency} X"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
