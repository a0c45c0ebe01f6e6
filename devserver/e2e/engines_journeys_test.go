//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/e2e/webdriver"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var engineJourneys = []struct {
	name string
	run  func(*testing.T, *engine)
}{
	{"sign in", signsIn},
	{"pay", pays},
	{"decline", declines},
	{"expire", expires},
	{"sign late", signsLate},
	{"lost lines", losesLines},
	{"reload", reloads},
	{"back and forward", goesBackAndForward},
	{"left while it loads", leavesWhileItLoads},
	{"two windows", hasTwoWindows},
	{"keyboard", hasAKeyboard},
	{"blocked program", hasNoProgram},
	{"thirty cards", hasThirtyCards},
}

// wantSettled waits until the page has been told the outcome.
func (w *window) wantSettled(want payload.Phase) {
	w.t.Helper()
	w.await(`events.some((e) => e.name === 'xaman-settled')`)
	w.wantOnce(want)
}

func signsIn(t *testing.T, e *engine) {
	w := e.open(t, "/")
	uuid := w.pick("sign-in")
	w.eval(keepSettled("it"), nil)
	w.wantShown("title", "Scan with Xaman")
	w.phone(t, uuid, "open")
	w.awaitPhase(payload.PhaseOpened)
	w.phone(t, uuid, "accept")
	w.awaitPhase(payload.PhaseVerified)
	w.wantShown("title", "Signed in")
	w.wantShown("receipt", everyday)
	w.eval(keepSettled("again"), nil)
	w.await(`it === 'verified ` + everyday + `' && again === it`)
	w.await(connected(payload.Closed))
	if got := w.phases(); slices.Contains(got, payload.PhaseSubmitting) {
		t.Errorf("a login was shown as being sent to the ledger: %q", got)
	}
	w.wantSettled(payload.PhaseVerified)
	w.wantNoProblems()
}

func pays(t *testing.T, e *engine) {
	w := e.open(t, "/")
	uuid := w.pick("pay")
	w.wantShown("facts", "2.5 XRP")
	w.phone(t, uuid, "open", "accept")
	w.awaitPhase(payload.PhaseVerified)
	w.wantShown("line", "2.5 XRP has arrived")
	want := []payload.Phase{
		payload.PhaseWaiting, payload.PhaseOpened, payload.PhaseSigning, payload.PhaseSubmitting, payload.PhaseSigned,
		payload.PhaseVerified,
	}
	if got := w.phases(); !slices.Equal(got, want) {
		t.Errorf("went through %q, want %q", got, want)
	}
	w.wantNoProblems()
}

func declines(t *testing.T, e *engine) {
	w := e.open(t, "/")
	uuid := w.pick("pay")
	w.phone(t, uuid, "open", "reject")
	w.awaitPhase(payload.PhaseRejected)
	w.wantShown("title", "Request declined")
	w.wantHidden("qr")
	w.wantSettled(payload.PhaseRejected)
	w.act("renew")
	w.awaitPhase(payload.PhaseWaiting)
	if again := w.request(); again == uuid {
		t.Error("the new request is the old one")
	}
	w.wantNoProblems()
}

func expires(t *testing.T, e *engine) {
	w := e.open(t, "/")
	w.follow("pay", "expire-soon")
	w.awaitPhase(payload.PhaseExpired)
	w.wantHidden("qr")
	w.wantSettled(payload.PhaseExpired)
	w.wantNoProblems()
}

func signsLate(t *testing.T, e *engine) {
	w := e.open(t, "/")
	uuid := w.create("sign-in")
	w.phone(t, uuid, "open") // in time, however slow the page is
	w.faults(uuid, "expire-soon")
	w.show()
	w.awaitPhase(payload.PhaseOpened)
	w.wantShown("line", "The code has expired")
	w.phone(t, uuid, "accept")
	w.awaitPhase(payload.PhaseVerified)
	w.wantSettled(payload.PhaseVerified)
	w.wantNoProblems()
}

// losesLines loses the socket while nobody has the request, and then every line, while it is signed.
func losesLines(t *testing.T, e *engine) {
	w := e.open(t, "/")
	uuid := w.pick("sign-in")
	e.platform.cut(uuid)
	w.await(`events.some((e) => e.connection === 'reconnecting')`)
	w.awaitLive()
	w.phone(t, uuid, "open")
	w.awaitPhase(payload.PhaseOpened)
	e.down.Store(true)
	t.Cleanup(func() { e.down.Store(false) })
	e.platform.hold(uuid, true)
	e.platform.cut(uuid)
	w.phone(t, uuid, "accept")
	w.await(connected(payload.Offline))
	w.await(`shown('connection') !== ''`)
	e.down.Store(false)
	e.platform.hold(uuid, false)
	w.eval(`dispatchEvent(new Event('online'))`, nil)
	w.awaitPhase(payload.PhaseVerified)
	w.wantSettled(payload.PhaseVerified)
	w.wantNoProblems()
}

func reloads(t *testing.T, e *engine) {
	w := e.open(t, "/")
	uuid := w.pick("sign-in")
	w.phone(t, uuid, "open")
	w.awaitPhase(payload.PhaseOpened)
	w.do(w.driven.Reload)
	w.awaitPhase(payload.PhaseOpened)
	if got := w.request(); got != uuid {
		t.Errorf("got request %s after the reload, want %s", got, uuid)
	}
	w.phone(t, uuid, "accept")
	w.awaitPhase(payload.PhaseVerified)
	w.do(w.driven.Reload)
	w.awaitPhase(payload.PhaseVerified)
	w.wantShown("title", "Signed in")
	w.wantNoProblems()
}

func (w *window) traverse(by int, path string) {
	w.t.Helper()
	w.do(func(ctx context.Context) error { return w.driven.Traverse(ctx, by) })
	w.await(fmt.Sprintf(`location.pathname === %q`, path))
}

func goesBackAndForward(t *testing.T, e *engine) {
	w := e.open(t, "/")
	w.eval(`window.had = history.length, 0`, nil)
	uuid := w.pick("sign-in")
	w.phone(t, uuid, "open")
	w.awaitPhase(payload.PhaseOpened)
	if more := get[int](w, `history.length - had`); more != 0 {
		t.Errorf("what the simulated phone shows is in the way back %d times", more)
	}
	w.await(fmt.Sprintf(`location.search.includes(%q)`, uuid)) // a change of the address ends what is being loaded
	w.load("/watch.html")
	w.phone(t, uuid, "accept")
	for range 2 {
		w.traverse(-1, "/")
		w.awaitPhase(payload.PhaseVerified)
		w.wantShown("title", "Signed in")
		w.wantNoProblems()
		w.traverse(1, "/watch.html")
		w.await(`document.querySelector('#paste').checkVisibility()`)
	}
}

// leavesWhileItLoads is gone before the program has come. A browser that keeps the page may have given that up.
func leavesWhileItLoads(t *testing.T, e *engine) {
	asked, left := make(chan struct{}), make(chan struct{})
	ask := sync.OnceFunc(func() { close(asked) })
	w := newFront(t, e.devserver, e.browser, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".wasm") {
				ask()
				<-left
			}
			next.ServeHTTP(w, r)
		})
	}).open(t, "/")
	uuid := w.create("sign-in")
	w.eval(`history.replaceState(null, '', '`+back(uuid)+`'), give(card).setAttribute('backend', '/api')`, nil)
	<-asked
	w.load("/watch.html")
	close(left)
	w.traverse(-1, "/")
	w.phone(t, uuid, "open", "accept")
	w.awaitPhase(payload.PhaseVerified)
	w.wantShown("title", "Signed in")
	w.wantNoProblems()
}

// hasTwoWindows leaves one of which nobody sees anything, and which hears nothing, so that it does not ask either.
func hasTwoWindows(t *testing.T, e *engine) {
	w := e.open(t, "/")
	w.eval(`ignoring = true`, nil)
	uuid := w.create("sign-in")
	w.show()
	w.await(connected(payload.Polling))
	w.eval(`Object.defineProperty(document, 'hidden', { get: () => true }),
		document.dispatchEvent(new Event('visibilitychange'))`, nil)
	other := e.open(t, back(uuid))
	other.awaitLive()
	other.phone(t, uuid, "open", "accept")
	for _, w := range []*window{other, w} {
		w.awaitPhase(payload.PhaseVerified)
		w.wantSettled(payload.PhaseVerified)
		w.wantNoProblems()
	}
}

// reach presses the tabulator until something has the focus.
func (w *window) reach(dataset, value string) {
	w.t.Helper()
	const most = 60
	focused := fmt.Sprintf(`((e) => (e?.shadowRoot?.activeElement ?? e)?.dataset.%s)(document.activeElement) === %q`,
		dataset, value)
	for range most {
		if get[bool](w, focused) {
			return
		}
		w.press(webdriver.KeyTab)
	}
	w.t.Fatalf("the keyboard does not reach %s %s", dataset, value)
}

func (w *window) press(key string) {
	w.t.Helper()
	w.do(func(ctx context.Context) error { return w.driven.Press(ctx, key) })
}

func hasAKeyboard(t *testing.T, e *engine) {
	w := e.open(t, "/")
	w.await(`document.querySelector('[data-demo=sign-in]').checkVisibility()`)
	w.reach("demo", "sign-in")
	w.press(webdriver.KeyEnter)
	w.request()
	w.reach("action", "cancel")
	w.press(webdriver.KeyEnter)
	w.awaitPhase(payload.PhaseCancelled)
	w.wantNoProblems()
}

// hasNoProgram goes to a page on which WebAssembly is forbidden. The sandbox does not know of its origin.
func hasNoProgram(t *testing.T, e *engine) {
	site := behind(t, e.devserver.site, func(h http.Header) {
		h.Set("Content-Security-Policy", strings.ReplaceAll(h.Get("Content-Security-Policy"), " 'wasm-unsafe-eval'", ""))
	})
	w := front{devserver{site: site, sandbox: e.sandbox}, e.browser}.open(t, "/")
	w.click(`document.querySelector('[data-demo=pay]')`)
	w.await(`plain(all()[0], 'a')?.checkVisibility()`)
	if link := get[string](w, `plain(all()[0], 'a').href`); !strings.HasPrefix(link, e.platform.origin+"/sign/") {
		t.Errorf("link is %q, want it to lead to the platform", link)
	}
	w.await(`plain(all()[0], 'img')?.naturalWidth > 100`)
	w.await(`events.some((e) => e.name === 'xaman-error')`)
	w.await(`card.shadowRoot.querySelector('[part=notice]').checkVisibility()`)
	w.wantErrorCodes("not-loaded")
	w.wantNoProblems("wasm", "WebAssembly", "CORS")
}

func hasThirtyCards(t *testing.T, e *engine) {
	w := e.open(t, emptyPage)
	var uuids []payload.UUID
	for range 10 {
		uuids = append(uuids, w.create("sign-in"))
		w.eval(`(add(), add(), add(), undefined)`, nil)
	}
	w.await(`all().filter((it) => it.dataset.connection === 'live').length === 30`)
	w.await(`all().every((it) => it.shadowRoot.querySelector('[part=qr] path')?.getAttribute('d'))`)
	for _, uuid := range uuids {
		w.phone(t, uuid, "open", "accept")
	}
	w.await(`all().every((it) => it.dataset.phase === 'verified') && unclosed() === 0`)
	w.wantNoProblems()
}

// withoutCookies is somebody whose browser refuses cookies, and all that a page could keep. The backend knows nobody
// again, and so shows the request to nobody: what became of it is not known, and is not made up.
func withoutCookies(t *testing.T, b *webdriver.Browser) {
	nothing := func(next http.Handler) http.Handler { return next }
	w := newFront(t, start(t, nil, "-site", "../../site"), b, nothing).open(t, "/")
	w.click(`document.querySelector('[data-demo=sign-in]')`)
	w.awaitPhase(payload.PhaseNotFound)
	w.wantSettled(payload.PhaseNotFound)
	w.wantShown("line", "It is too old, or your browser blocks cookies. Allow them for this site and try again.")
	w.wantHidden("qr")
	w.wantNoProblems()
}
