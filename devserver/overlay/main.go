// Command overlay prints, for go build -overlay, that the packages below a folder stand in for those of the standard
// library with the same path.
//
//	overlay GOROOT folder
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: overlay GOROOT folder")
		os.Exit(2)
	}
	replace, err := overlay(filepath.Join(os.Args[1], "src"), os.Args[2])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(map[string]any{"Replace": replace})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "overlay:", err)
		os.Exit(1)
	}
}

// overlay says which file is to be read in place of which: none for every file of a package that is stood in for, and
// that of the folder for a new one.
func overlay(library, folder string) (replace map[string]string, err error) {
	replace = map[string]string{}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	return replace, filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Dir(file) == folder {
			return err
		}
		path, err := filepath.Rel(folder, filepath.Dir(file))
		if err != nil {
			return err
		}
		hidden, err := filepath.Glob(filepath.Join(library, path, "*.go"))
		if err != nil {
			return err
		}
		if len(hidden) == 0 {
			return fmt.Errorf("%s: the standard library has no package %s", file, path)
		}
		for _, name := range hidden {
			if !strings.HasSuffix(name, "_test.go") {
				replace[name] = ""
			}
		}
		replace[filepath.Join(library, path, "standin.go")] = file
		return nil
	})
}
