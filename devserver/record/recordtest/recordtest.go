// Package recordtest tests what every form of a record has to do.
package recordtest

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Test tests a form of a record. The function open returns a new one, which has nothing in it.
func Test(t *testing.T, open func(t *testing.T) record.Record) {
	for _, part := range []struct {
		name  string
		tests map[string]func(*tester)
	}{
		{"orders", orders}, {"booking", booking}, {"keys", keys}, {"following", following},
		{"deliveries", deliveries}, {"limits", limits}, {"retention", retention},
	} {
		for name, test := range part.tests {
			t.Run(part.name+"/"+name, func(t *testing.T) { test(&tester{t, open(t), time.Now().Truncate(time.Second)}) })
		}
	}
}

// tester has a record to test, and a moment at which it is tested.
type tester struct {
	*testing.T
	record.Record
	now time.Time
}

// Entry is a pending request of a session.
func Entry(uuid payload.UUID, session string) record.Entry {
	return record.Entry{
		Session: session, Next: session + ", then", Order: verify.Order{UUID: uuid, TxJSON: []byte(`{}`)},
		Created: []byte(`{}`),
		Answer: payload.Answer{
			UUID: uuid, Status: payload.StatusPending, Verdict: payload.VerdictNone, Checks: []payload.Check{},
		},
	}
}

// as is an entry that has come so far.
func as(e record.Entry, status payload.Status, v payload.Verdict) record.Entry {
	e.Answer.Status, e.Answer.Verdict = status, v
	return e
}

func verified(e record.Entry) record.Entry {
	return as(e, payload.StatusSigned, payload.VerdictVerified)
}
func checking(e record.Entry) record.Entry {
	return as(e, payload.StatusSigned, payload.VerdictChecking)
}
func rejected(e record.Entry) record.Entry { return as(e, payload.StatusRejected, payload.VerdictNone) }

// add adds a request, and returns it as it is kept.
func (t *tester) add(e record.Entry) record.Entry {
	t.Helper()
	if err := t.Add(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e.Version = 1
	return e
}

func (t *tester) save(e record.Entry, n record.News) record.Entry {
	t.Helper()
	e, err := t.Save(t.Context(), e, n)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// alive has some servers be alive for the time of the test.
func (t *tester) alive(servers ...string) {
	t.Helper()
	for _, server := range servers {
		if err := t.Alive(t.Context(), server, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
}

// wantErr fails the test unless an error matches.
func (t *tester) wantErr(what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// wantEntry fails the test unless a request is kept as it is wanted.
func (t *tester) wantEntry(want record.Entry) {
	t.Helper()
	got, err := t.Get(t.Context(), want.Order.UUID)
	if err != nil || asJSON(got) != asJSON(want) || got.Version != want.Version {
		t.Errorf("got version %d of %s, %v, want version %d of %s", got.Version, asJSON(got), err, want.Version,
			asJSON(want))
	}
}

func (t *tester) wantKnown(want map[payload.UUID]bool) {
	t.Helper()
	for uuid, want := range want {
		_, err := t.Get(t.Context(), uuid)
		if (err == nil) != want || err != nil && !errors.Is(err, record.ErrNotFound) {
			t.Errorf("%s: got %v, want it known: %v", uuid, err, want)
		}
	}
}

func asJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// atOnce does something so many times at the same time, and returns how often it succeeded.
func (t *tester) atOnce(times int, do func(n int) (bool, error)) (succeeded int) {
	t.Helper()
	begin := make(chan struct{})
	results := make(chan bool, times)
	var all sync.WaitGroup
	for n := range times {
		all.Go(func() {
			<-begin
			ok, err := do(n)
			if err != nil {
				t.Error(err)
			}
			results <- ok
		})
	}
	close(begin)
	all.Wait()
	for range times {
		if <-results {
			succeeded++
		}
	}
	return succeeded
}
