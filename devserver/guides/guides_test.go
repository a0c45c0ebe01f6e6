package guides

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// project is a small one: two guides that show files of each kind.
func project() map[string]string {
	return map[string]string{
		"site/guides/frame.html": `{{.Title}}|{{.About}}|` +
			`{{range .Groups}}{{.Name}}:{{range .Guides}}{{.File}},{{end}};{{end}}|` +
			`{{with .Previous}}{{.File}}{{end}}|{{with .Next}}{{.File}}{{end}}|{{range .Contents}}{{.ID}},{{end}}|` +
			"{{.Opening}}|{{.Rest}}",
		"site/guides/index.md": "# All\n\nEverything.\n\n## First\n\n- [One](one.md)\n\n## Then\n\n- [Two](two.md)\n",
		"site/guides/one.md": "# One\n\nAbout \"one\".\n\n## Part\n\nSee [two](two.md#types), [a page](../page.html) and " +
			"[it](https://xrpl.org).\n\n```go file=a/code.go#part\n```\n\n```go file=a/code.go#Double\n```\n\n" +
			"```message file=a/code.go\ncannot read …: it is … bytes too long\n```\n\n" +
			"```attacks file=a/code.go\nby-night\n```\n\n```include file=site/guides/form.html\n```\n",
		"site/guides/two.md": "# Two\n\nTypes.\n\n## Types\n\n```types file=site/x.d.ts\n```\n\n" +
			"```openapi file=site/api.json\n```\n\n| A | B |\n|---|---|\n| 1 | `2` |\n",
		"site/guides/form.html": `<form class="mine"></form>`,
		"site/page.html":        "",
		"site/x.d.ts": "import type { A } from 'a';\n/** What it is; `a` counts. */\nexport type Kind =\n  | 'a' | 'b';\n" +
			"/** A thing.\n *  It has more. */\nexport interface Thing extends Base {\n  /** Its name. */\n" +
			"  name?: string;\n  'a-b': { c: string; d: number };\n}\nexport class Element extends HTMLElement {\n" +
			"  /** Does it. */\n  static define(name?: string): void;\n  readonly done: Promise<Thing>;\n}\n" +
			"declare global {\n  interface Hidden { x: 1 }\n}\n",
		"site/api.json": `{"paths":{"/b":{"post":{"summary":"Make.","parameters":[{"name":"key","in":"header",
			"description":"Any."}],"requestBody":{"content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/It"}}}},"responses":{"201":{"description":"Made.",
			"content":{"application/json":{"schema":{"$ref":"#/components/schemas/It"}}}},
			"400":{"$ref":"#/components/responses/Bad"}}}},"/a":{"parameters":[],"get":
			{"summary":"Read.","responses":{"200":{"description":"Read."}}}}},"components":{"responses":{"Bad":
			{"description":"Not so.","content":{"application/json":{"schema":{"allOf":[{"$ref":"#/components/schemas/It"},
			{"properties":{"error":{"properties":{"code":{"enum":["bad"]}}}}}]}}}}},
			"schemas":{"It":{"description":"A thing.","properties":{"list":{"type":"array",
			"items":{"type":"string"},"description":"Some."},"of":{"enum":["x","y"],"description":"Which."}}}}}}`,
		"a/code.go": "package a\n\nfunc f() {\n" +
			"\t// snippet: part\n\tif true {\n\t\tf() // \"<again>\"\n\t}\n\t// end\n}\n\n" +
			"// Double doubles.\nfunc Double(n int) int { return 2 * n }\n\nvar tooLong = \"cannot read %s: \" +\n" +
			"\t\"it is %d bytes too long\"\n\nvar attacks = []attack{{\"by-night\", \"Somebody comes \" + \"late.\"}}\n",
	}
}

func mapped(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, content := range files {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return all
}

func TestMake(t *testing.T) {
	files, err := Make(mapped(project()), "site")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"guides/index.html", "guides/one.html", "guides/search.json", "guides/two.html"}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	one := string(files["guides/one.html"])
	for _, part := range []string{
		"One|About “one”.|First:one.html,;Then:two.html,;|index.html|two.html|part,|",
		`<a href="two.html#types">`, `<a href="../page.html">`, `<a href="https://xrpl.org">`,
		`<span class="word">if</span> <span class="word">true</span> {` + "\n\tf() " +
			`<span class="comment">// &#34;&lt;again&gt;&#34;</span>` + "\n}\n</code>",
		`<span class="comment">// Double doubles.</span>`, `data-copy="code-2" hidden>`, `<form class="mine"></form>`,
		`<p class="message"><code class="long">cannot read …: it is … bytes too long</code></p>`,
		`<dt><code>by-night</code></dt><dd>Somebody comes late.</dd>`,
	} {
		if !strings.Contains(one, part) {
			t.Errorf("one.html lacks %q:\n%s", part, one)
		}
	}
	two := string(files["guides/two.html"])
	for _, part := range []string{
		`<h3 id="kind">Kind</h3>`, `<code>'a' | 'b'</code>`, `<code>a</code> counts.`, "A thing. It has more.",
		"extends <code>Base</code>", `<td><code>name?</code></td>`, `<td><code>{ c: string; d: number }</code></td>`,
		`<td><code>static define(name?: string)</code></td>`, `<td><code>readonly done</code></td>`,
		`<h3 id="post-b">POST <code>/b</code></h3>`, `<li><code>key</code>, in the header: Any.</li>`,
		`<td><a href="#it">It</a></td>`, `<a href="#it">It</a> <code>bad</code></td>`,
		`<td>Not so.</td>`, `<td>list of string</td>`, `<code>x</code>, <code>y</code>`,
		`<div class="table" role="group" aria-label="Table" tabindex="0"><table>`,
	} {
		if !strings.Contains(two, part) {
			t.Errorf("two.html lacks %q:\n%s", part, two)
		}
	}
	if strings.Contains(two, "Hidden") || strings.Index(two, "post-b") > strings.Index(two, "get-a") {
		t.Errorf("what is not exported is hidden, and the rest is in its order:\n%s", two)
	}
	var entries []entry
	if err := json.Unmarshal(files["guides/search.json"], &entries); err != nil || len(entries) < 6 {
		t.Fatalf("got %+v, %v", entries, err)
	}
	if got, want := entries[1], (entry{"one.html#part", "One", "Part", "See two, a page and it."}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestASiteWithoutGuides(t *testing.T) {
	if files, err := Make(mapped(map[string]string{"site/index.html": ""}), "site"); err != nil || len(files) > 0 {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestWhatIsNoGuide(t *testing.T) {
	const title = "# One\n\nAbout.\n\n"
	tests := []struct{ name, file, content, want string }{
		{"block without a source", "site/guides/one.md", title + "```go\nf()\n```\n", "without a source"},
		{"block without a word", "site/guides/one.md", title + "```\nf()\n```\n", "without a source"},
		{"indented block", "site/guides/one.md", title + "    f()\n", "without a source"},
		{"source and text", "site/guides/one.md", title + "```go file=a/code.go\nf()\n```\n", "no text of its own"},
		{"file that is not there", "site/guides/one.md", title + "```go file=a/none.go\n```\n", "a/none.go"},
		{"mark that is not there", "site/guides/one.md", title + "```js file=site/x.d.ts#none\n```\n", "no snippet none"},
		{"no declaration", "site/guides/one.md", title + "```go file=a/code.go#None\n```\n", "declaration None"},
		{"mark without an end", "a/code.go", "package a\n\n// snippet: part\n", "no end"},
		{"text that is not said", "site/guides/one.md", title + "```message file=a/code.go\nnot so\n```\n", "does not say"},
		{"no text", "site/guides/one.md", title + "```message file=a/code.go\n```\n", "without text"},
		{"attack of nobody", "site/guides/one.md", title + "```attacks file=a/code.go\nby-day\n```\n", "has no by-day"},
		{"no attack", "site/guides/one.md", title + "```attacks file=a/code.go\n```\n", "without names"},
		{"code that is included", "site/guides/form.html", "<code>f()</code>", "has no code"},
		{"raw HTML", "site/guides/one.md", title + "<pre>f()</pre>\n", "raw HTML"},
		{"raw HTML in a line", "site/guides/one.md", title + "It is <b>so</b>.\n", "raw HTML"},
		{"no title", "site/guides/one.md", "About.\n", "before the title"},
		{"no paragraph", "site/guides/one.md", "# One\n", "begins with its title"},
		{"another heading first", "site/guides/one.md", "## One\n\nAbout.\n", "not the title"},
		{"link to nothing", "site/guides/one.md", title + "[x](none.md)\n", "there is no none.md"},
		{"link to no section", "site/guides/one.md", title + "[x](two.md#none)\n", "there is no two.md#none"},
		{"link to no file", "site/guides/one.md", title + "[x](../none.html)\n", "there is no ../none.html"},
		{"guide that is not listed", "site/guides/three.md", title, "does not list three.md"},
		{"guide that is listed twice", "site/guides/index.md",
			"# All\n\nX.\n\n## A\n\n- [1](one.md)\n- [2](two.md)\n- [1](one.md)\n", "listed before"},
		{"no types", "site/x.d.ts", "type A = 1;\n", "exports no types"},
		{"types without an end", "site/x.d.ts", "export interface A {\n", "no end"},
		{"calls that are no JSON", "site/api.json", "{", "site/api.json"},
		{"response that is not there", "site/api.json",
			`{"paths":{"/":{"get":{"responses":{"200":{"$ref":"#/x/Y"}}}}}}`, "no response Y"},
		{"frame that is none", "site/guides/frame.html", "{{.None", "frame.html"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := project()
			files[tt.file] = tt.content
			if _, err := Make(mapped(files), "site"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// guide reads one of the site's own.
func guide(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../site/guides/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGuidesOfTheSite(t *testing.T) {
	files, err := Make(os.DirFS("../.."), "site")
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range files {
		if strings.Contains(string(page), "ZgotmplZ") || len(page) < 1000 {
			t.Errorf("%s: %s", name, page)
		}
	}
}

// Every check has a section with at least one attack, in the order in which checks are reported.
func TestEveryCheckIsExplained(t *testing.T) {
	_, text, _ := strings.Cut(guide(t, "verification.md"), "## Before any check")
	var got []string
	for _, part := range strings.Split(text, "\n## ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		if slices.Contains(api.Checks, name) {
			got = append(got, name)
			if !strings.Contains(rest, "```attacks ") {
				t.Errorf("verification.md: %s keeps no attack out", name)
			}
		}
	}
	if !slices.Equal(got, api.Checks) {
		t.Errorf("verification.md: got sections for %q, want %q", got, api.Checks)
	}
}

// Every code that a page or a program may get is explained, or named where its cause is.
func TestEveryErrorIsExplained(t *testing.T) {
	text := guide(t, "troubleshooting.md")
	codes := []string{"not-loaded"} // the element's own, when there is no program to say it
	for file, pattern := range map[string]string{
		"../../wasm/payload/error.go": `Code = "([a-z-]+)"`, "../../wasm/api/error.go": `payload\.Code = "([a-z-]+)"`,
	} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(source), -1) {
			codes = append(codes, match[1])
		}
	}
	if len(codes) < 18 {
		t.Errorf("found only the codes %q", codes)
	}
	for _, code := range codes {
		if !regexp.MustCompile("(?m)(^### .*\\b" + code + "\\b|`" + code + "`)").MatchString(text) {
			t.Errorf("troubleshooting.md: %s is not explained", code)
		}
	}
}

// What the guides tell people to type is there to be typed: verbs of build.sh, and options of the server.
func TestCommandsAreThere(t *testing.T) {
	build, err := os.ReadFile("../../build.sh")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	var options strings.Builder
	for _, name := range sources {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		options.Write(source)
	}
	names, err := os.ReadDir("../../site/guides")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if !strings.HasSuffix(name.Name(), ".md") {
			continue
		}
		text := guide(t, name.Name())
		for _, verb := range regexp.MustCompile("`\\./build\\.sh ([a-z]+)").FindAllStringSubmatch(text, -1) {
			found++
			if !strings.Contains(string(build), "./build.sh "+verb[1]) {
				t.Errorf("%s: ./build.sh has no %s", name.Name(), verb[1])
			}
		}
		for _, option := range regexp.MustCompile("`-([a-z][a-z-]*)[ `]").FindAllStringSubmatch(text, -1) {
			found++
			if !strings.Contains(options.String(), `"`+option[1]+`"`) {
				t.Errorf("%s: the server has no option -%s", name.Name(), option[1])
			}
		}
	}
	if found < 10 {
		t.Errorf("found only %d commands", found)
	}
	table := guide(t, "server.md")
	flags := regexp.MustCompile(`flags\.\w+\((?:&o\.\w+, )?"([a-z-]+)"`)
	for _, flag := range flags.FindAllStringSubmatch(options.String(), -1) {
		if !regexp.MustCompile("`-" + flag[1] + "[ `]").MatchString(table) {
			t.Errorf("server.md: rule: every option of the server is listed: -%s", flag[1])
		}
	}
}
