//go:build e2e

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the React component does with its properties, which the applications do not all use.

// openComponent opens a page that renders the component with what it is told, and makes a request.
func openComponent(t *testing.T) (*tab, payload.UUID) {
	t.Helper()
	react := example(t, "react")
	dir, err := os.MkdirTemp(react, "component") // below the packages that it imports
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	err = errors.Join(os.CopyFS(dir, os.DirFS("testdata/react")),
		os.CopyFS(filepath.Join(dir, "public"), os.DirFS(filepath.Join(react, "public"))))
	if err != nil {
		t.Fatal(err)
	}
	vite := exec.Command("node", filepath.Join(react, "node_modules/vite/bin/vite.js"), "build")
	vite.Dir = dir
	if out, err := vite.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	tb := openTab(t, start(t, nil, "-site", dir), "about:blank")
	tb.before(recordSockets)
	tb.open("/")
	tb.await(`!!window.render`)
	return tb, tb.create("pay")
}

func TestEndToEndExamplesComponent(t *testing.T) {
	t.Parallel()
	tb, uuid := openComponent(t)
	tb.eval(`{
		window.first = {
			payload: created.payload, platform: created.platform, backend: '/api', layout: 'compact', className: 'mine',
			returnUrl: '/thanks', onXamanChange: ({ phase }) => told.push('first ' + phase),
		};
		render(first);
	}`, nil)
	tb.awaitLive()
	tb.eval(`window.it = all()[0], 0`, nil)
	if !get[bool](tb, `ref.current === it && it.className === 'mine' && it.getAttribute('layout') === 'compact' &&
		it.getAttribute('return-url') === '/thanks' && it.querySelector('a').href === created.payload.next.always &&
		it.querySelector('img').src === created.payload.refs.qr_png`) {
		t.Errorf("got %s", get[string](tb, `it.outerHTML`))
	}
	// The same request goes on, whatever objects and functions come with the next rendering.
	tb.eval(`render({
		...first, payload: { ...first.payload }, texts: { 'opened.title': 'It is open' },
		onXamanChange: ({ phase }) => told.push('second ' + phase), onXamanSettled: ({ account }) => told.push(account),
	})`, nil)
	tb.await(`!!it.texts`)
	tb.phone(t, uuid, "open")
	tb.wantShown("title", "It is open")
	tb.phone(t, uuid, "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.await(`told.includes('second verified') && told.includes('` + everyday + `')`)
	if !get[bool](tb, `sockets.length === 1 && it === all()[0] && !told.includes('first opened')`) {
		t.Errorf("got %d sockets, and told %q", get[int](tb, `sockets.length`), get[[]string](tb, `told`))
	}
	tb.eval(`unmount()`, nil)
	tb.await(`all().length === 0 && ref.current === null && unclosed() === 0`)
	tb.wantNoProblems()
}

func TestEndToEndExamplesComponentWithoutARequest(t *testing.T) {
	t.Parallel()
	tb, _ := openComponent(t)
	tb.eval(`{
		const onXamanError = ({ code }) => told.push(code);
		window.show = (props) => render({ platform: created.platform, ...props, onXamanError });
		show({ payload: { ...created.payload, next: { always: 'javascript:alert(1)' } } });
	}`, nil)
	tb.await(`told.includes('unsafe-link')`)
	tb.await(`all()[0].children.length === 0`)
	tb.eval(`show({ uuid: 'none' })`, nil)
	tb.await(`told.includes('bad-uuid')`)
	tb.await(`!all()[0].hasAttribute('payload')`)
	tb.eval(`show({ payload: created.payload, fallback: 'One moment' })`, nil)
	tb.await(`all()[0].textContent === 'One moment' && !all()[0].hasAttribute('uuid')`)
	tb.awaitPhase(payload.PhaseWaiting)
	tb.wantNoProblems()
}
