package view

import (
	"maps"
	"strings"
	"testing"
)

const inGerman = `{"language": "de", "direction": "ltr", "waiting.title": "Mit Xaman scannen"}`

func TestTextsFor(t *testing.T) {
	tests := map[string]struct {
		tags, file, own        string
		formats, title, cancel string
	}{
		"English":               {"en", "", "", "en", "Scan with Xaman", "Cancel"},
		"English of a region":   {"en-IN", "", "", "en-IN", "Scan with Xaman", "Cancel"},
		"no file for it":        {"sv", "", "", "en", "Scan with Xaman", "Cancel"},
		"no tag":                {"", "", "", "en", "Scan with Xaman", "Cancel"},
		"of a visitor":          {"sv de-CH en-IN de", inGerman, "", "de-CH", "Mit Xaman scannen", "Cancel"},
		"of another visitor":    {"sv en-IN", "", "", "en-IN", "Scan with Xaman", "Cancel"},
		"a language":            {"de", inGerman, "", "de", "Mit Xaman scannen", "Cancel"},
		"of a region":           {"DE-ch", inGerman, "", "DE-ch", "Mit Xaman scannen", "Cancel"},
		"under an old name":     {"ji", inGerman, "", "de", "Mit Xaman scannen", "Cancel"},
		"own texts":             {"de", inGerman, `{"action.cancel": "Weg"}`, "de", "Mit Xaman scannen", "Weg"},
		"own instead of a file": {"de", inGerman, `{"waiting.title": "Los"}`, "de", "Los", "Cancel"},
		"a language of its own": {"sv", "", `{"language": "sv", "waiting.title": "Skanna"}`, "sv", "Skanna", "Cancel"},
	}
	for name, tt := range tests {
		texts, formats, err := TextsFor(strings.Fields(tt.tags), tt.file, tt.own)
		if err != nil || formats != tt.formats || texts["waiting.title"] != tt.title || texts["action.cancel"] != tt.cancel {
			t.Errorf("%s: got %q, %q, formats of %q, error %v", name, texts["waiting.title"], texts["action.cancel"], formats,
				err)
		}
	}
}

// What is wrong with a file costs no more than its own texts, and is said.
func TestTextsThatAreWrong(t *testing.T) {
	for name, tt := range map[string]struct{ file, says string }{
		"a page instead":       {"<!doctype html><title>Not found</title>", "read texts"},
		"cut off":              {inGerman[:40], "read texts"},
		"a list":               {`["Mit Xaman scannen"]`, "read texts"},
		"null":                 {"null", "read texts"},
		"of another type":      {`{"language": "de", "waiting.title": {"html": "<b>"}}`, "waiting.title"},
		"too long":             {`{"waiting.title": "` + strings.Repeat("x", mostText) + `"}`, "bytes"},
		"too deep":             {strings.Repeat("[", 100_000), "read texts"},
		"of no direction":      {`{"direction": "up", "waiting.title": "x"}`, "direction"},
		"of no language":       {`{"language": "de\" onclick=\"x", "waiting.title": "x"}`, "language"},
		"of an empty language": {`{"language": "", "waiting.title": "x"}`, "language"},
	} {
		texts, formats, err := TextsFor([]string{"de"}, tt.file, "")
		if err == nil || !strings.Contains(err.Error(), tt.says) || !maps.Equal(texts, English()) || formats != "en" {
			t.Errorf("%s: got %q with formats of %q, error %v; want English, and the error to say %q", name,
				texts["waiting.title"], formats, err, tt.says)
		}
		own, formats, err := TextsFor([]string{"de"}, inGerman, tt.file)
		if err == nil || own["waiting.title"] != "Mit Xaman scannen" || formats != "de" {
			t.Errorf("%s, as the page's own: got %q with formats of %q, error %v; want German and an error", name,
				own["waiting.title"], formats, err)
		}
	}
}

func TestTextsThatFitNowhere(t *testing.T) {
	const own = `{"waiting.titel": "x", "spoken.limit": "{zeit}", "waiting.line": "Gleich."}`
	texts, _, err := TextsFor([]string{"de"}, inGerman, own)
	if err == nil || !strings.Contains(err.Error(), "waiting.titel") || !strings.Contains(err.Error(), "spoken.limit") {
		t.Errorf("got error %v, want one that names both", err)
	}
	if texts["spoken.limit"] != English()["spoken.limit"] || texts["waiting.line"] != "Gleich." {
		t.Errorf("got %q and %q", texts["spoken.limit"], texts["waiting.line"])
	}
	if _, taken := texts["waiting.titel"]; taken {
		t.Error("a text without a use was taken")
	}
}
