package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const level = 5 // is enough to test, and a hundred times as fast

// build makes the page's program as the linker writes it.
func build(t *testing.T) (file string, program []byte) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "program.wasm")
	build := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", file, "../../wasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, program
}

// Nothing is counted twice or forgotten, each package is there by its path, and the shares are about what all of it is
// as brotli.
func TestProgramTakenApart(t *testing.T) {
	file, program := build(t)
	m, err := read(program)
	if err != nil {
		t.Fatal(err)
	}
	code := 0
	for _, body := range m.bodies {
		code += len(body)
	}
	rows, err := weigh(program, level)
	if err != nil {
		t.Fatal(err)
	}
	functions, shares, heavy := 0, 0, map[string]bool{}
	for _, r := range rows {
		functions, code, shares = functions+r.functions, code-len(r.code), shares+r.wire
		heavy[r.name] = len(r.code) > 10_000 && len(r.data) > 1000
	}
	if functions != len(m.bodies) || code != 0 {
		t.Errorf("got %d functions, and %d bytes of code are nobody's, want %d and none", functions, code, len(m.bodies))
	}
	const ours = "github.com/xaman-live/xaman-live/wasm/"
	for _, name := range []string{"runtime", "time", "internal/runtime/maps", "github.com/skip2/go-qrcode", ours + "card",
		ours + "browser"} {
		if !heavy[name] {
			t.Errorf("package %s is not among those that weigh something", name)
		}
	}
	if whole := newWire(level).add(program); shares < whole*9/10 || shares > whole*11/10 {
		t.Errorf("the shares are %d bytes, want about the %d of all", shares, whole)
	}
	var text bytes.Buffer
	if err := run(&text, file, 700_000, level); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  " + ours + "view\n", "of 700000\n", "(names of source files)\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("got\n%s\nwithout %q", &text, want)
		}
	}
}

func TestPackageOfAFunction(t *testing.T) {
	for name, want := range map[string]string{
		"runtime.main": "runtime", "memeqbody": "runtime", "go:buildid": "runtime",
		"type:.eq.time.Time":                "(made by the compiler)",
		"gopkg.in/yaml%2ev3.(*parser).next": "gopkg.in/yaml.v3", "a/b.(*T).M.func1": "a/b", "a/b.T.M-fm": "a/b",
		"slices.Insert[go.shape.[]a/b.T,go.shape.struct { x a/b.T }]": "slices",
	} {
		if got := pkg(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	segment := func(content string) string {
		return header + "\x0b" + string([]byte{byte(6 + len(content)), 1, 0, constantInt32, 8, 0x0b, byte(len(content))}) +
			content
	}
	for name, program := range map[string]string{
		"nothing":                "",
		"another format":         "\x7fELF and so on",
		"no function table":      segment("abc"),
		"a table that ends":      segment(magic + "\x01\x00\x00\x00"),
		"a section that ends":    header + "\x0a\x05\x01",
		"a passive segment":      header + "\x0b\x04\x01\x01\x01a",
		"fewer bodies than said": header + "\x0a\x03\x02\x01a",
	} {
		if rows, err := weigh([]byte(program), level); err == nil {
			t.Errorf("%s: got %v, want an error", name, rows)
		}
	}
}
