package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// Size is what a file costs on the wire, in bytes: as it is and in each coding. A file that is not smaller in a coding
// costs as much as without.
type Size struct {
	Raw    int `json:"raw"`
	Gzip   int `json:"gzip"`
	Brotli int `json:"brotli"`
}

// folder is where the site is made, with the sizes of what has been written so far.
type folder struct {
	to    string
	plain bool // without compressed variants
	sizes map[string]Size
}

var encoders = map[string]func(io.Writer) io.WriteCloser{
	".br": func(w io.Writer) io.WriteCloser {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	},
	".gz": func(w io.Writer) io.WriteCloser {
		z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails for other levels alone
		return z
	},
}

// write writes a file and its compressed variants, unless they are there.
func (f *folder) write(name string, content []byte) error {
	file := filepath.Join(f.to, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	there, err := os.ReadFile(file)
	same := err == nil && bytes.Equal(there, content)
	if !same {
		for ending := range encoders { // which the next run would take for variants of the new content
			if err := os.Remove(file + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := replace(file, content); err != nil {
			return err
		}
	}
	if f.plain {
		f.sizes[name] = Size{Raw: len(content)}
		return nil
	}
	lengths := map[string]int{}
	for ending, encoder := range encoders {
		if lengths[ending], err = variant(file+ending, content, encoder); err != nil {
			return err
		}
	}
	f.sizes[name] = Size{Raw: len(content), Gzip: lengths[".gz"], Brotli: lengths[".br"]}
	return nil
}

// variant writes a compressed form of some content, unless it is there or not smaller, and returns the length to be
// sent.
func variant(file string, content []byte, encoder func(io.Writer) io.WriteCloser) (int, error) {
	if there, err := os.Stat(file); err == nil {
		return int(there.Size()), nil
	}
	var out bytes.Buffer
	w := encoder(&out)
	if _, err := w.Write(content); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	if out.Len() >= len(content) {
		return len(content), nil
	}
	return out.Len(), replace(file, out.Bytes())
}

// replace writes a file in one step: a server never sees half of it. Files whose name begins with a dot are not served.
func replace(file string, content []byte) error {
	temporary := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".tmp")
	if err := os.WriteFile(temporary, content, 0o666); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}

// removeOthers removes what has not been written.
func (f *folder) removeOthers() error {
	keep := map[string]bool{}
	for name := range f.sizes {
		for _, ending := range []string{"", ".br", ".gz"} {
			keep[filepath.FromSlash(name)+ending] = true
		}
	}
	return filepath.WalkDir(f.to, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(f.to, file)
		if err != nil || keep[name] {
			return err
		}
		return os.Remove(file)
	})
}
