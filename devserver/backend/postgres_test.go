//go:build postgres

package backend

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record/postgres"
	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Two servers share a database, which goes away while they verify what was signed. Each order is judged and told once.
func TestServersOnPostgreSQL(t *testing.T) {
	database, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer database.Remove()
	f, node := &fakePlatform{allowed: mostCalls}, &fakeNode{}
	node.missing.Store(true)
	var mu sync.Mutex
	told := map[payload.UUID]int{}
	var servers []*Backend
	for range 2 {
		r, err := postgres.Open(t.Context(), database.URL("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		o := testOptions(t, f, node, nil)
		o.Record = r
		o.OnVerdict = func(_ context.Context, v Verdict) error {
			mu.Lock()
			defer mu.Unlock()
			told[v.UUID]++
			return nil
		}
		b := startTestBackend(t, o)
		defer b.Close()
		servers = append(servers, b)
	}
	page, other := browserOf(t, servers[0]), browserOf(t, servers[1])
	var made []payload.UUID
	for _, demo := range []string{"pay", "sign-in"} {
		w := page.call("POST", "/api/sign-requests", `{"demo":"`+demo+`"}`)
		made = append(made, decodeAnswer(t, w).UUID)
	}
	other.with(page.cookies)
	f.become(metaSigned, false)
	if w := other.do(webhook(string(made[0]), "null")); w.Code != http.StatusOK {
		t.Fatalf("got %d %s, want the webhook to be taken", w.Code, w.Body)
	}

	if err := database.Stop(); err != nil {
		t.Fatal(err)
	}
	node.missing.Store(false)
	time.Sleep(2 * freshFor)
	w := other.call("GET", "/api/sign-requests/"+string(made[0]), "")
	if checkError(t, w, api.Unavailable); w.Header().Get("Retry-After") != "5" {
		t.Errorf("got Retry-After %q, want 5", w.Header().Get("Retry-After"))
	}
	checkError(t, page.do(webhook(string(made[1]), "null")), api.Unavailable)
	if err := database.Resume(); err != nil {
		t.Fatal(err)
	}

	verdict := func(b *browser, uuid payload.UUID) payload.Verdict {
		w := b.call("GET", "/api/sign-requests/"+string(uuid), "")
		if w.Code == http.StatusServiceUnavailable { // by a connection of before
			return payload.VerdictNone
		}
		return decodeAnswer(t, w).Verdict
	}
	deadline := time.Now().Add(30 * time.Second)
	for _, uuid := range made {
		page.do(webhook(string(uuid), "null")) // again, as the platform does
		for _, b := range []*browser{page, other} {
			for verdict(b, uuid) != payload.VerdictVerified {
				if time.Now().After(deadline) {
					t.Fatalf("got %s of %s, want it verified", verdict(b, uuid), uuid)
				}
				time.Sleep(100 * time.Millisecond)
			}
		}
	}
	for {
		mu.Lock()
		all := told[made[0]] > 0 && told[made[1]] > 0
		mu.Unlock()
		if all {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %v told, want both", told)
		}
		time.Sleep(100 * time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	if told[made[0]] != 1 || told[made[1]] != 1 {
		t.Errorf("got %v told, want each once", told)
	}
}
