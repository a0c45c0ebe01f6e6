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

// page makes a file.
func page(t *testing.T, content string) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "page.js")
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestVariantsHoldTheFile(t *testing.T) {
	want := strings.Repeat("the same line again!\n", 100)
	name := page(t, want)
	var out bytes.Buffer
	if err := run([]string{name}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for ending, open := range map[string]func(io.Reader) (io.Reader, error){
		".br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	} {
		data, err := os.ReadFile(name + ending)
		if err != nil {
			t.Fatal(err)
		}
		r, err := open(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != want {
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
		if got, err := os.Stat(variant); err != nil || rewritten != (got.Size() < 1000) {
			t.Errorf("variant of age %v: got %v, %v, want it made again: %v", age, got, err, rewritten)
		}
	}
}

func TestBudget(t *testing.T) {
	name := page(t, "0123456789")
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
