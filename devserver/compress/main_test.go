package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

func TestVariantsHoldTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.js")
	want := []byte(strings.Repeat("all work and no play\n", 100))
	if err := os.WriteFile(name, want, 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{name}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	readers := map[string]func(io.Reader) (io.Reader, error){
		".br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	}
	for ending, open := range readers {
		f, err := os.Open(name + ending)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := open(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s holds %d bytes, %v, want the %d of the file", ending, len(got), err, len(want))
		}
	}
	if !strings.Contains(out.String(), "page.js: 2100 bytes, gzip ") {
		t.Errorf("printed %q", out.String())
	}
}

func TestStaleVariantsAreMadeAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.js")
	variant := name + ".br"
	write := func(name string, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(name, []byte(strings.Repeat("x", 1000)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	write(name, time.Hour)
	for age, rewritten := range map[time.Duration]bool{2 * time.Hour: true, time.Minute: false} {
		write(variant, age)
		if err := run([]string{name}, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		got, err := size(variant)
		if err != nil {
			t.Fatal(err)
		}
		if rewritten != (got < 1000) {
			t.Errorf("variant of age %v has %d bytes, want it made again: %v", age, got, rewritten)
		}
	}
}

func TestBudget(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.js")
	if err := os.WriteFile(name, []byte("0123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"-budget", "1000", name}, io.Discard, io.Discard); err != nil {
		t.Errorf("within budget: %v", err)
	}
	if err := run([]string{"-budget", "5", name}, io.Discard, io.Discard); err == nil ||
		!strings.Contains(err.Error(), "page.js needs") {
		t.Errorf("over budget: %v, want an error that names the file", err)
	}
	if err := run([]string{name + "x"}, io.Discard, io.Discard); err == nil {
		t.Error("compressed a file that does not exist")
	}
}
