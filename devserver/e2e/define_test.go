//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	esbuild "github.com/evanw/esbuild/pkg/api"
)

// Under which names the element is there.

func TestEndToEndDefined(t *testing.T) {
	t.Parallel()
	const stays = "is defined already, and stays so"
	tests := []struct {
		name, script, want string
		warns              bool
	}{
		{"by the script", `import('/xaman-sign-request.js').then(({ XamanSignRequest: it }) =>
			document.createElement('xaman-sign-request').constructor === it)`, "true", false},
		{"twice", `import('/xaman-sign-request.js').then(({ XamanSignRequest: it }) => {
			it.define();
			it.define();
			return customElements.get('xaman-sign-request') === it;
		})`, "true", false},
		{"not by its class alone", `import('/element.js').then(({ XamanSignRequest: it }) =>
			[customElements.get('xaman-sign-request'), customElements.getName(it)])`, "[null,null]", false},
		{"under another name", `import('/element.js').then(({ XamanSignRequest: it }) => {
			it.define('pay-here');
			return document.createElement('pay-here').constructor === it;
		})`, "true", false},
		{"under two names", `import('/xaman-sign-request.js').then(({ XamanSignRequest: it }) => {
			it.define('pay-here');
			it.define('pay-here');
			const other = document.createElement('pay-here');
			return [other instanceof it, other.constructor !== it, !!other.shadowRoot];
		})`, "[true,true,true]", false},
		{"as a class of the page's own", `import('/element.js').then(({ XamanSignRequest: it }) => {
			class Mine extends it { get mine() { return this.getDebugReport().connection; } }
			Mine.define('my-own');
			return document.createElement('my-own').mine;
		})`, `"closed"`, false},
		{"by another version too", `Promise.all(['xaman-sign-request', 'element'].map((name) =>
			import(` + "`/${name}.js`" + `))).then(([one, two]) => {
			two.XamanSignRequest.define();
			two.XamanSignRequest.define('pay-here');
			return [customElements.get('xaman-sign-request') === one.XamanSignRequest,
				customElements.get('pay-here') === two.XamanSignRequest];
		})`, "[true,true]", true},
		{"not where the name is taken", `import('/element.js').then(({ XamanSignRequest: it }) => {
			class Other extends HTMLElement {}
			customElements.define('pay-here', Other);
			it.define('pay-here');
			return customElements.get('pay-here') === Other;
		})`, "true", true},
	}
	s := openShop(t)
	s.addPlain(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.open("/plain.html")
			if got := get[string](tb, tt.script+`.then(JSON.stringify)`); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			warned := tb.complaints()
			if strings.Contains(warned, stays) != tt.warns || strings.Count(warned, "\n") > 1 {
				t.Errorf("got the complaints %q, want a warning: %t", warned, tt.warns)
			}
		})
	}
}

// An element of another name is the same element, and two versions of it know nothing of each other.
func TestEndToEndNames(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		define   string // elements of these names
		names    []string
		programs int
	}{
		"another": {`import('/element.js').then(({ XamanSignRequest: it }) => it.define('pay-here'))`,
			[]string{"pay-here"}, 1},
		"a class of the page's own": {`import('/element.js').then(({ XamanSignRequest: it }) => {
			class Mine extends it { connectedCallback() { super.connectedCallback(); this.title = 'mine'; } }
			Mine.define('pay-here');
		})`, []string{"pay-here"}, 1},
		"two of one version": {`import('/xaman-sign-request.js').then(({ XamanSignRequest: it }) => it.define('pay-here'))`,
			[]string{"xaman-sign-request", "pay-here"}, 1},
		"two of two versions": {`Promise.all(['/xaman-sign-request.js', '/older/element.js'].map((it) => import(it)))
			.then(([, { XamanSignRequest: older }]) => older.define('pay-here'))`,
			[]string{"xaman-sign-request", "pay-here"}, 2},
	}
	s := openShop(t)
	s.addPlain(t)
	if err := os.CopyFS(filepath.Join(s.files, "older"), os.DirFS("../../site/dist")); err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.open("/plain.html")
			uuid := tb.create("pay")
			tb.eval(tt.define+`.then(() => 0)`, nil)
			tb.eval(fmt.Sprintf(`{
				window.cards = %s.map((name) => Object.assign(give(document.createElement(name)), { backend: '/api' }));
				document.body.append(...cards);
			}`, toJSON(tt.names)), nil)
			tb.await(`cards.every((it) => it.dataset.connection === 'live')`)
			if got := get[int](tb, `performance.getEntriesByType('resource').filter((it) =>
				it.name.endsWith('.wasm')).length`); got != tt.programs {
				t.Errorf("got %d programs, want %d", got, tt.programs)
			}
			tb.phone(t, uuid, "open", "accept")
			tb.await(`cards.every((it) => it.dataset.phase === 'verified')`)
			told := get[int](tb, `events.filter(({ name, account }) => name === 'xaman-settled' && account).length`)
			if told != len(tt.names) {
				t.Errorf("the page was told %d times, want once by each of %q", told, tt.names)
			}
			tb.wantNoProblems()
		})
	}
}

// addPlain makes the page plain.html, without any script.
func (s shop) addPlain(t *testing.T) {
	t.Helper()
	page := fmt.Appendf(nil, `<!doctype html><title>plain</title><link rel="icon" href=%q>`, icon(t))
	if err := os.WriteFile(filepath.Join(s.files, "plain.html"), page, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A page that does without modules has tags of its own.
func TestEndToEndClassicScript(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	page := fmt.Appendf(nil, `<!doctype html><title>classic</title><link rel="icon" href=%q>%s
		<xaman-sign-request backend="/api" demo="pay"></xaman-sign-request>`,
		icon(t), strings.ReplaceAll(readManifest(t).Classic, "/xaman/", "/"))
	if err := os.WriteFile(filepath.Join(s.files, "classic.html"), page, 0o600); err != nil {
		t.Fatal(err)
	}
	tb := openTab(t, s.devserver, s.site+"/classic.html")
	tb.awaitLive()
	const loaded = `performance.getEntriesByType('resource').filter((it) => /\.(js|wasm)$/.test(it.name)).length`
	if n := get[int](tb, loaded); n != 2 {
		t.Errorf("loaded %d scripts and programs, want one of each", n)
	}
	tb.wantNoProblems()
}

// What a server imports to render a page does nothing there.
func TestEndToEndImportedInNode(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"xaman-sign-request.js", "element.js"} {
		path, err := filepath.Abs("../../site/dist/" + file)
		if err != nil {
			t.Fatal(err)
		}
		node := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", fmt.Sprintf(`
			const before = Reflect.ownKeys(globalThis).length;
			const { XamanSignRequest } = await import(%q);
			XamanSignRequest.define();
			XamanSignRequest.define('pay-here');
			console.log(XamanSignRequest.name.length > 0, Reflect.ownKeys(globalThis).length - before);`, path))
		if out, err := node.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "true 0" {
			t.Errorf("%s: got %s, %v", file, out, err)
		}
	}
}

// A server may have it within one file of CommonJS, where modules have no URL.
func TestEndToEndBundledForNode(t *testing.T) {
	t.Parallel()
	bundle := filepath.Join(t.TempDir(), "server.cjs")
	made := esbuild.Build(esbuild.BuildOptions{
		Stdin: &esbuild.StdinOptions{
			Contents:   `import { XamanSignRequest as it } from './element.js'; it.define(); console.log(it.name.length > 0)`,
			ResolveDir: "../../site/dist",
		},
		Bundle: true, Platform: esbuild.PlatformNode, Format: esbuild.FormatCommonJS, Outfile: bundle, Write: true,
	})
	if len(made.Errors) > 0 {
		t.Fatalf("got %v", made.Errors)
	}
	out, err := exec.CommandContext(t.Context(), "node", bundle).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "true" {
		t.Errorf("got %s, %v", out, err)
	}
}
