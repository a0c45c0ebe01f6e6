//go:build e2e && bench

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// benchCodes times how codes are made in one browser, from a link to an SVG, and weighs what makes them.
func benchCodes(t *testing.T) []row {
	s := openShop(t)
	s.put(t, "testdata/peers/codes.js", "codes.js")
	s.put(t, "../../.build/exec.js", "exec.js")
	s.link(t, "code", "code.wasm")
	s.link(t, "nothing", "nothing.wasm")
	for name, file := range map[string]string{
		"lean-qr.js": "lean-qr/index.mjs", "lean-qr-svg.js": "lean-qr/extras/svg.mjs",
		"qrcode-generator.js": "qrcode-generator/dist/qrcode.mjs",
	} {
		s.put(t, filepath.Join(peers, file), name)
	}
	tb := newVisitor(t, s.devserver)
	tb.open(s.add(t, "codes", `<script type="module" src="codes.js"></script>`))
	tb.await(`window.codes?.done`)
	took := get[map[string]float64](tb, `codes`)
	tb.wantNoProblems()
	weight := s.brotli(t, "code.wasm") - s.brotli(t, "nothing.wasm")
	lean := s.brotli(t, "lean-qr.js") + s.brotli(t, "lean-qr-svg.js")
	return []row{
		{"link to SVG", "µs", took["ours"], limit{}, "lean-qr", took["lean-qr"]},
		{"link to SVG", "µs", took["ours"], limit{}, "qrcode-generator", took["qrcode-generator"]},
		{"what makes it, brotli", "bytes", weight, limit{}, "lean-qr", lean},
		{"what makes it, brotli", "bytes", weight, limit{}, "qrcode-generator", s.brotli(t, "qrcode-generator.js")},
	}
}

// put copies a file into a shop.
func (s shop) put(t *testing.T, from, name string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(s.files, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// link builds a program of testdata/peers into a shop as the program itself is built.
func (s shop) link(t *testing.T, program, name string) {
	t.Helper()
	overlay, err := filepath.Abs("../../.build/overlay.json")
	if err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(t.TempDir(), name)
	build := exec.Command("go", "build", "-buildvcs=false", "-overlay="+overlay, "-gcflags=all=-l", "-trimpath",
		"-ldflags=-s -w", "-o", linked, "./testdata/peers/"+program)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	merge := exec.Command("go", "run", "../segments", linked, filepath.Join(s.files, name))
	if out, err := merge.CombinedOutput(); err != nil {
		t.Fatalf("merge segments: %v\n%s", err, out)
	}
}

// brotli is how many bytes a file of the shop has when it is compressed as all that is sent.
func (s shop) brotli(t *testing.T, name string) float64 {
	t.Helper()
	return float64(squeezed(t, filepath.Join(s.files, name)))
}
