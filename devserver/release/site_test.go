package main

import (
	"io/fs"
	"os"
	"slices"
	"testing"
	"testing/fstest"
)

// The folder has what the element loads, with the compressed variants, and nothing of the demo's pages.
func TestWeb(t *testing.T) {
	built, to := t.TempDir(), t.TempDir()
	const loaded, own = "a.0123456789abcdef.wasm", "demo.0123456789abcdef.js"
	files := fstest.MapFS{}
	for _, name := range []string{
		loaded, loaded + ".br", "texts/de.0123456789abcdef.json", "element.js", "element.js.gz", "element.d.ts",
		own, own + ".br", "index.html", "index.html.gz", "guides/start.html", "guides/search.js",
	} {
		files[name] = &fstest.MapFile{Data: []byte(name)}
	}
	files["manifest.json"] = &fstest.MapFile{Data: []byte(
		`{"files":{"a.wasm":{"name":"` + loaded + `"},"texts/de.json":{"name":"texts/de.0123456789abcdef.json"}}}`)}
	if err := os.CopyFS(built, files); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to+"/of-an-earlier-release.js", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := web(built, to, map[string][]byte{"LICENSE": []byte("free")}); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := each(os.DirFS(to), func(name string, _ []byte) error {
		got = append(got, name)
		return nil
	})
	want := []string{
		"LICENSE", loaded, loaded + ".br", "element.d.ts", "element.js", "element.js.gz", "manifest.json",
		"texts/de.0123456789abcdef.json",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if content, err := fs.ReadFile(os.DirFS(to), loaded); err != nil || string(content) != loaded {
		t.Errorf("got %q, %v", content, err)
	}
	if err := web(t.TempDir(), to, nil); err == nil {
		t.Error("got no error for a site that is not built")
	}
}
