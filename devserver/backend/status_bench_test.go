package backend

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// polled is a backend with a request, and what the page that made it asks again and again.
func polled(b *testing.B, meta xaman.Meta) (*Backend, *http.Request) {
	b.Helper()
	f := &fakePlatform{allowed: mostCalls, left: 290}
	backend, _ := newTestBackend(b, b.TempDir(), f, nil, nil)
	page := browserOf(b, backend)
	page.create("sign-in")
	f.become(meta, false)
	for page.get().Status == payload.StatusSigned && !see(b, kept(b, backend)).Final() {
		time.Sleep(10 * time.Millisecond)
	}
	r := httptest.NewRequest("GET", onePath, nil)
	for _, c := range page.cookies {
		r.AddCookie(c)
	}
	return backend, r
}

// unread is an answer of which nobody reads more than the status.
type unread struct {
	header http.Header
	status int
}

func (u *unread) Header() http.Header         { return u.header }
func (u *unread) WriteHeader(status int)      { u.status = status }
func (u *unread) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkStatus measures the handler alone. What it is worth over HTTP is in the table of package e2e.
func BenchmarkStatus(b *testing.B) {
	for name, meta := range map[string]xaman.Meta{"waiting": {}, "verified": metaSigned} {
		b.Run(name, func(b *testing.B) {
			backend, ask := polled(b, meta)
			b.ReportAllocs()
			for b.Loop() {
				u := unread{header: http.Header{}}
				if backend.ServeHTTP(&u, ask.Clone(b.Context())); u.status != http.StatusOK {
					b.Fatalf("got %d", u.status)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
