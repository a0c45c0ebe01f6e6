package main

import (
	"bytes"
	"context"
	_ "embed"
	"maps"
	"os"
	"path/filepath"
	"text/template"

	"github.com/xaman-live/xaman-live/wasm/api"
)

var (
	//go:embed npm/package.json
	packageJSON string
	//go:embed npm/README.md
	packageReadme []byte
)

// npm completes the package in a release, and packs it as npm pack would.
func npm(ctx context.Context, release string) error {
	program, err := linkedIntoProgram(ctx)
	if err != nil {
		return err
	}
	files, err := papers("pkg:npm/xaman-live@"+api.Version, program)
	if err != nil {
		return err
	}
	described, err := describe(api.Version)
	if err != nil {
		return err
	}
	maps.Copy(files, map[string][]byte{"package.json": described, "README.md": packageReadme})
	folder := filepath.Join(release, "npm")
	if err := writeAll(folder, files); err != nil {
		return err
	}
	return pack(filepath.Join(release, "xaman-live-"+api.Version+".tgz"), folder, "package")
}

// describe fills in the version of the package.
func describe(version string) ([]byte, error) {
	t, err := template.New("package.json").Parse(packageJSON)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = t.Execute(&text, struct{ Version string }{version})
	return text.Bytes(), err
}

func writeAll(folder string, files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// create makes a file of what f writes.
func create(file string, f func(*os.File) error) error {
	w, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := f(w); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
