package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// BenchmarkStatus measures what a page costs that asks again and again.
func BenchmarkStatus(b *testing.B) {
	for _, bb := range []struct {
		name string
		meta xaman.Meta
	}{{"fresh", xaman.Meta{AppOpened: true}}, {"verified", metaSigned}} {
		b.Run(bb.name, func(b *testing.B) {
			backend, _ := newTestBackend(b, b.TempDir(), &fakePlatform{meta: bb.meta}, &fakeNode{}, slog.New(slog.DiscardHandler))
			browser := browserOf(b, backend)
			browser.create("sign-in")
			browser.get()
			backend.background.wg.Wait()
			for b.Loop() {
				r := httptest.NewRequest("GET", onePath, nil)
				for _, c := range browser.cookies {
					r.AddCookie(c)
				}
				w := httptest.NewRecorder()
				if browser.handler.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatalf("got %d %s", w.Code, w.Body)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
