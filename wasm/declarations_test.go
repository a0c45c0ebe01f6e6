//go:build !js

package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// union returns the string literals of a type of a declaration file.
func union(t *testing.T, declarations, name string) []string {
	t.Helper()
	body := regexp.MustCompile(`(?s)export type ` + name + ` =(.*?);`).FindStringSubmatch(declarations)
	if body == nil {
		t.Fatalf("element.d.ts has no type %s", name)
	}
	var all []string
	for _, literal := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(body[1], -1) {
		all = append(all, literal[1])
	}
	slices.Sort(all)
	return all
}

// codes returns the values of the constants of type Code in error.go.
func codes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "payload/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, declared := range file.Decls {
		group, ok := declared.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			constant := spec.(*ast.ValueSpec)
			if name, ok := constant.Type.(*ast.Ident); !ok || name.Name != "Code" || len(constant.Values) != 1 {
				t.Fatalf("payload/error.go: %s is not a constant of type Code", constant.Names[0])
			}
			value, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, value)
		}
	}
	return all
}

func sorted[T ~string](values ...T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	slices.Sort(all)
	return all
}

func TestDeclarationsAgreeWithGo(t *testing.T) {
	declarations := read(t, "../site/element.d.ts")
	for name, want := range map[string][]string{
		"Phase":      sorted(payload.Phases...),
		"Connection": sorted(payload.Connections...),
		"ErrorCode":  sorted(append(codes(t), "not-loaded")...), // JavaScript's own: there is no Go to say it
		"Layout":     sorted(view.LayoutCard, view.LayoutCompact, view.LayoutDialog, view.LayoutButton),
	} {
		if got := union(t, declarations, name); !slices.Equal(got, want) {
			t.Errorf("site/element.d.ts: rule: %s has the values that Go has:\n got %q\nwant %q", name, got, want)
		}
	}
}

// members returns the names of an interface's members.
func members(t *testing.T, declarations, name string) []string {
	t.Helper()
	_, body, found := strings.Cut(declarations, "export interface "+name+" {\n")
	body, _, closed := strings.Cut(body, "\n}")
	if !found || !closed {
		t.Fatalf("element.d.ts has no interface %s", name)
	}
	var all []string
	for _, member := range regexp.MustCompile(`(?m)^  '?([A-Za-z-]+)'?\??:`).FindAllStringSubmatch(body, -1) {
		all = append(all, member[1])
	}
	slices.Sort(all)
	return all
}

// quoted returns the string literals of the part of a source file that follows a beginning.
func quoted(t *testing.T, file, begin, end string, literal *regexp.Regexp) []string {
	t.Helper()
	_, part, found := strings.Cut(read(t, file), begin)
	part, _, closed := strings.Cut(part, end)
	if !found || !closed {
		t.Fatalf("%s: nothing between %q and %q", file, begin, end)
	}
	var all []string
	for _, match := range literal.FindAllStringSubmatch(part, -1) {
		all = append(all, match[1])
	}
	slices.Sort(all)
	return all
}

func TestDeclarationsAgreeWithTheElement(t *testing.T) {
	declarations := read(t, "../site/element.d.ts")
	word := regexp.MustCompile(`'([a-z-]+)'`)
	attributes := members(t, declarations, "XamanSignRequestAttributes")
	const element = "../site/element.js"
	if got := quoted(t, element, "const request = [", "const property", word); !slices.Equal(got, attributes) {
		t.Errorf("site/element.js: rule: the attributes are those that are declared:\n got %q\nwant %q", got,
			attributes)
	}
	read := regexp.MustCompile(`"([a-z-]+)": +&`)
	if got := quoted(t, "browser/options.go", "map[string]*string{", "} {", read); !slices.Equal(got, attributes) {
		t.Errorf("wasm/browser/options.go: rule: the attributes are those that are declared:\n got %q\nwant %q", got,
			attributes)
	}
	report := regexp.MustCompile(`"([A-Za-z]+)": `)
	got := quoted(t, "card/journal.go", "return map[string]any{", "\n\t}", report)
	if want := members(t, declarations, "DebugReport"); !slices.Equal(got, want) {
		t.Errorf("wasm/card/journal.go: rule: a report has the members that are declared:\n got %q\nwant %q", got, want)
	}
}

// What the element says before the program is there is what the program says.
func TestElementSpeaksAsTheProgram(t *testing.T) {
	var words map[string]string
	if err := json.Unmarshal([]byte(read(t, "view/english.json")), &words); err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(read(t, "../site/early.js"), "export const english = {\n")
	table, _, closed := strings.Cut(table, "\n};")
	said := regexp.MustCompile(`(?m)^  '?([a-z.-]+)'?: '(.+)',$`).FindAllStringSubmatch(table, -1)
	if !closed || len(said) != strings.Count(table, "\n")+1 {
		t.Fatalf("site/early.js: got %d words of %q", len(said), table)
	}
	for _, word := range said {
		if want := words[word[1]]; word[2] != want {
			t.Errorf("site/early.js: rule: %s is %q as in english.json, got %q", word[1], want, word[2])
		}
	}
}

// What is drawn before the program is there looks like what it draws, and on the same devices.
func TestElementDrawsAsTheProgram(t *testing.T) {
	early := read(t, "../site/early.js")
	for file, name := range map[string]string{"browser/stage.go": "phonePath", "browser/options.go": "onPhone"} {
		value := regexp.MustCompile(name + `\s+= "(.+)"`).FindStringSubmatch(read(t, file))
		if value == nil || !strings.Contains(early, "'"+value[1]+"'") {
			t.Errorf("site/early.js: rule: it has %s of wasm/%s, %q", name, file, value)
		}
	}
}
