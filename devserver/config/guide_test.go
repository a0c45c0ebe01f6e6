package config

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guide is the guide that explains every key.
func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../site/guides/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var quoted = regexp.MustCompile("`([^`]+)`")

func names(cell string) (all []string) {
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		all = append(all, match[1])
	}
	return all
}

// explained are the keys that the guide's tables have, by sections.
func explained(text string) map[string][]string {
	keys := map[string][]string{}
	for _, section := range strings.Split(text, "\n## ")[1:] {
		heading, rest, _ := strings.Cut(section, "\n")
		_, table, _ := strings.Cut(rest, "| Key | Value |\n")
		table, _, _ = strings.Cut(table, "\n\n")
		for _, row := range strings.Split(table, "\n") {
			if cells := strings.Split(row, " | "); len(cells) == 2 {
				keys[heading] = append(keys[heading], names(cells[0])...)
			}
		}
	}
	return keys
}

func TestGuideExplainsEveryKey(t *testing.T) {
	want := map[string][]string{}
	for f := range reflect.TypeFor[file]().Fields() {
		name, section := f.Tag.Get("toml"), f.Type
		if section.Kind() == reflect.Map {
			name, section = name+map[string]string{"networks": ".KEY"}[name], section.Elem()
			if !strings.Contains(name, ".") {
				name += ".NAME"
			}
		}
		want[name] = keysOf(section)
	}
	if got := explained(guide(t)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestGuideExplainsEveryKind(t *testing.T) {
	got := map[string][2][]string{}
	_, table, _ := strings.Cut(guide(t), "| Kind | Needs | May have | What it is |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, row := range strings.Split(table, "\n") {
		if cells := strings.Split(row, "|"); strings.Contains(row, "`") {
			got[strings.Join(names(cells[1]), " ")] = [2][]string{names(cells[2]), names(cells[3])}
		}
	}
	want := map[string][2][]string{}
	for name, k := range kinds {
		if k.make != nil {
			want[name] = [2][]string{k.need, k.may}
		}
	}
	for side, k := range sides {
		want["nft-offer "+side] = [2][]string{k.need, k.may}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestExamplesOfEveryKeyThatIsNeeded(t *testing.T) {
	for _, k := range slices.Concat(slices.Collect(maps.Values(kinds)), slices.Collect(maps.Values(sides))) {
		for _, key := range k.need {
			if examples[key] == "" && key != "side" {
				t.Errorf("there is no example of %s", key)
			}
		}
	}
}

func TestExampleIsRead(t *testing.T) {
	text, err := os.ReadFile("../../site/guides/code/xaman-live.toml")
	if err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string {
		if name == "XAMAN_API_KEY" {
			return apiKey
		}
		return environment("CALLBACK")
	}
	readFile := func(string) ([]byte, error) { return []byte(apiKey), nil }
	c, err := parse("xaman-live.toml", text, getenv, readFile)
	if err != nil || len(c.Offers) != 9 || len(c.Networks) != 2 || c.Network != "TESTNET" || c.Credentials == nil ||
		len(c.Receivers) != 2 || !maps.Equal(c.Callbacks, map[string]bool{"shop": true, "kitchen": false}) {
		t.Errorf("got %+v, %v, want all of it", c, err)
	}
	// It shows every kind.
	for name := range kinds {
		if !strings.Contains(string(text), "kind = \""+name+"\"") {
			t.Errorf("it has no %s", name)
		}
	}
}
