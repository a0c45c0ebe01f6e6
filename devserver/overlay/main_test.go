package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// What the program's libraries need of the real packages, those that stand in for them have: it builds with the ones
// and with the others, and is smaller with these.
func TestProgramBuildsWithAndWithout(t *testing.T) {
	replace, err := overlay(filepath.Join(goroot(t), "src"), "../../wasm/standin")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	size := func(flags ...string) int64 {
		program := filepath.Join(dir, "program")
		args := append([]string{"build", "-o", program, "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w"}, flags...)
		build := exec.Command("go", append(args, "../../wasm")...)
		build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %v: %v\n%s", flags, err, out)
		}
		built, err := os.Stat(program)
		if err != nil {
			t.Fatal(err)
		}
		return built.Size()
	}
	with, without := size("-overlay="+file), size()
	t.Logf("%d bytes with them, %d without", with, without)
	if with > without*3/4 {
		t.Errorf("got %d bytes, want less than three quarters of the %d without packages that stand in", with, without)
	}
}

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) string {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		return file
	}
	library, folder := filepath.Join(dir, "src"), filepath.Join(dir, "own")
	hidden, test := write("src/a/b/b.go"), write("src/a/b/b_test.go")
	other := write("src/a/a.go")
	write("own/doc.go")
	own := write("own/a/b/mine.go")
	got, err := overlay(library, folder)
	if err != nil {
		t.Fatal(err)
	}
	if got[hidden] != "" || got[filepath.Join(library, "a/b/standin.go")] != own || len(got) != 2 {
		t.Errorf("got %v, want %s hidden, %s and %s kept", got, hidden, test, other)
	}
	if _, ok := got[hidden]; !ok {
		t.Errorf("got %v, which does not hide %s", got, hidden)
	}
	write("own/c/mine.go")
	if got, err := overlay(library, folder); err == nil {
		t.Errorf("got %v for a package that the library does not have, want an error", got)
	}
}
