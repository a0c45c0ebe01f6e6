package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The same files make the same bytes, whenever and in which order they were written and whoever may read them.
func TestTarball(t *testing.T) {
	pack := func(mode os.FileMode, changed time.Time, names ...string) []byte {
		dir := t.TempDir()
		for _, name := range names {
			file := filepath.Join(dir, name)
			err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("content of "+name), mode),
				os.Chtimes(file, changed, changed))
			if err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := tarball(&out, os.DirFS(dir), "top", "server"); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	packed := pack(0o600, time.Unix(1, 0), "server", "a.js", "below/b.js")
	if other := pack(0o744, time.Unix(1_000_000, 5), "below/b.js", "a.js", "server"); !bytes.Equal(packed, other) {
		t.Error("the same files made other bytes")
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(z)
	var names []string
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if want := "content of " + header.Name[len("top/"):]; err != nil || string(content) != want {
			t.Errorf("%s: got %q, %v, want %q", header.Name, content, err, want)
		}
		names = append(names, header.Name)
		if runs := header.Mode == 0o755; runs != (header.Name == "top/server") || !runs && header.Mode != 0o644 {
			t.Errorf("%s: got the mode %o", header.Name, header.Mode)
		}
	}
	if want := []string{"top/a.js", "top/below/b.js", "top/server"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
