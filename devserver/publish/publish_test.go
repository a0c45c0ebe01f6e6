package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
)

// sources is a small site: its element imports a module that is built elsewhere, and refers to a file of each kind.
func sources() map[string]string {
	long := strings.Repeat("the same line again!\n", 100)
	return map[string]string{
		"index.html": `<!doctype html><html lang="en"><link rel="icon" href="icon.svg"><link rel="stylesheet" href="page.css">
			<link rel="preload" href="a.wasm" as="fetch" crossorigin><script type="module" src="xaman-sign-request.js"></script>
			<script type="module" src="page.js"></script><a href="other.html">Other</a><a href="/api">API</a>
			<img src="https://shop.example/a.png"><code>&lt;script src="x.js"&gt;</code>
			<pre>&lt;script type="module" src="/xaman/xaman-sign-request.js"&gt;&lt;/script&gt;</pre>`,
		"other.html":              `<!doctype html><title>Other</title>` + long,
		"page.js":                 `import { text } from './part.js'; document.title = text;`,
		"part.js":                 "// A comment.\nexport const text = 'Grüße';\n",
		"page.css":                "/* A comment. */ p { color: #ff0000; }",
		"icon.svg":                `<svg xmlns="http://www.w3.org/2000/svg"/>`,
		"fallback.css":            "p { margin: 0 }",
		"element.d.ts":            "export {};\n",
		"xaman-sign-request.d.ts": "export {};\n",
		"openapi.json":            "{}\n",
		"xaman-sign-request.css":  "a { color: #ff0000; }",
		"texts/de.json":           `{"a":"` + long + `"}`,
		"xaman-sign-request.js":   `export { element } from './element.js';`,
		"react.js":                `import { part } from 'react'; import { element } from './element.js';`,
		"question.js":             `export const asked = 1;`,
		"element.js": `import built from './built.js'; import { text } from './part.js';
			import { asked } from './question.js';
			const refers = [new URL('./a.wasm', import.meta.url), new URL('./xaman-sign-request.css', import.meta.url),
				new URL('./texts/de.json', import.meta.url)];
			export const element = [built, text, asked, refers];`,
	}
}

// write makes the site in a folder of its own, and what is built elsewhere in another.
func write(t *testing.T, files map[string]string) Options {
	t.Helper()
	dir := t.TempDir()
	o := Options{Site: dir + "/site", To: dir + "/site/dist", Built: map[string]string{
		"built.js": dir + "/elsewhere/x.js", "a.wasm": dir + "/elsewhere/x.wasm",
	}}
	site := fstest.MapFS{
		"elsewhere/x.js":   {Data: []byte("export default 'built elsewhere';")},
		"elsewhere/x.wasm": {Data: []byte(strings.Repeat("\x00asm\x01", 300))},
	}
	for name, content := range files {
		site["site/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	if err := os.CopyFS(dir, site); err != nil {
		t.Fatal(err)
	}
	return o
}

// publish makes the site and returns its files.
func publish(t *testing.T, o Options) map[string]string {
	t.Helper()
	if _, err := Publish(o); err != nil {
		t.Fatal(err)
	}
	return tree(t, o.To)
}

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// names lists files, compressed ones aside, with an x for each digit of a hash.
func names(files map[string]string) (list []string) {
	for name := range files {
		if ending := path.Ext(name); ending != ".br" && ending != ".gz" {
			list = append(list, hash.ReplaceAllString(name, ".xxxxxxxxxxxxxxxx."))
		}
	}
	slices.Sort(list)
	return list
}

var hash = regexp.MustCompile(`\.([0-9a-f]{16})\.`)

func TestPublish(t *testing.T) {
	files := publish(t, write(t, sources()))
	want := []string{
		"a.xxxxxxxxxxxxxxxx.wasm", "classic.js", "classic.xxxxxxxxxxxxxxxx.js", "element.d.ts", "element.js",
		"fallback.css", "fallback.xxxxxxxxxxxxxxxx.css", "icon.xxxxxxxxxxxxxxxx.svg",
		"index.html", "manifest.json", "openapi.json", "other.html",
		"page.xxxxxxxxxxxxxxxx.css", "page.xxxxxxxxxxxxxxxx.js", "question.xxxxxxxxxxxxxxxx.js",
		"texts/de.xxxxxxxxxxxxxxxx.json",
		"xaman-sign-request.css", "xaman-sign-request.d.ts", "xaman-sign-request.js",
		"xaman-sign-request.xxxxxxxxxxxxxxxx.css", "xaman-sign-request.xxxxxxxxxxxxxxxx.js",
	}
	if got := names(files); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	referred := map[string]bool{}
	for name, content := range files {
		sum := sha256.Sum256([]byte(content))
		own := hash.FindStringSubmatch(name)
		if own != nil && own[1] != hex.EncodeToString(sum[:8]) && !slices.Contains([]string{".br", ".gz"}, path.Ext(name)) {
			t.Errorf("%s: the content's hash is %x", name, sum[:8])
		}
		for _, other := range regexp.MustCompile(`[a-z][a-z/-]*\.[0-9a-f]{16}\.[a-z]+`).FindAllString(content, -1) {
			referred[strings.TrimPrefix(other, "xaman/")] = true
			if _, ok := files[strings.TrimPrefix(other, "xaman/")]; !ok {
				t.Errorf("%s refers to %s, which is not there", name, other)
			}
		}
	}
	for name := range files {
		if hash.MatchString(name) && !strings.HasSuffix(name, ".br") && !strings.HasSuffix(name, ".gz") && !referred[name] {
			t.Errorf("nothing refers to %s", name)
		}
	}
	for _, kept := range []string{
		`<a href="other.html">`, `<a href="/api">`, `src="https://shop.example/a.png"`, `&lt;script src="x.js"&gt;`,
	} {
		if !strings.Contains(files["index.html"], kept) {
			t.Errorf("the page has no %s any more: %s", kept, files["index.html"])
		}
	}
	script := files["xaman-sign-request.js"]
	for _, text := range []string{"built elsewhere", "Grüße"} {
		if !strings.Contains(script, text) {
			t.Errorf("the script lacks %q: %s", text, script)
		}
	}
	style := files["xaman-sign-request.css"]
	if strings.Contains(script, "import ") || strings.Contains(script, "comment") || style != "a{color:red}\n" {
		t.Errorf("not minified: %s %s", script, style)
	}
}

func TestVariantsHoldTheFile(t *testing.T) {
	files := publish(t, write(t, sources()))
	smaller := 0
	for name, content := range files {
		for ending, open := range map[string]func(io.Reader) (io.Reader, error){
			".br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		} {
			variant, ok := files[name+ending]
			if !ok {
				continue
			}
			smaller++
			r, err := open(strings.NewReader(variant))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != content || len(variant) >= len(content) {
				t.Errorf("%s%s has %d bytes for %q, %v, want fewer for %q", name, ending, len(variant), got, err, content)
			}
		}
	}
	if smaller < 10 {
		t.Errorf("only %d files are compressed", smaller)
	}
}

// The same sources make the same bytes, wherever they are.
func TestPublishIsReproducible(t *testing.T) {
	if one, other := publish(t, write(t, sources())), publish(t, write(t, sources())); !maps.Equal(one, other) {
		t.Errorf("got %q and %q", one, other)
	}
}

// What has changed gets another name, and so does whatever refers to it; the rest is not touched. A file's number would
// not tell: the system gives that of a removed file to the next one.
func TestPublishAgain(t *testing.T) {
	files := sources()
	o := write(t, files)
	before := publish(t, o)
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name := range before {
		if err := os.Chtimes(filepath.Join(o.To, name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	touched := func(name string) bool {
		info, err := os.Stat(filepath.Join(o.To, name))
		if err != nil {
			t.Fatal(err)
		}
		return !info.ModTime().Equal(long)
	}
	publish(t, o)
	for name := range before {
		if touched(name) {
			t.Errorf("%s was written again, though nothing has changed", name)
		}
	}

	file := filepath.Join(o.Site, "texts/de.json")
	if err := os.WriteFile(file, []byte(`{"a":"`+strings.Repeat("b", 500)+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	after := publish(t, o)
	for name, changes := range map[string]bool{
		"index.html": true, "index.html.br": true, "manifest.json": true, "xaman-sign-request.js": true,
		"other.html": false, "other.html.gz": false, "xaman-sign-request.css": false,
	} {
		if written, other := touched(name), before[name] != after[name]; written != changes || other != changes {
			t.Errorf("%s: written %t, changed %t, want both %t", name, written, other, changes)
		}
	}
	if got, want := names(after), names(before); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q: what nothing refers to any more is removed", got, want)
	}
}

// A run that ended early leaves nothing that the next one takes for its own.
func TestPublishAfterAnInterruption(t *testing.T) {
	o := write(t, sources())
	want := publish(t, o)
	const page = "other.html"
	for name, content := range map[string]string{page: "older", ".a.tmp": "half", "stale.js": "x", "texts/stale": "x"} {
		if err := os.WriteFile(filepath.Join(o.To, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(o.To, page+".br"), []byte("of the older"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(o.To, "index.html.br")); err != nil {
		t.Fatal(err)
	}
	if got := publish(t, o); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", slices.Collect(maps.Keys(got)), slices.Collect(maps.Keys(want)))
	}
}

// A server that reads meanwhile gets one page or the other.
func TestPagesAreReplacedAtOnce(t *testing.T) {
	o := write(t, sources())
	pages := []string{strings.Repeat("a", 1<<20), strings.Repeat("b", 1<<20)}
	publish(t, o)
	file := filepath.Join(o.To, "other.html")
	if err := replace(file, []byte(pages[0])); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() {
		for i := range 50 {
			if err := replace(file, []byte(pages[i%2])); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for {
		content, err := os.ReadFile(file)
		if err != nil || !slices.Contains(pages, string(content)) {
			t.Fatalf("read %d bytes, %v", len(content), err)
		}
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
	}
}

func TestWhatCannotBePublished(t *testing.T) {
	tests := []struct{ name, file, content, want string }{
		{"page refers to nothing", "index.html", `<script src="none.js"></script>`, "index.html: none.js: "},
		{"script refers to nothing", "page.js", `new URL('./none.svg', import.meta.url)`, "page.js: none.svg: "},
		{"script imports nothing", "page.js", `import './none.js'`, "none.js"},
		{"script is none", "page.js", `if (`, "Unexpected end of file"},
		{"style sheet is none", "page.css", `p { color: "`, "page.css: "},
		{"style sheet refers", "page.css", `p { background: url(a.png) }`, "not supported"},
		{"style sheet imports", "page.css", `@import "a.css"`, "not supported"},
		{"address is put together", "page.js", "export const f = (x) => new URL(`./${x}.svg`, import.meta.url)",
			"import.meta.url is used for something else"},
		{"script refers to itself", "page.js", `new URL('./page.js', import.meta.url)`, "page.js refers to itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := sources()
			files[tt.file] = tt.content
			o := write(t, files)
			if _, err := Publish(o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
			if _, err := os.Stat(o.To); err == nil {
				t.Error("something was made")
			}
		})
	}
}

func TestBudget(t *testing.T) {
	o := write(t, sources())
	built := []string{"built.js=" + o.Built["built.js"], "a.wasm=" + o.Built["a.wasm"]}
	for flags, want := range map[string]string{
		"-program 100 -element 1000": "", "": "", "-program 5": "the program needs", "-element 5": "everything else needs",
	} {
		var out bytes.Buffer
		err := run(append(append(strings.Fields(flags), o.Site, o.To), built...), &out, io.Discard)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", flags, err, want)
		}
		if !strings.Contains(out.String(), "everything else") {
			t.Errorf("printed %s", out.String())
		}
	}
	for _, args := range [][]string{{}, {o.Site}, {o.Site, o.To, "built.js"}, {"-x"}, {o.Site + "x", o.To}} {
		if err := run(args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q: got no error", args)
		}
	}
}
