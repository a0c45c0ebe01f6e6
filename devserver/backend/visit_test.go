package backend

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// visit is a test with a clock of its own: a browser, the backend that it visits, and all that this works with.
type visit struct {
	*testing.T
	*browser
	f       *fakePlatform
	node    *fakeNode
	backend *Backend
	log     *lockedText
	dir     string // of the record
	file    *record.File
	options Options // without the record
	stop    func()  // ends the backend
}

// visiting is a visit of a site that works with a platform.
func visiting(t *testing.T, f *fakePlatform, act func(*visit)) {
	t.Helper()
	node := &fakeNode{}
	visitingWith(t, f, node, func(v *visit) {
		v.node = node
		act(v)
	})
}

// visitingWith is visiting a site whose node does what no fakeNode does.
func visitingWith(t *testing.T, f *fakePlatform, node verify.Node, act func(*visit)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v := &visit{T: t, f: f, log: &lockedText{}, dir: t.TempDir()}
		v.options = testOptions(t, f, node, slog.New(slog.NewTextHandler(v.log, nil)))
		v.start(v.options)
		v.browser = browserOf(t, v.backend)
		act(v)
	})
}

// open opens the record again, which ends with the test.
func (v *visit) open() *record.File {
	f, err := record.Open(v.dir, func(err error) { v.Errorf("the record is lost: %v", err) })
	if err != nil {
		v.Fatal(err)
	}
	v.Cleanup(func() { f.Close() })
	v.file = f
	return f
}

// start has a backend go on with what the one before has left.
func (v *visit) start(o Options) {
	v.Helper()
	if o.Record == nil {
		o.Record = v.open()
	}
	v.backend = startTestBackend(v.T, o)
	v.stop = func() {
		v.backend.Close()
		v.file.Close()
	}
	v.Cleanup(v.stop)
}

// paying is visiting by somebody who has just made a request to pay.
func paying(t *testing.T, f *fakePlatform, act func(*visit)) {
	t.Helper()
	visiting(t, f, func(v *visit) {
		v.create("pay")
		act(v)
	})
}

// pass lets time pass, and what is to happen in it.
func (v *visit) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// refuses has the platform refuse all calls, or with the status 0 none.
func (v *visit) refuses(status int, body string) {
	v.f.change(func() { v.f.refuse = func(string) (int, string) { return status, body } })
}

// says has the platform say from now on that the request stands so, and that the phone has reported all of it.
func (v *visit) says(m xaman.Meta) { v.f.become(m, false) }

// announce has the platform send its webhook.
func (v *visit) announce() { v.do(webhook(testUUID, "null")) }

// useUp leaves nothing of so many calls to the platform.
func (v *visit) useUp(calls int) {
	for range calls {
		_, _ = v.backend.limits.take(v.Context(), time.Now(), confirming, caller{}, "")
	}
}

// kept is the first request, in use once more.
func (v *visit) kept() *request { return kept(v.T, v.backend) }

// resume has the backend go on with the first request, as if it was due.
func (v *visit) resume() {
	t := v.backend.lease.current()
	v.backend.background.start(func(context.Context) { _ = v.backend.resume(t, testUUID) })
}

// fillRounds leaves nobody room to ask in the background.
func (v *visit) fillRounds() {
	for range cap(v.backend.rounds) {
		v.backend.rounds <- struct{}{}
	}
}

// want wants that whoever asks now gets a verdict.
func (v *visit) want(verdict payload.Verdict) {
	v.Helper()
	if a := v.get(); a.Verdict != verdict {
		v.Errorf("got %s %s, want %s", a.Status, a.Verdict, verdict)
	}
}

// wantKept wants that the request has come to a verdict, although nobody asks.
func (v *visit) wantKept(verdict payload.Verdict) {
	v.Helper()
	r := v.kept()
	defer v.backend.requests.release(r)
	if a := see(v.T, r).Answer; a.Verdict != verdict {
		v.Errorf("got %s %s, want %s although nobody asks", a.Status, a.Verdict, verdict)
	}
}

// wantUsers wants that so many are at the requests.
func (v *visit) wantUsers(users int) {
	v.Helper()
	v.backend.requests.mu.Lock()
	defer v.backend.requests.mu.Unlock()
	got := 0
	for _, r := range v.backend.requests.kept {
		got += r.users
	}
	if got != users {
		v.Errorf("got %d users of requests, want %d", got, users)
	}
}

// wantCalls wants that the platform was called so many times.
func (v *visit) wantCalls(when string, platform int64) {
	v.Helper()
	if got := v.f.calls.Load(); got != platform {
		v.Errorf("%s: got %d calls to the platform, want %d", when, got, platform)
	}
}

// logged is how many times a text was logged.
func (v *visit) logged(text string) int { return strings.Count(v.log.String(), text) }

// lockedText is a log that several write.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (v *visit) wantLog(text string, times int) {
	v.Helper()
	if got := v.logged(text); got != times {
		v.Errorf("got %q in the log %d times, want %d: %s", text, got, times, v.log)
	}
}

// wantOld wants that whoever asks now gets an answer that is called old, or one that is not.
func (v *visit) wantOld(old bool) {
	v.Helper()
	if w := v.call("GET", onePath, ""); w.Code != 200 || stale(w) != old {
		v.Errorf("got %d %s, want it to be called old: %t", w.Code, w.Body, old)
	}
}
