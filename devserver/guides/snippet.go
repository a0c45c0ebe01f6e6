package guides

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cut returns a part of a file, given as path or path#part. The part is what stands between a comment "snippet: part"
// and the next comment "end", or in a Go file the declaration of that name with its comment.
func cut(project fs.FS, source string) (string, error) {
	name, part, some := strings.Cut(source, "#")
	content, err := fs.ReadFile(project, name)
	if err != nil {
		return "", err
	}
	if !some {
		return trim(string(content)), nil
	}
	lines := strings.Split(string(content), "\n")
	begin := slices.IndexFunc(lines, func(line string) bool { return marked(line, "snippet: "+part) })
	if begin < 0 && path.Ext(name) == ".go" {
		return declaration(name, content, part)
	}
	if begin < 0 {
		return "", fmt.Errorf("%s has no snippet %s", name, part)
	}
	length := slices.IndexFunc(lines[begin+1:], func(line string) bool { return marked(line, "end") })
	if length < 0 {
		return "", fmt.Errorf("%s: the snippet %s has no end", name, part)
	}
	return trim(strings.Join(lines[begin+1:begin+1+length], "\n")), nil
}

var mark = regexp.MustCompile(`^\s*(?://|#|<!--|\{?/\*)\s*(snippet: [a-z-]+|end)\s*(?:-->|\*/\}?)?$`)

func marked(line, text string) bool {
	match := mark.FindStringSubmatch(line)
	return match != nil && match[1] == text
}

// trim leaves out marks, empty lines at both ends, and the indentation that all lines have.
func trim(snippet string) string {
	lines := slices.DeleteFunc(strings.Split(snippet, "\n"), mark.MatchString)
	indentation, first := "", true
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		own := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		for !first && !strings.HasPrefix(own, indentation) {
			indentation = indentation[:len(indentation)-1]
		}
		if first {
			indentation, first = own, false
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.TrimPrefix(line, indentation), " \t\r")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + "\n"
}

// declaration returns a declaration of a Go file with its comment.
func declaration(name string, content []byte, part string) (string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, content, parser.ParseComments)
	if err != nil {
		return "", err
	}
	for _, d := range file.Decls {
		var doc *ast.CommentGroup
		found := false
		switch d := d.(type) {
		case *ast.FuncDecl:
			found, doc = d.Recv == nil && d.Name.Name == part, d.Doc
		case *ast.GenDecl:
			doc = d.Doc
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					found = found || s.Name.Name == part
				case *ast.ValueSpec:
					found = found || slices.ContainsFunc(s.Names, func(id *ast.Ident) bool { return id.Name == part })
				}
			}
		}
		if !found {
			continue
		}
		begin := d.Pos()
		if doc != nil {
			begin = doc.Pos()
		}
		return trim(string(content[set.Position(begin).Offset:set.Position(d.End()).Offset])), nil
	}
	return "", fmt.Errorf("%s has neither a snippet nor a declaration %s", name, part)
}

// What a text has for a part that differs from one time to the next.
var (
	verb        = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)
	placeholder = regexp.MustCompile(`\$\{[^}]*\}`)
)

// texts returns the texts of a source file, with … for what is filled in: of a Go file all constant strings, those put
// together as one; of others, the whole file.
func texts(name string, content []byte) ([]string, error) {
	if path.Ext(name) != ".go" {
		return []string{placeholder.ReplaceAllString(string(content), "…")}, nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, content, 0)
	if err != nil {
		return nil, err
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		s, ok := constant(e)
		if ok {
			all = append(all, verb.ReplaceAllString(s, "…"))
		}
		return !ok
	})
	return all, nil
}

// constant is the value of a string, or of a sum of strings in which … stands for what is none.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, one := constant(e.X)
		right, other := constant(e.Y)
		if e.Op != token.ADD || !one && !other {
			return "", false
		}
		if !one {
			left = "…"
		}
		if !other {
			right = "…"
		}
		return left + right, true
	}
	return "", false
}

// said makes sure that a message is one of a file's texts, or a part of one.
func said(project fs.FS, name, message string) error {
	content, err := fs.ReadFile(project, name)
	if err != nil {
		return err
	}
	all, err := texts(name, content)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, message) }) {
		return fmt.Errorf("%s does not say %q", name, message)
	}
	return nil
}

// sentence returns the text that follows a name in a table of a Go file, as the tables of attacks and faults have it.
func sentence(project fs.FS, name, of string) (string, error) {
	content, err := fs.ReadFile(project, name)
	if err != nil {
		return "", err
	}
	all, err := texts(name, content)
	if err != nil {
		return "", err
	}
	i := slices.Index(all, of)
	if i < 0 || i+1 == len(all) {
		return "", errors.New(name + " has no " + of)
	}
	return all[i+1], nil
}
