//go:build e2e

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What TypeScript makes of the package's types. Lines that must not compile say so themselves, and fail if they do.
func TestEndToEndTypes(t *testing.T) {
	t.Parallel()
	installed := os.Getenv("FRAMEWORKS")
	for name, tt := range map[string]struct{ with, files []string }{
		"without a framework": {nil, []string{"plain.ts"}},
		"with all of them": {[]string{"@types", "csstype", "preact", "vue", "@vue", "@babel", "svelte"},
			[]string{"plain.ts", "react.tsx", "preact.tsx", "vue.ts", "svelte.ts"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project := t.TempDir()
			modules := filepath.Join(project, "node_modules")
			copied := filepath.Join(modules, "xaman-live")
			description, err := filepath.Abs("../release/npm/package.json")
			if err := errors.Join(err, os.CopyFS(project, os.DirFS("testdata/types")), os.MkdirAll(copied, 0o700),
				os.WriteFile(filepath.Join(project, "package.json"), []byte(`{"type":"module"}`), 0o600),
				os.Symlink(description, filepath.Join(copied, "package.json"))); err != nil {
				t.Fatal(err)
			}
			types, err := filepath.Glob("../../site/*.d.ts")
			if err != nil || len(types) < 2 {
				t.Fatalf("got types %q, %v", types, err)
			}
			for _, file := range types {
				content, err := os.ReadFile(file)
				if err := errors.Join(err, os.WriteFile(filepath.Join(copied, filepath.Base(file)), content, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range tt.with {
				if err := os.Symlink(filepath.Join(installed, name), filepath.Join(modules, name)); err != nil {
					t.Fatal(err)
				}
			}
			config := toJSON(map[string]any{"extends": "./strict.json", "files": tt.files})
			if err := os.WriteFile(filepath.Join(project, "tsconfig.json"), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			compiler := exec.CommandContext(t.Context(), filepath.Join(installed, ".bin/tsc"), "-p", project)
			if out, err := compiler.CombinedOutput(); err != nil {
				t.Errorf("tsc: %v\n%s", err, out)
			}
		})
	}
}
