package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sums puts the npm package beside the other archives of a release, in bin, and writes a file there that sha256sum -c
// reads, with all of them.
func sums(release string) error {
	bin := filepath.Join(release, "bin")
	packed, err := filepath.Glob(filepath.Join(release, "*.tgz"))
	if err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(bin, "*.tar.gz"))
	if err != nil {
		return err
	}
	files := append(packed, archives...)
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := filepath.Base(file)
		if slices.Contains(packed, file) {
			if err := os.WriteFile(filepath.Join(bin, name), content, 0o666); err != nil {
				return err
			}
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(content), name)
	}
	return os.WriteFile(filepath.Join(bin, "SHA256SUMS"), []byte(text.String()), 0o666)
}
