package main

import (
	"os"
	"path/filepath"
	"testing"
)

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
	other, part := write("src/a/a.go"), write("src/a/part.go")
	write("own/doc.go")
	own, ownPart := write("own/a/b/mine.go"), write("own/_files/a/part.go")
	got, err := overlay(library, folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got[hidden] != "" || got[filepath.Join(library, "a/b/standin.go")] != own || got[part] != ownPart || len(got) != 3 {
		t.Errorf("got %v, want %s hidden, %s replaced, %s and %s kept", got, hidden, part, test, other)
	}
	if _, ok := got[hidden]; !ok {
		t.Errorf("got %v, which does not hide %s", got, hidden)
	}
	if got, err := overlay(library, folder, []string{"a", "a/b"}); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v for packages that are to stay, want nothing", got, err)
	}
	for _, name := range []string{"own/c/mine.go", "own/_files/a/none.go"} {
		file := write(name)
		if got, err := overlay(library, folder, nil); err == nil {
			t.Errorf("got %v with %s, which the library does not have, want an error", got, name)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}
