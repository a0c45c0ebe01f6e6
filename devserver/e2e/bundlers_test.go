//go:build e2e

package e2e

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"testing"
)

// A page that has the element from the npm package, built by each bundler: ./build.sh test does that in this folder.
const bundled = "../../.build/bundlers"

// Bundlers carry all along that the element loads, and the element finds it where they have put it.
func TestEndToEndBundlers(t *testing.T) {
	t.Parallel()
	for _, bundler := range []string{"vite", "webpack", "rollup", "esbuild"} {
		t.Run(bundler, func(t *testing.T) {
			t.Parallel()
			dir := path.Join(bundled, "out", bundler)
			carried := contents(t, dir)
			loaded := 0
			for name, sum := range contents(t, path.Join(bundled, "node_modules/xaman-live")) {
				if path.Ext(name) != ".wasm" && path.Dir(name) != "languages" {
					continue
				}
				loaded++
				if !slices.Contains(slices.Collect(maps.Values(carried)), sum) {
					t.Errorf("%s was not carried along", name)
				}
			}
			if loaded != 16 {
				t.Errorf("the package has %d files to load, want 16", loaded)
			}
			tb := newVisitor(t, start(t, nil, "-site", dir))
			tb.open("/")
			tb.awaitLive()
			tb.await(`all()[0].shadowRoot.querySelector('[part=title]').textContent.includes('Xaman')`)
			// Some bundlers write a style sheet in their own way.
			tb.await(`all()[0].shadowRoot.querySelector('link[rel=stylesheet]').sheet?.cssRules.length > 20`)
			tb.wantNoProblems()
		})
	}
}

// contents are the digests of all files in a folder, by their names.
func contents(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	files := map[string][32]byte{}
	folder := os.DirFS(dir)
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(folder, name)
		files[name] = sha256.Sum256(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
