package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestManifest(t *testing.T) {
	files := publish(t, write(t, sources()))
	var m Manifest
	if err := json.Unmarshal([]byte(files["manifest.json"]), &m); err != nil {
		t.Fatal(err)
	}
	want := []string{"a.wasm", classic, fallback, question, "texts/de.json", "xaman-sign-request.css", element}
	if got := slices.Sorted(maps.Keys(m.Files)); !slices.Equal(got, want) {
		t.Errorf("got %q, want what the element loads: %q", got, want)
	}
	for name, file := range m.Files {
		content := files[file.Name]
		size := Size{Raw: len(content), Gzip: len(files[file.Name+".gz"]), Brotli: len(files[file.Name+".br"])}
		if size.Gzip == 0 {
			size.Gzip = size.Raw
		}
		if size.Brotli == 0 {
			size.Brotli = size.Raw
		}
		if file.Sha384 != integrity([]byte(content)) || file.Size != size || !strings.HasPrefix(file.Sha384, "sha384-") {
			t.Errorf("%s: got %+v, want the digest of %s and %+v", name, file, file.Name, size)
		}
	}
	module := func(name string) string {
		file := m.Files[name]
		return fmt.Sprintf("<script type=\"module\" src=\"/xaman/%s\" integrity=%q></script>\n", file.Name, file.Sha384)
	}
	room := m.Files[fallback]
	tags := module(element) + `<link rel="stylesheet" href="/xaman/` + room.Name + `" integrity="` + room.Sha384 + `">
<link rel="preload" href="/xaman/` + m.Files["xaman-sign-request.css"].Name + `" as="style">
<link rel="preload" href="/xaman/` + m.Files["a.wasm"].Name + `" as="fetch" crossorigin fetchpriority="low">`
	if want := module(question) + tags; m.Tags != want {
		t.Errorf("got %s, want %s", m.Tags, want)
	}
	if !strings.Contains(files[m.Files[element].Name], `from"./`+m.Files[question].Name+`"`) {
		t.Error("the element does not take the questions from the module that has asked them")
	} else if strings.Contains(files[element], "question") {
		t.Error("whoever loads the element alone loads another module after it")
	}
	script := m.Files[classic]
	others := `<script async src="/xaman/` + script.Name + `" integrity="` + script.Sha384 +
		tags[strings.Index(tags, `"></`):]
	if m.Classic != others || m.Version != api.Version {
		t.Errorf("got for version %s %s, want %s", m.Version, m.Classic, others)
	}
	shown := "<pre>" + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(m.Tags) + "</pre>"
	if page := files["index.html"]; !strings.Contains(page, shown) {
		t.Errorf("got the page %s, want on it %s", page, shown)
	}
}
