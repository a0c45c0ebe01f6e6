package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	standins = "../../wasm/standin"
	program  = "../../wasm"
)

// toolchain runs the go command for the browser, and returns what it prints.
func toolchain(t *testing.T, whenItFails string, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	var text strings.Builder
	command.Stderr = &text
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s\n%s", whenItFails, text.String())
	}
	return strings.TrimSpace(string(out))
}

// TestProgramBuildsWithAndWithout is what to run after an update of the toolchain or of a library.
func TestProgramBuildsWithAndWithout(t *testing.T) {
	size := func(file, whenItFails string, flags ...string) int64 {
		args := append([]string{"build", "-o", file, "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w"}, flags...)
		toolchain(t, whenItFails, append(args, program)...)
		built, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return built.Size()
	}
	dir := t.TempDir()
	without := size(filepath.Join(dir, "without"), "the program does not build with the real packages: that has nothing "+
		"to do with those that stand in")
	with := size(filepath.Join(dir, "with"), "the program does not build with the packages of wasm/standin, but does "+
		"without: the toolchain or a library needs more of one. Add what is undefined below to the package of that name, "+
		"as small as it is needed, or remove the package's folder if it is not worth it.", "-overlay="+file(t, dir))
	t.Logf("%d bytes with packages that stand in, %d without", with, without)
	if with > without*2/3 {
		t.Errorf("got %d bytes with packages that stand in, want less than two thirds of the %d without: which of them "+
			"saves nothing any more?", with, without)
	}
}

// file writes what go build -overlay takes.
func file(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "overlay.json")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(run(file, false, toolchain(t, "", "env", "GOROOT"), standins), file.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

// The files that stand in for how numbers are written do that as the library's tests ask for.
func TestNumbersAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	const path = "internal/strconv"
	goroot := toolchain(t, "", "env", "GOROOT")
	files, err := overlay(filepath.Join(goroot, "src"), standins, nil)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(goroot, "src", path)
	maps.DeleteFunc(files, func(file, _ string) bool { return filepath.Dir(file) != folder })
	replace, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil || len(files) != 2 {
		t.Fatalf("got %v, %v, want two files that stand in", files, err)
	}
	name := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(name, replace, 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "test", "-short", "-overlay="+name, path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A package that stands in has the names that others use of it, and of functions and values no more; its functions are
// called like the real ones.
func TestNamesThatStandIn(t *testing.T) {
	goroot := toolchain(t, "", "env", "GOROOT")
	used := uses(t)
	packages := 0
	err := filepath.WalkDir(standins, func(dir string, entry fs.DirEntry, err error) error {
		if files, _ := filepath.Glob(filepath.Join(dir, "*.go")); err != nil || dir == standins || len(files) == 0 {
			return err
		}
		packages++
		path, err := filepath.Rel(standins, dir)
		if err != nil {
			return err
		}
		path, part := strings.CutPrefix(path, files)
		path = filepath.ToSlash(path)
		only := ""
		if part {
			only = dir
		}
		own, genuine := declared(t, dir, ""), declared(t, filepath.Join(goroot, "src", path), only)
		for name, shape := range own {
			if want, ok := genuine[name]; !ok || shape != want {
				t.Errorf("%s.%s of wasm/standin is %q, the library's is %q: the toolchain has changed it", path, name, shape, want)
			}
			if !part && !strings.Contains(name, ".") && shape != "type" && used[path][name] == "" {
				t.Errorf("nothing in the program uses %s.%s: remove it from wasm/standin", path, name)
			}
		}
		for name, by := range used[path] {
			if own[name] == "" && genuine[name] != "" {
				t.Errorf("%s uses %s.%s: add it to wasm/standin", by, path, name)
			}
		}
		return nil
	})
	if err != nil || packages == 0 {
		t.Fatalf("%d packages that stand in, %v", packages, err)
	}
}

// uses lists, of each package, the names that others in the program use, with one who does.
func uses(t *testing.T) map[string]map[string]string {
	t.Helper()
	used := map[string]map[string]string{}
	text := toolchain(t, "", "list", "-deps", "-overlay="+file(t, t.TempDir()), "-json=ImportPath,Dir,GoFiles", program)
	for list := json.NewDecoder(strings.NewReader(text)); ; {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
		}
		if err := list.Decode(&p); err == io.EOF {
			return used
		} else if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.GoFiles {
			file := filepath.Join(p.Dir, name)
			if own := filepath.Join(standins, files, p.ImportPath, name); exists(own) {
				file = own
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if errors.Is(err, fs.ErrNotExist) { // it is of a package that stands in
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			imported := map[string]string{}
			for _, spec := range parsed.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				imported[path[strings.LastIndex(path, "/")+1:]] = path
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if selected, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := selected.X.(*ast.Ident); ok && imported[x.Name] != "" && selected.Sel.IsExported() {
						path := imported[x.Name]
						if used[path] == nil {
							used[path] = map[string]string{}
						}
						used[path][selected.Sel.Name] = p.ImportPath
					}
				}
				return true
			})
		}
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// declared lists the exported names of a package for the browser, or only of files that another folder has too:
// functions and methods with the types of their parameters and results, all else with what it is.
func declared(t *testing.T, dir, only string) map[string]string {
	t.Helper()
	context := build.Default
	context.GOOS, context.GOARCH = "js", "wasm"
	p, err := context.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, name := range p.GoFiles {
		if _, err := os.Stat(filepath.Join(only, name)); only != "" && err != nil {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = types.ExprString(d.Recv.List[0].Type) + "." + name
				}
				names[name] = shape(d.Type.Params) + shape(d.Type.Results)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[s.Name.Name] = "type"
					case *ast.ValueSpec:
						for _, name := range s.Names {
							names[name.Name] = d.Tok.String()
						}
					}
				}
			}
		}
	}
	maps.DeleteFunc(names, func(name, _ string) bool { return !ast.IsExported(name[strings.LastIndex(name, ".")+1:]) })
	return names
}

// shape is the types of parameters or results.
func shape(list *ast.FieldList) string {
	var all []string
	if list != nil {
		for _, field := range list.List {
			all = append(all, slices.Repeat([]string{types.ExprString(field.Type)}, max(1, len(field.Names)))...)
		}
	}
	return "(" + strings.Join(all, ", ") + ")"
}
