//go:build !js

package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// program is the source of the page's program with its types: all of it but what functions of the standard library do.
type program struct {
	fset   *token.FileSet
	known  map[string]*types.Package // by import path
	info   types.Info
	files  []*ast.File
	bodies map[*types.Func]*ast.FuncDecl
	named  []*types.Named // that have methods
	flows  map[any][]ast.Expr
}

// results stands for what a function returns.
type results struct {
	of    any // *types.Func or *ast.FuncLit
	index int
}

// loadProgram reads what the go command would build for the page.
func loadProgram(t *testing.T) *program {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,Standard,ImportMap", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := newProgram()
	for list := json.NewDecoder(out); ; {
		var pkg struct {
			ImportPath, Dir string
			GoFiles         []string
			Standard        bool
			ImportMap       map[string]string
		}
		if err := list.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if pkg.ImportPath == "unsafe" {
			continue // the compiler's own
		}
		var files []*ast.File
		for _, name := range pkg.GoFiles {
			file, err := parser.ParseFile(p.fset, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		if err := p.add(pkg.ImportPath, files, pkg.ImportMap, pkg.Standard); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return p
}

func newProgram() *program {
	return &program{
		fset:   token.NewFileSet(),
		known:  map[string]*types.Package{"unsafe": types.Unsafe},
		bodies: map[*types.Func]*ast.FuncDecl{},
		flows:  map[any][]ast.Expr{},
		info: types.Info{
			Types: map[ast.Expr]types.TypeAndValue{},
			Defs:  map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
		},
	}
}

// with returns the program with one more file.
func (p *program) with(path, source string) (*program, error) {
	more := newProgram()
	more.fset = p.fset
	more.known = maps.Clone(p.known)
	file, err := parser.ParseFile(p.fset, path+".go", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return more, more.add(path, []*ast.File{file}, nil, false)
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

func (p *program) add(path string, files []*ast.File, aliases map[string]string, standard bool) error {
	config := types.Config{
		IgnoreFuncBodies: standard,
		Sizes:            types.SizesFor("gc", "wasm"),
		Importer: importer(func(path string) (*types.Package, error) {
			if alias, ok := aliases[path]; ok {
				path = alias
			}
			if pkg, ok := p.known[path]; ok {
				return pkg, nil
			}
			return nil, errors.New("not loaded: " + path)
		}),
	}
	info := &p.info
	if standard {
		info = nil
	}
	pkg, err := config.Check(path, p.fset, files, info)
	p.known[path] = pkg
	if err != nil || standard {
		return err
	}
	p.files = append(p.files, files...)
	for _, file := range files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				p.bodies[p.info.Defs[f.Name].(*types.Func)] = f
			}
		}
		p.follow(file)
	}
	for _, name := range pkg.Scope().Names() {
		if named, ok := pkg.Scope().Lookup(name).Type().(*types.Named); ok && !slices.Contains(p.named, named) {
			p.named = append(p.named, named)
		}
	}
	return nil
}

// follow notes where values go: which expressions a variable, a field, a parameter or a result may have its value from.
func (p *program) follow(file *ast.File) {
	var within []any // the functions around a node
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				within = append(within, p.info.Defs[n.Name])
				ast.Inspect(n.Body, visit)
				within = within[:len(within)-1]
			}
			return false
		case *ast.FuncLit:
			within = append(within, n)
			ast.Inspect(n.Body, visit)
			within = within[:len(within)-1]
			return false
		case *ast.ReturnStmt:
			for i, e := range n.Results {
				p.flow(results{within[len(within)-1], i}, e)
			}
		case *ast.AssignStmt:
			p.assign(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			var names []ast.Expr
			for _, name := range n.Names {
				names = append(names, name)
			}
			p.assign(names, n.Values)
		case *ast.RangeStmt:
			if n.Value != nil {
				p.flow(p.place(n.Value), n.X)
			}
		case *ast.SendStmt:
			p.flow(p.place(n.Chan), n.Value)
		case *ast.CompositeLit:
			p.compose(n)
		case *ast.CallExpr:
			if f, ok := p.callee(n).(*types.Func); ok {
				p.bind(f.Signature(), n)
			}
		}
		return true
	}
	ast.Inspect(file, visit)
}

func (p *program) flow(to any, from ast.Expr) {
	if to != nil {
		p.flows[to] = append(p.flows[to], from)
	}
}

// assign notes an assignment. Of a call with several results it keeps the call for each of them, which is more than
// need be.
func (p *program) assign(to, from []ast.Expr) {
	for i, e := range to {
		if len(from) == len(to) {
			p.flow(p.place(e), from[i])
		} else if len(from) == 1 {
			p.flow(p.place(e), from[0])
		}
	}
}

func (p *program) compose(literal *ast.CompositeLit) {
	fields, ok := p.info.Types[literal].Type.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, e := range literal.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			p.flow(p.info.Uses[pair.Key.(*ast.Ident)], pair.Value)
		} else {
			p.flow(fields.Field(i), e)
		}
	}
}

// bind notes which arguments a call gives to the parameters of a function.
func (p *program) bind(signature *types.Signature, call *ast.CallExpr) {
	for i, arg := range call.Args {
		if n := signature.Params().Len(); n > 0 {
			p.flow(signature.Params().At(min(i, n-1)), arg)
		}
	}
}

// place is the variable or field that an expression stands for; for an element, that of the whole.
func (p *program) place(e ast.Expr) any {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := p.info.ObjectOf(e).(*types.Var); ok {
			return v
		}
	case *ast.SelectorExpr:
		if v, ok := p.info.ObjectOf(e.Sel).(*types.Var); ok {
			return v
		}
	case *ast.IndexExpr:
		return p.place(e.X)
	case *ast.StarExpr:
		return p.place(e.X)
	}
	return nil
}

// callee is the function that a call names, if it names one: a method of an interface, too.
func (p *program) callee(call *ast.CallExpr) types.Object {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) { // of a generic function
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	switch f := fun.(type) {
	case *ast.Ident:
		return origin(p.info.Uses[f])
	case *ast.SelectorExpr:
		return origin(p.info.Uses[f.Sel])
	}
	return nil
}

func origin(o types.Object) types.Object {
	if f, ok := o.(*types.Func); ok {
		return f.Origin()
	}
	return o
}
