package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOperators shows for a piece of code what each operator makes of it.
func TestOperators(t *testing.T) {
	for _, c := range []struct {
		operator, code string
		want           []string // before → after
	}{
		{"statement", "x = 1", []string{"x = 1 → (removed)"}},
		{"statement", "x, err = f()", []string{"x, err = f() → (removed)"}},
		{"statement", "y := f(); _ = y", nil},
		{"statement", "_ = f()", []string{"_ = f() → (removed)"}},
		{"statement", "f()", []string{"f() → (removed)"}},
		{"statement", "defer f()", []string{"defer f() → (removed)"}},
		{"statement", "go f()", []string{"go f() → (removed)"}},
		{"statement", "x++", []string{"x++ → (removed)"}},
		{"statement", "c <- 1", []string{"c <- 1 → (removed)"}},
		{"statement", "return", nil},
		{"statement", "if b { return }", []string{"return → (removed)"}},
		{"statement", "if b { } else { return }", []string{"return → (removed)"}},
		{"statement", "for { break }", []string{"for { break } → (removed)", "break → (removed)"}},
		{"statement", "for range c { continue }", []string{
			"for range c { continue } → (removed)", "continue → (removed)",
		}},
		{"statement", "{ f() }", []string{"f() → (removed)"}},
		{"statement", "_ = func() { f(); return }", []string{"f() → (removed)"}},
		{"statement", "switch x { case 1: f() }", []string{"f() → (removed)"}},
		{"statement", "select { case <-c: f() }", []string{"f() → (removed)"}},
		{"field", "_ = t{a: 1, b: 2}", []string{"a: 1, → (removed)", ", b: 2 → (removed)"}},
		{"field", "_ = t{a: 1}", []string{"a: 1 → (removed)"}},
		{"field", "_ = t{1, 2}", nil},
		{"case", "switch x { case 1: f()\n default: }", []string{"case 1: f() → (removed)", "default: → (removed)"}},
		{"case", "switch x { case 1, 2: }", []string{"case 1, 2: → (removed)", "1, → (removed)", ", 2 → (removed)"}},
		{"case", "switch { case b: }", []string{"case b: → (removed)", "b → true"}},
		{"case", "select { case <-c: default: }", []string{"case <-c: → (removed)", "default: → (removed)"}},
		{"force", "if b { }", []string{"b → true", "b → false"}},
		{"force", "for b { }", []string{"b → false"}},
		{"force", "for { }", nil},
		{"negate", "if b { }", []string{"b → !(b)"}},
		{"negate", "if x == 1 { }", nil},
		{"negate", "if b && d { }", []string{"b && d → !(b && d)"}},
		{"operand", "_ = b && d", []string{"b && d → b", "b && d → d"}},
		{"operand", "_ = b || d", []string{"b || d → b", "b || d → d"}},
		{"operand", "_ = x == 1", nil},
		{"logic", "_ = b && d", []string{"b && d → b || d"}},
		{"logic", "_ = b || d", []string{"b || d → b && d"}},
		{"compare", "_ = x == y", []string{"x == y → x != y"}},
		{"compare", "_ = x != y", []string{"x != y → x == y"}},
		{"compare", "_ = x < y", []string{"x < y → x <= y", "x < y → x >= y"}},
		{"compare", "_ = x <= y", []string{"x <= y → x < y", "x <= y → x > y"}},
		{"compare", "_ = x > y", []string{"x > y → x >= y", "x > y → x <= y"}},
		{"compare", "_ = x >= y", []string{"x >= y → x > y", "x >= y → x < y"}},
		{"arithmetic", "_ = x + y", []string{"x + y → x - y"}},
		{"arithmetic", "_ = x * y", []string{"x * y → x / y"}},
		{"arithmetic", "_ = x % y", []string{"x % y → x * y"}},
		{"arithmetic", "_ = x &^ y", []string{"x &^ y → x & y"}},
		{"arithmetic", "_ = x << y", []string{"x << y → x >> y"}},
		{"arithmetic", `_ = s + "a"`, nil},
		{"arithmetic", `_ = "a" + s + s`, nil},
		{"arithmetic", "x++", []string{"x++ → x--"}},
		{"arithmetic", "x += 2", []string{"x += 2 → x -= 2"}},
		{"arithmetic", `s += "a"`, nil},
		{"constant", "_ = 7", []string{"7 → (7 + 1)"}},
		{"constant", "_ = 0.5", []string{"0.5 → (0.5 + 1)"}},
		{"constant", `_ = "a"`, []string{`"a" → ""`}},
		{"constant", `_ = ""`, []string{`"" → "changed"`}},
		{"constant", "_ = true", []string{"true → false"}},
		{"constant", "_ = false", []string{"false → true"}},
		{"constant", "_ = 'a'", nil},
		{"constant", `panic("a")`, nil},
		{"constant", `_ = errors.New("a")`, nil},
		{"constant", `_ = fmt.Errorf("a: %w", err)`, nil},
		{"constant", `_ = fmt.Sprint("a")`, []string{`"a" → ""`}},
	} {
		t.Run(c.operator+" "+c.code, func(t *testing.T) {
			var got []string
			for _, m := range found(t, "package p\nfunc g() {\n"+c.code+"\n}\n", c.operator) {
				if m.line < 3 || m.line > 3+strings.Count(c.code, "\n") {
					t.Errorf("%v: not in the line of the code", m)
				}
				if _, err := parser.ParseFile(token.NewFileSet(), "changed.go", m.changed(), 0); err != nil {
					t.Errorf("%v: %v in\n%s", m, err, m.changed())
				}
				got = append(got, m.before+" → "+m.after)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// found writes source to a file and returns the mutants that the named operator finds there.
func found(t *testing.T, source, operator string) []mutant {
	t.Helper()
	some, err := chosen(operator)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(name, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := mutants(name, some)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestImportsAndTagsStay(t *testing.T) {
	source := "package p\nimport \"fmt\"\ntype t struct { a int `json:\"a\"` }\nvar _ = fmt.Sprint\n"
	if all := found(t, source, "constant"); len(all) > 0 {
		t.Errorf("found %v", all)
	}
}

func TestASampleStaysTheSame(t *testing.T) {
	all := found(t, "package p\nvar a = [...]int{1, 2, 3, 4, 5, 6, 7, 8, 9}\n", "constant")
	first, again, other := sampled(all, 4, 1), sampled(all, 4, 1), sampled(all, 4, 2)
	texts := func(some []mutant) (texts []string) {
		for _, m := range some {
			texts = append(texts, m.String())
		}
		return texts
	}
	if len(first) != 4 || !slices.IsSorted(texts(first)) {
		t.Errorf("4 of 9 are %v", first)
	}
	if !slices.Equal(texts(first), texts(again)) {
		t.Errorf("the same seed gives %v and %v", first, again)
	}
	if slices.Equal(texts(first), texts(other)) {
		t.Errorf("another seed gives %v too", first)
	}
	if n := len(sampled(all, 0, 1)); n != 9 {
		t.Errorf("all of 9 are %d", n)
	}
}
