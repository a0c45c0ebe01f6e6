package view

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// flat returns every text of a language, by the path of its field.
func flat(t *testing.T, language *texts) map[string]string {
	t.Helper()
	all := map[string]string{}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			all[path] = v.String()
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.Array:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		case reflect.Map:
			for _, key := range v.MapKeys() {
				walk(fmt.Sprintf("%s[%s]", path, key), v.MapIndex(key))
			}
		default:
			t.Fatalf("%s is a %v, which this test cannot read", path, v.Kind())
		}
	}
	walk("", reflect.ValueOf(language).Elem())
	return all
}

func TestTextsAreComplete(t *testing.T) {
	want := flat(t, &english)
	for name, language := range languages {
		got := flat(t, language)
		for path, text := range got {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", name, path)
			}
			if name != "en" && text == want[path] {
				t.Errorf("%s: %s is English: %q", name, path, text)
			}
			if got, want := strings.Count(text, "%"), strings.Count(want[path], "%"); got != want {
				t.Errorf("%s: %s has %d verbs, want %d as in English", name, path, got, want)
			}
		}
		if got, want := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
			t.Errorf("%s: got texts %q, want those of English %q", name, got, want)
		}
	}
}

// The names are those that a backend uses.
func TestEveryCheckAndOutcomeHasAName(t *testing.T) {
	for name, language := range languages {
		got, want := slices.Sorted(maps.Keys(language.checks)), slices.Sorted(slices.Values(api.Checks))
		if !slices.Equal(got, want) {
			t.Errorf("%s: got checks %q, want %q", name, got, want)
		}
		for _, outcome := range []payload.Outcome{payload.Pass, payload.Fail, payload.Pending, payload.Skipped} {
			if _, ok := language.outcomes[outcome]; !ok {
				t.Errorf("%s: outcome %s has no word", name, outcome)
			}
		}
	}
}

func TestNoWordsOfTheProtocol(t *testing.T) {
	words := []string{"payload", "socket", "dispatched", "uuid", "json", "backend", "webhook", "devapp", "resolved"}
	for name, language := range languages {
		for path, text := range flat(t, language) {
			for _, word := range words {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%s: %s says %q: %q", name, path, word, text)
				}
			}
		}
	}
}

func TestLanguageOfTag(t *testing.T) {
	tests := map[string]*texts{
		"en": &english, "en-GB": &english, "de": &german, "de-CH": &german, "DE": &german, "de-Latn-AT": &german,
		"": &english, "fr": &english, "den": &english, "x-de": &english, "-": &english,
	}
	for tag, want := range tests {
		if got := Render(Input{Language: tag}).Title; got != want.loading.title {
			t.Errorf("%q: got %q, want %q", tag, got, want.loading.title)
		}
	}
}
