package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

// The package has the modules as they are, so that bundlers find the files that these name, and nothing of the pages.
func TestPackage(t *testing.T) {
	o := write(t, sources())
	args := []string{"-package", o.Site, o.To, "built.js=" + o.Built["built.js"], "a.wasm=" + o.Built["a.wasm"]}
	if err := run(args, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	files := tree(t, o.To)
	want := []string{
		"a.wasm", "built.js", "classic.js", "element.d.ts", "element.js", "fallback.css",
		"part.js", "question.js", "react.js", "texts/de.json", "xaman-sign-request.css",
		"xaman-sign-request.d.ts", "xaman-sign-request.js",
	}
	if got := names(files); !slices.Equal(got, want) || len(files) != len(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := files[element], sources()[element]; got != want {
		t.Errorf("got the module %s, want it as it is", got)
	}
	script := files[classic]
	for _, text := range []string{"document.currentScript.src", "./a.wasm", "./texts/de.json", "built elsewhere"} {
		if !strings.Contains(script, text) {
			t.Errorf("the classic script lacks %q: %s", text, script)
		}
	}
	for _, text := range []string{"import", "export", "addressOfThisScript"} {
		if strings.Contains(script, text) {
			t.Errorf("the classic script has %q: %s", text, script)
		}
	}
}

func TestPackageWithoutAFile(t *testing.T) {
	files := sources()
	delete(files, "texts/de.json")
	o := write(t, files)
	if err := Package(o); err == nil || !strings.Contains(err.Error(), "texts/de.json: ") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}
