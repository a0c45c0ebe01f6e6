//go:build !js

package main

import (
	"cmp"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

const module = "github.com/xaman-live/xaman-live/"

// source is a Go file of the project.
type source struct {
	name    string // from the top of the project, with slashes
	dir     string
	test    bool
	js      bool // built for the page
	native  bool // built for servers and tests
	imports []string
}

func (s source) imported(module string) bool {
	return slices.ContainsFunc(s.imports, func(name string) bool { return within(name, module) })
}

// within reports whether name is parent or below it.
func within(name, parent string) bool { return name == parent || strings.HasPrefix(name, parent+"/") }

// sources parses the imports of all Go files of the project.
func sources(t *testing.T) []source {
	t.Helper()
	page, server := build.Default, build.Default
	page.GOOS, page.GOARCH = "js", "wasm"
	server.GOOS, server.GOARCH = "linux", "amd64"
	var all []source
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != ".." && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(file) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		name, err := filepath.Rel("..", file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		s := source{name: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go")}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		if s.js, err = page.MatchFile(filepath.Split(file)); err != nil {
			return err
		}
		if s.native, err = server.MatchFile(filepath.Split(file)); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("found only %d files", len(all))
	}
	return all
}

// parts says which packages of the client a part of it may import.
var parts = map[string][]string{
	"wasm":                     {"wasm/browser"},
	"wasm/decimal":             {},
	"wasm/payload":             {"wasm/decimal"},
	"wasm/payload/payloadtest": {"wasm/payload"},
	"wasm/api":                 {"wasm/payload"},
	"wasm/qr":                  {"wasm/decimal"},
	"wasm/view":                {"wasm/payload", "wasm/api"},
	"wasm/socket":              {"wasm/payload"},
	"wasm/subscribe":           {"wasm/payload", "wasm/api"},
	"wasm/card":                {"wasm/payload", "wasm/api", "wasm/qr", "wasm/view", "wasm/subscribe"},
	"wasm/browser": {"wasm/payload", "wasm/api", "wasm/qr", "wasm/view", "wasm/card", "wasm/socket",
		"wasm/subscribe"},
}

// standins take the place of packages of the standard library, by their path below this one.
const standins = "wasm/standin"

func TestImportsPointTowardPayload(t *testing.T) {
	shared := []string{"wasm/payload", "wasm/payload/payloadtest", "wasm/api", "wasm/qr"}
	for _, s := range sources(t) {
		allowed, known := parts[s.dir]
		if within(s.dir, "wasm") && !within(s.dir, standins) && !known {
			t.Errorf("%s: rule: this test says of every part of the client what it may import", s.name)
		}
		for _, imported := range s.imports {
			ours, ok := strings.CutPrefix(imported, module)
			switch {
			case !ok:
			case within(ours, standins):
				t.Errorf("%s: rule: nobody imports %s, it only takes the place of another package", s.name, ours)
			case within(s.dir, "wasm") && within(ours, "devserver") && !(s.test && ours == "devserver/sandbox/engine"):
				t.Errorf("%s: rule: of the dev server, tests of the client import its engine, and nothing else does: %s", s.name,
					ours)
			case within(s.dir, "devserver") && within(ours, "wasm") && !slices.Contains(shared, ours):
				t.Errorf("%s: rule: of the client, the dev server imports only %q: %s", s.name, shared, ours)
			case within(s.dir, "wasm") && !s.test && !slices.Contains(allowed, ours):
				t.Errorf("%s: rule: %s may import only %q: %s", s.name, s.dir, allowed, ours)
			case ours == "wasm/payload/payloadtest" && !s.test && !within(s.dir, "devserver/sandbox"):
				t.Errorf("%s: rule: payloadtest is for tests", s.name)
			}
		}
	}
}

// servers says which packages of the dev server a part of it may import; who is not in it, none.
var servers = map[string][]string{
	"devserver": {
		"devserver/backend",
		"devserver/callback",
		"devserver/config",
		"devserver/conform",
		"devserver/doctor",
		"devserver/ledger",
		"devserver/metrics",
		"devserver/orders",
		"devserver/proxies",
		"devserver/record",
		"devserver/record/postgres",
		"devserver/sandbox",
		"devserver/static",
		"devserver/strictjson",
		"devserver/verify",
		"devserver/xaman",
	},
	"devserver/backend": {
		"devserver/callback",
		"devserver/ledger",
		"devserver/record",
		"devserver/strictjson",
		"devserver/verify",
		"devserver/xaman",
	},
	"devserver/config": {
		"devserver/backend",
		"devserver/callback",
		"devserver/orders",
		"devserver/record",
		"devserver/verify",
		"devserver/xaman",
	},
	"devserver/conform": {
		"devserver/openapi",
	},
	"devserver/doctor": {
		"devserver/ledger",
		"devserver/record",
		"devserver/xaman",
	},
	"devserver/e2e/webdriver": {
		"devserver/group",
	},
	"devserver/metrics": {
		"devserver/callback",
		"devserver/record",
	},
	"devserver/mutate": {
		"devserver/group",
	},
	"devserver/orders": {
		"devserver/backend",
		"devserver/record",
		"devserver/strictjson",
		"devserver/verify",
		"devserver/xaman",
	},
	"devserver/publish": {
		"devserver/guides",
	},
	"devserver/record": {
		"devserver/verify",
		"devserver/xaman",
	},
	"devserver/record/postgres": {
		"devserver/record",
	},
	"devserver/record/recordtest": {
		"devserver/record",
		"devserver/verify",
		"devserver/xaman",
	},
	"devserver/sandbox": {
		"devserver/sandbox/engine",
	},
	"devserver/verify": {
		"devserver/ledger",
		"devserver/strictjson",
		"devserver/xaman",
	},
	"devserver/xaman": {
		"devserver/strictjson",
	},
}

func TestServerImportsPointTowardVerify(t *testing.T) {
	for _, s := range sources(t) {
		for _, imported := range s.imports {
			ours, ok := strings.CutPrefix(imported, module)
			if ok && !s.test && within(ours, "devserver") && !slices.Contains(servers[s.dir], ours) {
				t.Errorf("%s: rule: %s may import of the dev server only %q: %s", s.name, s.dir, servers[s.dir], ours)
			}
		}
	}
}

// doors says where a dependency may be imported: in a directory, or with a slash at the end, also below it. Tests may
// also import what is for tests alone.
var doors = map[string][]string{
	"syscall/js":                 {"wasm/browser"},
	"github.com/hack-pad/safejs": {"wasm/browser"},
	"github.com/coder/websocket": {"wasm/socket", "wasm/payload/payloadtest", "devserver/sandbox",
		"devserver/e2e/webdriver"},
	"github.com/skip2/go-qrcode":                {"wasm/qr"},
	"github.com/valyala/fastjson":               {"wasm/payload", "wasm/api", "wasm/view"},
	"github.com/Peersyst/xrpl-go":               {"devserver/verify", "devserver/sandbox"},
	"github.com/decred/dcrd/dcrec/secp256k1/v4": {"devserver/verify", "devserver/sandbox"},
	"github.com/prometheus/client_golang":       {"devserver/metrics"},
	"github.com/pelletier/go-toml/v2":           {"devserver/config"},
	"go.etcd.io/bbolt":                          {"devserver/record", "devserver/sandbox"},
	"github.com/jackc/pgx/v5":                   {"devserver/record/postgres", "devserver/record/postgres/postgrestest"},
	"github.com/andybalholm/brotli":             {"devserver/publish", "devserver/size"},
	"github.com/evanw/esbuild":                  {"devserver/publish"},
	"github.com/yuin/goldmark":                  {"devserver/guides"},
	"github.com/google/jsonschema-go":           {"devserver/openapi"},
	"go.uber.org/goleak":                        {"wasm/payload/payloadtest"},
	"github.com/makiuchi-d/gozxing":             {},
	"github.com/chromedp":                       {},
	"github.com/agnivade/wasmbrowsertest":       {},
}

var forTests = []string{"go.uber.org/goleak", "github.com/makiuchi-d/gozxing", "github.com/chromedp",
	"github.com/andybalholm/brotli", "github.com/evanw/esbuild"}

func TestOneDoorPerDependency(t *testing.T) {
	for _, s := range sources(t) {
		for _, imported := range s.imports {
			first, _, _ := strings.Cut(imported, "/")
			foreign := strings.Contains(first, ".") && !strings.HasPrefix(imported, module)
			door := ""
			for dependency := range doors {
				if within(imported, dependency) {
					door = dependency
				}
			}
			if door == "" {
				if foreign {
					t.Errorf("%s: rule: no dependency without a door in this test: %s", s.name, imported)
				}
				continue
			}
			if s.test && slices.Contains(forTests, door) {
				continue
			}
			if !slices.ContainsFunc(doors[door], func(dir string) bool {
				below, ok := strings.CutSuffix(dir, "/")
				return s.dir == dir || ok && within(s.dir, below)
			}) {
				t.Errorf("%s: rule: %s is imported only in %q", s.name, imported, doors[door])
			}
		}
	}
}

// The size of the download is mostly that of these packages.
func TestPageIsSpared(t *testing.T) {
	byDir := map[string][]source{}
	for _, s := range sources(t) {
		if s.js && !s.test {
			byDir[s.dir] = append(byDir[s.dir], s)
		}
	}
	heavy := []string{"net", "encoding/json", "encoding/xml", "text/template", "html/template", "regexp", "crypto", "os",
		"log", "testing"}
	seen := map[string]bool{}
	var walk func(dir string)
	walk = func(dir string) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		for _, s := range byDir[dir] {
			for _, imported := range s.imports {
				if ours, ok := strings.CutPrefix(imported, module); ok {
					walk(ours)
				}
				if imported != "net/url" && slices.ContainsFunc(heavy, func(name string) bool { return within(imported, name) }) {
					t.Errorf("%s: rule: the page's program does not link %s", s.name, imported)
				}
			}
		}
	}
	walk("wasm")
	for dir := range parts {
		if dir != "wasm/payload/payloadtest" && !seen[dir] {
			t.Errorf("%s: rule: what is not for tests is linked into the page's program", dir)
		}
	}
}

func TestOnlyBrowserIsForBrowsersAlone(t *testing.T) {
	for _, s := range sources(t) {
		inside := s.dir == "wasm/browser" && path.Base(s.name) != "doc.go"
		switch {
		case inside && !s.js:
			t.Errorf("%s: rule: what is in wasm/browser is built for js/wasm", s.name)
		case inside && s.native:
			t.Errorf("%s: rule: what is in wasm/browser has the constraint js && wasm", s.name)
		case !inside && s.imported("syscall/js"):
			t.Errorf("%s: rule: only wasm/browser knows JavaScript", s.name)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocumentationNamesEveryCheck(t *testing.T) {
	_, table, found := strings.Cut(read(t, "../README.md"), "| Check | Passes if |")
	table, _, _ = strings.Cut(table, "\n\n")
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(table, -1) {
		got = append(got, row[1])
	}
	if !found || !slices.Equal(got, api.Checks) {
		t.Errorf("README.md: rule: the table of checks has those of the contract:\n got %q\nwant %q", got, api.Checks)
	}
}

// Each file that is loaded is named by an expression of its own, so that all bundlers find it.
func TestLittleJavaScript(t *testing.T) {
	const most = 721
	lines := map[string]int{}
	total := 0
	for _, name := range []string{"loader.js", "runtime.js", "exec.js", "links.js", "languages.js", "early.js",
		"question.js", "ahead.js", "program.js", "element.js", "xaman-sign-request.js"} {
		lines[name] = strings.Count(read(t, "../site/"+name), "\n")
		total += lines[name]
	}
	if total > most {
		names := slices.SortedFunc(maps.Keys(lines), func(a, b string) int { return cmp.Compare(lines[b], lines[a]) })
		t.Errorf("site/%s: rule: all that the element loads has at most %d lines, got %d: %v", names[0], most, total, lines)
	}
}
