package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// hashed are files of the built site that are named after their content.
var hashed = regexp.MustCompile(`\.[0-9a-f]{16}\.[a-z]+$`)

// web makes of the built site a folder for any web server: what the element loads, and what describes it, without the
// pages of the demo.
func web(built, folder string, legal map[string][]byte) error {
	loaded, err := loads(built)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	err = each(os.DirFS(built), func(name string, content []byte) error {
		file := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz")
		stable := path.Dir(file) == "." && path.Ext(file) != ".html" && !hashed.MatchString(file)
		if !stable && !loaded[file] {
			return nil
		}
		to := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o666)
	})
	if err != nil {
		return err
	}
	return writeAll(folder, legal)
}

// loads says which files the manifest of the built site has.
func loads(built string) (map[string]bool, error) {
	text, err := fs.ReadFile(os.DirFS(built), "manifest.json")
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Files map[string]struct{ Name string }
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, file := range manifest.Files {
		names[file.Name] = true
	}
	return names, nil
}
