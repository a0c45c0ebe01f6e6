package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sums writes a file that sha256sum -c reads, with all archives of a release by their names alone.
func sums(release string) error {
	var files []string
	for _, pattern := range []string{"*.tgz", "bin/*.tar.gz"} {
		found, err := filepath.Glob(filepath.Join(release, pattern))
		if err != nil {
			return err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(content), filepath.Base(file))
	}
	return os.WriteFile(filepath.Join(release, "bin", "SHA256SUMS"), []byte(text.String()), 0o666)
}
