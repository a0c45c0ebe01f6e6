package main

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"
)

// made is the time of every file of an archive: the same files make the same bytes, whenever they were written.
var made = time.Date(1985, time.October, 26, 8, 15, 0, 0, time.UTC) // that of npm pack

// mode lets programs run.
func mode(name string, programs []string) int64 {
	if slices.Contains(programs, name) {
		return 0o755
	}
	return 0o644
}

// tarball writes the files of a folder, in the order of their names, as a compressed archive that has them below top.
func tarball(w io.Writer, files fs.FS, top string, programs ...string) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(z)
	err = each(files, func(name string, content []byte) error {
		header := &tar.Header{
			Name: path.Join(top, name), Size: int64(len(content)), Mode: mode(name, programs), ModTime: made,
			Format: tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err := archive.Write(content)
		return err
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return z.Close()
}

// each calls f for each file of a folder and those below, in the order of their names.
func each(files fs.FS, f func(name string, content []byte) error) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return f(name, content)
	})
}
