//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The applications of site/examples, built as whoever copies them builds them, from the npm package as it is packed.
// ./build.sh test builds them in this folder.
const examples = "../../.build/examples"

func example(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// The page that needs neither npm nor a build.
func TestEndToEndPlainExample(t *testing.T) {
	t.Parallel()
	tb := openExample(t, "plain")
	tb.signExample()
	tb.wantNoProblems()
}

// Applications of files alone, under the content policy of the demo site.
func TestEndToEndExamples(t *testing.T) {
	t.Parallel()
	t.Run("react", func(t *testing.T) {
		t.Parallel()
		tb := openExample(t, "react")
		tb.signExample()
		tb.wantNoProblems()
	})
	t.Run("svelte", func(t *testing.T) {
		t.Parallel()
		tb := openExample(t, "svelte")
		tb.signExample()
		tb.wantNoProblems()
	})
	t.Run("vue", func(t *testing.T) {
		t.Parallel()
		tb := openExample(t, "vue")
		tb.signExample()
		tb.wantNoProblems("trusted-types") // it asks for a policy of its own, and does without
	})
}

// openExample opens an application, with the dev server for its host and its backend, and asks for a request.
func openExample(t *testing.T, name string) *tab {
	t.Helper()
	tb := newVisitor(t, start(t, nil, "-site", example(t, name)))
	tb.open("/")
	tb.click(`document.querySelector('.button')`)
	return tb
}

// signExample signs the request that an example shows, and has the example tell of it, also after a reload.
func (tb *tab) signExample() {
	tb.t.Helper()
	uuid := tb.request()
	tb.phone(tb.t, uuid, "open", "accept")
	tb.awaitVerifiedExample()
	tb.wantOnce(payload.PhaseVerified)
	tb.run(chromedp.Reload())
	tb.awaitVerifiedExample()
	tb.wantOnce(payload.PhaseVerified)
	if made := get[int](tb, `events.filter((e) => e.uuid && e.uuid !== '`+string(uuid)+`').length`); made != 0 {
		tb.t.Error("another request was made after a reload")
	}
}

func (tb *tab) awaitVerifiedExample() {
	tb.t.Helper()
	tb.awaitPhase(payload.PhaseVerified)
	tb.await(fmt.Sprintf(`[...document.querySelectorAll('.done')].some((it) =>
		it.checkVisibility() && it.textContent.includes(%q))`, everyday))
}
