package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// Whoever copies an application gets what was tested: packages in exact versions, this project's among them, by their
// digests and from whichever registry he uses.
func TestExamplePackages(t *testing.T) {
	files, err := filepath.Glob("../site/examples/*/package.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("found only %q, %v", files, err)
	}
	exact := regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	for _, file := range files {
		var p struct{ Dependencies, DevDependencies map[string]string }
		readJSON(t, file, &p)
		if got := p.Dependencies["xaman-live"]; got != api.Version {
			t.Errorf("%s: got xaman-live %q, want %s", file, got, api.Version)
		}
		lock := struct {
			Packages map[string]struct{ Version, Resolved, Integrity string }
		}{}
		readJSON(t, strings.Replace(file, "package.json", "package-lock.json", 1), &lock)
		for _, list := range []map[string]string{p.Dependencies, p.DevDependencies} {
			for name, version := range list {
				locked := lock.Packages["node_modules/"+name].Version
				if !exact.MatchString(version) || locked != version {
					t.Errorf("%s: got %s %q, locked as %q, want one exact version", file, name, version, locked)
				}
			}
		}
		for name, it := range lock.Packages {
			ours := name == "" || name == "node_modules/xaman-live"
			if it.Resolved != "" || it.Integrity == "" && !ours {
				t.Errorf("%s: %s is locked as %+v, want a digest and no address", file, name, it)
			}
		}
	}
}

// The shop looks the same in all of them.
func TestExampleStyles(t *testing.T) {
	want := read(t, "../site/examples/plain/style.css")
	for _, file := range []string{"next/app", "react/src", "svelte/src", "vue/src", "other-origin/src"} {
		if got := read(t, "../site/examples/"+file+"/style.css"); got != want {
			t.Errorf("%s/style.css differs from that of the plain page", file)
		}
	}
}

func readJSON(t *testing.T, file string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, file)), to); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
