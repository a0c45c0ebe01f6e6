//go:build !js

package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
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

// codes returns the values of the constants of type Code in a file, without those that are another's.
func codes(t *testing.T, name string) []payload.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []payload.Code
	for _, declared := range file.Decls {
		group, ok := declared.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			constant := spec.(*ast.ValueSpec)
			literal, ok := constant.Values[0].(*ast.BasicLit)
			if !ok {
				continue
			}
			value, err := strconv.Unquote(literal.Value)
			if err != nil || constant.Type == nil || len(constant.Values) != 1 {
				t.Fatalf("%s: %s is not a constant of type Code: %v", name, constant.Names[0], err)
			}
			all = append(all, payload.Code(value))
		}
	}
	return all
}

// outcomes are the phases in which nothing more is to be learned of a request.
func outcomes() []payload.Phase {
	found := map[payload.Phase]bool{}
	for _, s := range states() {
		if s.Final() {
			found[s.Phase()] = true
		}
	}
	return slices.Collect(maps.Keys(found))
}

// states are those that differ in what makes a request's phase, and its end.
func states() (all []payload.State) {
	statuses := []payload.Status{"", payload.StatusPending, payload.StatusOpened, payload.StatusSigned,
		payload.StatusRejected, payload.StatusExpired, payload.StatusCancelled}
	verdicts := []payload.Verdict{payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified,
		payload.VerdictUnverified}
	for bits := range 1 << 6 {
		has := func(bit int) bool { return bits>>bit&1 == 1 }
		for announced := range payload.AnnouncedRejected + 1 {
			s := payload.State{Alone: has(0), Opened: has(1), PreSigned: has(2), Expired: has(3), Gone: has(4),
				NotFound: has(5), Announced: announced}
			if all = append(all, s); s.Alone {
				continue
			}
			for _, s.Answer.Status = range statuses {
				for _, s.Answer.Verdict = range verdicts {
					all = append(all, s)
				}
			}
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
		"Phase":        sorted(payload.Phases...),
		"Connection":   sorted(payload.Connections...),
		"SettledPhase": sorted(outcomes()...),
		// JavaScript's own is not-loaded: there is no Go to say it.
		"ErrorCode":        sorted(append(codes(t, "payload/error.go"), "not-loaded")...),
		"BackendErrorCode": sorted(append(codes(t, "api/error.go"), api.Internal)...),
		"Layout":           sorted(view.LayoutCard, view.LayoutCompact, view.LayoutDialog, view.LayoutButton),
	} {
		if got := union(t, declarations, name); !slices.Equal(got, want) {
			t.Errorf("site/element.d.ts: rule: %s has the values that Go has:\n got %q\nwant %q", name, got, want)
		}
	}
}

// members returns the names of the members of an interface or of a type, without those of its variants.
func members(t *testing.T, declarations, name string) []string {
	t.Helper()
	of := regexp.MustCompile(`(?s)export (?:interface|type) ` + name + `(?:<| = | )[^{]*\{\n(.*?)\n\}`)
	body := of.FindStringSubmatch(declarations)
	if body == nil {
		t.Fatalf("element.d.ts has no type %s with members", name)
	}
	var all []string
	for _, member := range regexp.MustCompile(`(?m)^  '?([A-Za-z-]+)'?\??:`).FindAllStringSubmatch(body[1], -1) {
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
	const element = "../site/question.js"
	if got := quoted(t, element, "const request = [", "export const overlays", word); !slices.Equal(got, attributes) {
		t.Errorf("site/question.js: rule: the attributes are those that are declared:\n got %q\nwant %q", got,
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

// The component for React takes every attribute, as the property of that name.
func TestReactTakesEveryAttribute(t *testing.T) {
	component, declared := read(t, "../site/react.js"), read(t, "../site/react.d.ts")
	table, _, _ := strings.Cut(component[strings.Index(component, "const attributes = {"):], "};")
	taken := []string{"layout"} // goes to the element as it is
	for _, pair := range regexp.MustCompile(`(\w+): '([a-z-]+)'`).FindAllStringSubmatch(table, -1) {
		taken = append(taken, pair[2])
		if !strings.Contains(declared, "  "+pair[1]+"?: ") {
			t.Errorf("site/react.d.ts: rule: it declares %s as react.js has it", pair[1])
		}
	}
	slices.Sort(taken)
	want := members(t, read(t, "../site/element.d.ts"), "XamanSignRequestAttributes")
	if !slices.Equal(taken, want) {
		t.Errorf("site/react.js: rule: the attributes are those of the element:\n got %q\nwant %q", taken, want)
	}
}

// The details of events have what Go tells.
func TestDeclaredDetailsAgreeWithGo(t *testing.T) {
	declarations, key := read(t, "../site/element.d.ts"), regexp.MustCompile(`"([a-z]+)":`)
	const report = "card/report.go"
	common := quoted(t, report, `"type":       kind,`, "\n\t}", key)
	result := quoted(t, report, `if kind != "error" {`, "\n\t}", regexp.MustCompile(`event\["([a-z]+)"\]`))
	failure := quoted(t, report, "more := map[string]any{", "\n", key)
	for name, further := range map[string][]string{"Detail": result, "ErrorDetail": failure} {
		if got, want := members(t, declarations, name), sorted(slices.Concat(common, further)...); !slices.Equal(got, want) {
			t.Errorf("site/element.d.ts: rule: %s has what Go tells:\n got %q\nwant %q", name, got, want)
		}
	}
}

// Each attribute is a property, and what a script may call is there.
func TestDeclaredClassAgreesWithTheElement(t *testing.T) {
	declarations, element := read(t, "../site/element.d.ts"), read(t, "../site/element.js")
	all := func(text, expression string) (names []string) {
		for _, match := range regexp.MustCompile(`(?m)`+expression).FindAllStringSubmatch(text, -1) {
			names = append(names, match[1])
		}
		slices.Sort(names)
		return names
	}
	properties := []string{"texts"}
	for _, name := range members(t, declarations, "XamanSignRequestAttributes") {
		first, rest, _ := strings.Cut(name, "-")
		if rest != "" {
			rest = strings.ToUpper(rest[:1]) + rest[1:]
		}
		properties = append(properties, first+rest)
	}
	slices.Sort(properties)
	for _, accessor := range []string{"get", "set"} {
		if got := all(declarations, `^  `+accessor+` (\w+)\(`); !slices.Equal(got, properties) {
			t.Errorf("site/element.d.ts: rule: the attributes and texts are properties:\n%s %q\nwant %q", accessor, got,
				properties)
		}
	}
	ownMethods := slices.DeleteFunc(all(element, `^  (\w+)\(.*\) \{`), func(name string) bool {
		return name == "constructor"
	})
	if got := all(declarations, `^  (\w+)\(.*\): \w+;`); !slices.Equal(got, ownMethods) {
		t.Errorf("site/element.d.ts: rule: the methods are those of the element:\n got %q\nwant %q", got, ownMethods)
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
	for file, it := range map[string]struct{ name, script string }{
		"browser/stage.go":   {"phonePath", "early.js"},
		"browser/options.go": {"onPhone", "question.js"},
	} {
		value := regexp.MustCompile(it.name + `\s+= "(.+)"`).FindStringSubmatch(read(t, file))
		if value == nil || !strings.Contains(read(t, "../site/"+it.script), "'"+value[1]+"'") {
			t.Errorf("site/%s: rule: it has %s of wasm/%s, %q", it.script, it.name, file, value)
		}
	}
}
