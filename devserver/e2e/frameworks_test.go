//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// bundleFrameworks makes scripts of testdata/frameworks in a folder: each shows an element by its framework, with the
// properties that it is given and a listener, and returns a function that gives it others.
func bundleFrameworks(t *testing.T, to string) []string {
	t.Helper()
	installed, sources := os.Getenv("FRAMEWORKS"), t.TempDir()
	if err := os.CopyFS(sources, os.DirFS("testdata/frameworks")); err != nil {
		t.Fatal(err)
	}
	compile := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", fmt.Sprintf(`
		import { readFileSync, writeFileSync } from 'node:fs';
		import { compile } from 'svelte/compiler';
		const source = readFileSync('%[1]s/App.svelte', 'utf8');
		writeFileSync('%[1]s/App.js', compile(source, { generate: 'client', fragments: 'tree' }).js.code);`, sources))
	compile.Dir = installed
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("compile App.svelte: %v\n%s", err, out)
	}
	names := []string{"react", "preact", "vue", "svelte"}
	for _, name := range names {
		built := api.Build(api.BuildOptions{
			EntryPoints: []string{filepath.Join(sources, name+".js")}, Outfile: filepath.Join(to, name+".js"), Write: true,
			Bundle: true, Format: api.FormatESModule, NodePaths: []string{installed}, Conditions: []string{"browser"},
			Define: map[string]string{
				"process.env.NODE_ENV": `"development"`, "__VUE_OPTIONS_API__": "false", "__VUE_PROD_DEVTOOLS__": "false",
				"__VUE_PROD_HYDRATION_MISMATCH_DETAILS__": "false",
			},
		})
		if len(built.Errors) > 0 {
			t.Fatalf("bundle %s: %v", name, built.Errors)
		}
	}
	return names
}

// Frameworks set properties where the element has them, which it has once it is defined. Before, most of them make a
// text of an object, which no element can make good.
func TestEndToEndFrameworks(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.addPlain(t)
	names := bundleFrameworks(t, s.files)
	// Vue and Svelte make policies of their own.
	s.site = behind(t, s.site, func(header http.Header) {
		const policy = "Content-Security-Policy"
		header.Set(policy, strings.Replace(header.Get(policy), "trusted-types 'none'", "trusted-types *", 1))
	})
	for _, name := range names {
		for when, tt := range map[string]struct {
			late  bool   // the element is defined after it is shown
			given string // as its payload
			lost  bool
		}{
			"object":      {false, `created.payload`, false},
			"JSON":        {false, `JSON.stringify(created.payload)`, false},
			"late object": {true, `created.payload`, name != "svelte"},
			"late JSON":   {true, `JSON.stringify(created.payload)`, false},
		} {
			t.Run(name+"/"+when, func(t *testing.T) {
				t.Parallel()
				tb := newVisitor(t, s.devserver)
				tb.before(recordSockets)
				tb.open("/plain.html")
				uuid := tb.create("pay")
				const define = `await import('/xaman-sign-request.js');`
				before, after := define, ""
				if tt.late {
					before, after = "", define
				}
				tb.eval(fmt.Sprintf(`(async () => {
					%s
					const { show } = await import('/%s.js');
					const place = document.body.appendChild(document.createElement('main'));
					window.change = show(place, {
						payload: %s, backend: '/api', platform: created.platform, settled: (e) => { window.outcome = e.detail.phase; },
					});
					while (all().length === 0) await new Promise((resolve) => setTimeout(resolve));
					%s
				})()`, before, name, tt.given, after), nil)
				if tt.lost {
					tb.await(`events.some((e) => e.code === 'bad-payload')`)
					tb.eval(`change({ payload: { ...created.payload } }), 0`, nil)
				}
				tb.awaitLive()
				if dialed := get[int](tb, `sockets.length`); dialed != 1 {
					t.Errorf("got %d sockets, want one, however often it was mounted", dialed)
				}
				tb.phone(t, uuid, "open", "accept")
				tb.awaitPhase(payload.PhaseVerified)
				tb.await(`outcome === 'verified'`)
				if lost := strings.Contains(tb.complaints(), "[object Object]"); lost != tt.lost {
					t.Errorf("got the complaints %q, want a payload that is lost: %t", tb.complaints(), tt.lost)
				}
				tb.wantNoProblems("[object Object]")
			})
		}
	}
}
