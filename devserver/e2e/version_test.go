//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// change replaces a file of the shop, and the compressed variants of it, which nobody would ask for otherwise.
func (s shop) change(t *testing.T, name string, change func([]byte) []byte) {
	t.Helper()
	file := filepath.Join(s.files, name)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(content)
	if bytes.Equal(changed, content) {
		t.Fatalf("%s is as it was", name)
	}
	if err := os.WriteFile(file, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{".br", ".gz"} {
		if err := os.Remove(file + ending); err != nil {
			t.Fatal(err)
		}
	}
}

// Files of two releases on one page do nothing together: the visitor gets the link and the code, and the developer is
// told why.
func TestEndToEndFilesOfTwoReleases(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change  func(*testing.T, shop)
		message string
		console string
	}{
		"loader of another version": {
			func(t *testing.T, s shop) {
				s.change(t, "xaman-sign-request.js", func(script []byte) []byte {
					return bytes.ReplaceAll(script, []byte(`"`+api.Version+`"`), []byte(`"9.9.9"`))
				})
			},
			"a loader of version 9.9.9 has a program of version " + api.Version,
			`a loader of version "9.9.9" has a program of version "` + api.Version + `"`,
		},
		"another program": {
			func(t *testing.T, s shop) {
				s.change(t, readManifest(t).Files["xaman-sign-request.wasm"].Name, func(program []byte) []byte {
					return append(program, 0, 2, 1, 'x') // a section of no meaning
				})
			},
			"cannot be reached, or is not that of version " + api.Version,
			"", // the event says it
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			tt.change(t, s)
			tb := openTab(t, s.devserver, s.site+s.add(t, "page", ""))
			tb.eval(`{
				const real = console.log;
				window.logged = '';
				console.log = (...texts) => { logged += texts.join(' '); real(...texts); };
			}`, nil)
			tb.create("pay")
			tb.eval(`window.card = add(), 0`, nil)
			tb.await(`events.some((e) => e.name === 'xaman-error')`)
			tb.await(`plain(card, 'a')?.checkVisibility() && plain(card, 'img')?.naturalWidth > 100`)
			tb.await(`card.shadowRoot.querySelector('[part=notice]').checkVisibility()`)
			tb.wantErrorCodes("not-loaded")
			got := get[string](tb, `events.find((e) => e.name === 'xaman-error').message`)
			if !strings.Contains(got, tt.message) {
				t.Errorf("got the error %q, want %q in it", got, tt.message)
			}
			const programs = `performance.getEntriesByType('resource').filter((it) => it.name.endsWith('.wasm')).length`
			before := get[int](tb, programs)
			tb.eval(`add(), 0`, nil)
			tb.await(`events.filter((e) => e.name === 'xaman-error').length === 2`)
			if n := get[int](tb, programs); n != before {
				t.Errorf("the program was loaded %d times more for another element", n-before)
			}
			console := tb.complaints() + get[string](tb, `logged`)
			if tt.console != "" && !strings.Contains(console, tt.console) {
				t.Errorf("got on the console %s, want %q in it", console, tt.console)
			}
		})
	}
}

// A program that could not be reached is tried again for whatever comes later, and once for all.
func TestEndToEndProgramCannotBeReached(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"no network":             `Promise.reject(new TypeError('no network'))`,
		"server is just started": `Promise.resolve(new Response('', { status: 503 }))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newEmptyTab(t, `{
				const real = fetch;
				window.tries = 0;
				window.down = false;
				window.fetch = (url, ...rest) => {
					if (!String(url?.url ?? url).endsWith('.wasm')) return real(url, ...rest);
					tries++;
					return down ? `+answer+` : real(url, ...rest);
				};
			}`)
			tb.create("pay")
			tb.eval(`down = true, add(), add(), add(), 0`, nil)
			tb.await(`events.filter((e) => e.code === 'not-loaded').length === 3`)
			few := get[int](tb, `tries`)
			if few < 1 || few > 10 {
				t.Errorf("got %d tries for three elements, want them to share some", few)
			}
			tb.eval(`down = false, add(), add(), all()[0].layout = 'compact', 0`, nil)
			tb.await(`[0, 3, 4].every((n) => all()[n].dataset.connection === 'live')`)
			if more := get[int](tb, `tries`) - few; more != 1 {
				t.Errorf("got %d more tries, want one for all", more)
			}
			tb.wantNoProblems()
		})
	}
}
