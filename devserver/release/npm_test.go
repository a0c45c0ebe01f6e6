package main

import (
	"encoding/json"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// What the package exports is there, types come before what they are the types of, and what does something when it is
// imported says so: bundlers would leave it out.
func TestPackageDescription(t *testing.T) {
	text, err := describe(api.Version)
	if err != nil {
		t.Fatal(err)
	}
	var described struct {
		Version     string
		Exports     map[string]json.RawMessage
		SideEffects []string
	}
	if err := json.Unmarshal(text, &described); err != nil {
		t.Fatal(err)
	}
	if described.Version != api.Version {
		t.Errorf("got the version %q", described.Version)
	}
	made := []string{"./classic.js", "./xaman-sign-request.wasm", "./package.json", "./languages/*"}
	for name, target := range described.Exports {
		var file string
		if err := json.Unmarshal(target, &file); err == nil {
			if _, err := os.Stat(path.Join("../../site", file)); err != nil && !slices.Contains(made, file) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var of struct{ Types, Default string }
		if err := json.Unmarshal(target, &of); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, file := range []string{of.Types, of.Default} {
			if _, err := os.Stat(path.Join("../../site", file)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if strings.Index(string(target), `"types"`) > strings.Index(string(target), `"default"`) {
			t.Errorf("%s: tools take the first that fits: got %s", name, target)
		}
	}
	if want := []string{"./xaman-sign-request.js", "./classic.js", "*.css"}; !slices.Equal(described.SideEffects, want) {
		t.Errorf("got side effects in %q, want %q", described.SideEffects, want)
	}
}

func TestProgramIsKnownByItsDigest(t *testing.T) {
	file := path.Join(t.TempDir(), "program.wasm")
	if err := os.WriteFile(file, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err := run(t.Context(), []string{"program", file}, &out)
	want := "export const version = '" + api.Version + "';\nexport const integrity = " + // the digest of FIPS 180-2
		"'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';\n"
	if err != nil || !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %s, %v, want %s", &out, err, want)
	}
	for _, args := range [][]string{{}, {"program"}, {"program", file + "x"}, {"npm"}, {"all", "site"}} {
		if err := run(t.Context(), args, &out); err == nil {
			t.Errorf("%q: got no error", args)
		}
	}
}
