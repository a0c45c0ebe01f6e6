package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The package decides and does nothing: it imports what computes, reads no clock and starts no goroutine.
func TestPure(t *testing.T) {
	pure := strings.Fields("bytes cmp crypto/sha512 encoding/hex encoding/json errors fmt iter maps math math/big " +
		"net/url regexp slices strconv strings time")
	clock := strings.Fields("Now Since Until After AfterFunc Sleep NewTimer NewTicker Tick")
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("got files %q, %v", names, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				if !slices.Contains(pure, strings.Trim(n.Path.Value, `"`)) {
					t.Errorf("%s imports %s", name, n.Path.Value)
				}
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", name)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, n.Sel.Name) {
					t.Errorf("%s uses time.%s", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}
