package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is one change of one file: the bytes from start up to end are replaced by text.
type mutant struct {
	file       string // absolute path
	source     []byte // of the file as it was read
	line, col  int    // where it starts, from 1
	operator   string
	start, end int    // offsets in bytes
	text       string // what stands there instead
	before     string // what a reader is shown
	after      string
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s: %s → %s", filepath.Base(m.file), m.line, m.operator, m.before, m.after)
}

// changed returns the file with the change.
func (m mutant) changed() []byte {
	return slices.Concat(m.source[:m.start], []byte(m.text), m.source[m.end:])
}

// finder collects the mutants of one file.
type finder struct {
	name     string
	source   []byte
	set      *token.FileSet
	operator string                  // that is at work
	bodies   map[*ast.BlockStmt]bool // of functions
	found    []mutant
}

// mutants returns what the operators find in the file name, in the order of the file.
func mutants(name string, operators []operator) ([]mutant, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := finder{name: name, source: source, set: token.NewFileSet(), bodies: map[*ast.BlockStmt]bool{}}
	file, err := parser.ParseFile(f.set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, op := range operators {
		f.operator = op.name
		ast.Inspect(file, func(n ast.Node) bool {
			if silent(n) {
				return false
			}
			if n != nil {
				op.find(&f, n)
			}
			return true
		})
	}
	slices.SortStableFunc(f.found, func(a, b mutant) int { return a.start - b.start })
	return f.found, nil
}

// silent reports whether n is something where a change means nothing: an import, a struct tag, the text of an error.
func silent(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return true
	case *ast.CallExpr:
		switch called := n.Fun.(type) {
		case *ast.Ident:
			return called.Name == "panic"
		case *ast.SelectorExpr:
			of, ok := called.X.(*ast.Ident)
			return ok && (of.Name == "errors" && called.Sel.Name == "New" || of.Name == "fmt" && called.Sel.Name == "Errorf")
		}
	}
	return false
}

func (f *finder) offset(p token.Pos) int { return f.set.Position(p).Offset }

func (f *finder) text(n ast.Node) string {
	return string(f.source[f.offset(n.Pos()):f.offset(n.End())])
}

// replace adds the mutant that has text in the place of n.
func (f *finder) replace(n ast.Node, text string) { f.swap(n.Pos(), n.End(), text, text) }

// remove adds the mutant that has nothing in the place of the bytes from start up to end.
func (f *finder) remove(start, end token.Pos) { f.swap(start, end, "", "(removed)") }

// never adds the mutant that skips n. What n uses counts as used, so that the compiler does not refuse it.
func (f *finder) never(n ast.Node) {
	f.swap(n.Pos(), n.End(), "if false {\n"+f.text(n)+"\n}", "(removed)")
}

// always adds the mutant in which a condition is always true.
func (f *finder) always(n ast.Node) { f.swap(n.Pos(), n.End(), "true || ("+f.text(n)+")", "true") }

// swap adds the mutant that has text in the place of the bytes from start up to end; after is what a reader is shown.
func (f *finder) swap(start, end token.Pos, text, after string) {
	at := f.set.Position(start)
	m := mutant{
		file: f.name, source: f.source, line: at.Line, col: at.Column, operator: f.operator,
		start: at.Offset, end: f.offset(end), text: text, after: short(after),
	}
	m.before = short(string(f.source[m.start:m.end]))
	same := func(other mutant) bool { return other.start == m.start && other.end == m.end && other.text == m.text }
	if !slices.ContainsFunc(f.found, same) {
		f.found = append(f.found, m)
	}
}

// short returns text in one line of a length to read.
func short(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if runes := []rune(line); len(runes) > 100 {
		return string(runes[:99]) + "…"
	}
	return line
}

// sampled returns n of all, in their order, the same for the same seed; all of them for n = 0.
func sampled(all []mutant, n int, seed uint64) []mutant {
	if n <= 0 || n >= len(all) {
		return all
	}
	indices := rand.New(rand.NewPCG(seed, 0)).Perm(len(all))[:n]
	slices.Sort(indices)
	some := make([]mutant, n)
	for i, index := range indices {
		some[i] = all[index]
	}
	return some
}
