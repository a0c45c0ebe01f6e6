package main

import (
	"bytes"
	_ "embed"
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

// npm completes the folder with what the package has of the sources, and packs it as npm pack would.
func npm(folder string, legal map[string][]byte) error {
	var described bytes.Buffer
	version := struct{ Version string }{api.Version}
	if err := template.Must(template.New("").Parse(packageJSON)).Execute(&described, version); err != nil {
		return err
	}
	files := map[string][]byte{"package.json": described.Bytes(), "README.md": packageReadme}
	for name, content := range legal {
		files[name] = content
	}
	if err := writeAll(folder, files); err != nil {
		return err
	}
	packed := filepath.Join(filepath.Dir(folder), "xaman-live-"+api.Version+".tgz")
	return create(packed, func(w *os.File) error { return tarball(w, os.DirFS(folder), "package") })
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
