//go:build e2e && bench

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/andybalholm/brotli"
)

// benchSizes weighs what is sent.
func benchSizes(t *testing.T) []row {
	files := readManifest(t).Files
	rest := files["xaman-sign-request.js"].Brotli + files["xaman-sign-request.css"].Brotli + files["fallback.css"].Brotli
	byHand := squeezed(t, "testdata/handwritten/index.html") + squeezed(t, "testdata/handwritten/handwritten.js") +
		squeezed(t, filepath.Join(peers, "lean-qr/index.mjs"))
	return []row{
		{name: "program, brotli", unit: "bytes", ours: float64(files["xaman-sign-request.wasm"].Brotli),
			limit: atMost(700_000), peer: "an empty program in Go", theirs: float64(squeezed(t, emptyProgram(t)))},
		{name: "everything else, brotli", unit: "bytes", ours: float64(rest),
			limit: atMost(15_000), peer: "by hand, with lean-qr", theirs: float64(byHand)},
	}
}

// squeezed is how many bytes a file needs as brotli.
func squeezed(t *testing.T, file string) int {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// emptyProgram builds one that does nothing, in the same way as the page's.
func emptyProgram(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, linked, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "linked"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { select {} }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", linked, source)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	for _, step := range []*exec.Cmd{build, exec.Command("go", "run", "../segments", linked, program)} {
		if out, err := step.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", step, err, out)
		}
	}
	return program
}
