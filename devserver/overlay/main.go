// Command overlay prints, for go build -overlay, that the packages below a folder stand in for those of the standard
// library with the same path, and the files below its folder _files for those of the library. What is in a folder of
// such a name is no package for the toolchain.
//
//	overlay [-test] GOROOT folder
//
// With -test it leaves those alone that package testing needs as they are.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	test := flag.Bool("test", false, "for tests")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: overlay [-test] GOROOT folder")
		os.Exit(2)
	}
	if err := run(os.Stdout, *test, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "overlay:", err)
		os.Exit(1)
	}
}

func run(to io.Writer, test bool, goroot, folder string) error {
	var real []string
	if test {
		list := exec.Command("go", "list", "-deps", "testing")
		list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		out, err := list.Output()
		if err != nil {
			return fmt.Errorf("list what package testing needs: %w", err)
		}
		real = strings.Fields(string(out))
	}
	replace, err := overlay(filepath.Join(goroot, "src"), folder, real)
	if err != nil {
		return err
	}
	return json.NewEncoder(to).Encode(map[string]any{"Replace": replace})
}

// files is the folder of files that stand in for one of the library each.
const files = "_files" + string(filepath.Separator)

// overlay says which file is to be read in place of which: none for every file of a package that is stood in for, and
// that of the folder for a new one. It leaves the real packages alone.
func overlay(library, folder string, real []string) (replace map[string]string, err error) {
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
		path, part := strings.CutPrefix(path, files)
		if slices.Contains(real, filepath.ToSlash(path)) {
			return nil
		}
		if part {
			name := filepath.Join(library, path, filepath.Base(file))
			replace[name] = file
			_, err := os.Stat(name)
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
