package engine

import (
	"fmt"
	"testing"
	"time"
)

// stored is a payload for a store, which changes make another of than one that has just been created.
func stored(i int, changes ...func(*Payload)) *Payload {
	pl := &Payload{
		UUID: fmt.Sprint(i), Identified: true, Created: began, Expires: began.Add(time.Hour),
		Meta: CustomMeta{Identifier: ptr(fmt.Sprint(i))},
	}
	for _, change := range changes {
		change(pl)
	}
	return pl
}

func isResolved(pl *Payload)  { pl.Opened, pl.Outcome, pl.Visible = true, &Outcome{}, began }
func isUnopened(pl *Payload)  { pl.Expires = began.Add(-time.Second) }
func isCancelled(pl *Payload) { pl.Cancelled, pl.Expires = true, began.Add(-time.Second) }
func isOpen(pl *Payload)      { pl.Opened = true }
func isLate(pl *Payload)      { pl.Opened, pl.Expires = true, began.Add(-keepExpired) }
func isTooLate(pl *Payload)   { pl.Opened, pl.Expires = true, began.Add(-keepExpired-time.Second) }
func isAwaited(pl *Payload)   { isResolved(pl); pl.Visible = began.Add(time.Second) }
func isSigning(pl *Payload)   { isTooLate(pl); pl.Signing = &Signing{} }
func isAnnouncing(pl *Payload) {
	isResolved(pl)
	isTooLate(pl)
	pl.Webhooks = []*Webhook{{}}
}

func weighs(n int) func(*Payload) { return func(pl *Payload) { pl.Template = make([]byte, n-1024) } }

func (e *Engine) check(t *testing.T, want int) {
	t.Helper()
	if len(e.payloads) != want || len(e.order) != want || len(e.identifiers) != want {
		t.Errorf("got %d payloads, %d in order, %d identifiers, want %d",
			len(e.payloads), len(e.order), len(e.identifiers), want)
	}
	bytes := 0
	for _, pl := range e.payloads {
		bytes += pl.size()
	}
	if e.bytes != bytes || bytes > maxBytes {
		t.Errorf("got %d bytes, want %d, at most %d", e.bytes, bytes, maxBytes)
	}
}

func TestStoreForgetsWhatIsFinished(t *testing.T) {
	for name, finish := range map[string]func(*Payload){
		"resolved": isResolved, "expired": isUnopened, "cancelled": isCancelled, "too late to be signed": isTooLate,
	} {
		t.Run(name, func(t *testing.T) {
			e := New(began, Config{})
			for i := range MaxFinished + 10 {
				e.put(stored(i, finish))
			}
			if !e.makeRoom(0, began) {
				t.Error("there is no room for one more")
			}
			e.check(t, MaxFinished)
			if e.Payload("9") != nil || e.Payload("10") == nil || len(e.Take().Forgotten) != 10 {
				t.Error("want the oldest to be forgotten")
			}
		})
	}
	t.Run("by size", func(t *testing.T) {
		e := New(began, Config{})
		for i := range 100 {
			e.put(stored(i, isResolved, weighs(1<<20)))
		}
		if !e.makeRoom(1<<20, began) {
			t.Error("there is no room for one more")
		}
		e.check(t, maxBytes>>20-1)
	})
}

// Whatever else is asked for, somebody waits for these.
func TestStoreKeepsWhatIsUnfinished(t *testing.T) {
	for name, change := range map[string]func(*Payload){
		"pending": func(*Payload) {}, "opened": isOpen, "opened, to be signed late": isLate, "signing": isSigning,
		"not in the database yet": isAwaited, "with a webhook": isAnnouncing,
	} {
		t.Run(name, func(t *testing.T) {
			e := New(began, Config{})
			e.put(stored(0, change, weighs(maxBytes/2)))
			for i := range MaxFinished + 10 {
				e.put(stored(i+1, isResolved))
			}
			e.makeRoom(maxBytes/2, began)
			if e.Payload("0") == nil {
				t.Fatal("it was forgotten")
			}
			e.check(t, 1)
			for i := range maxUnfinished - 1 {
				e.put(stored(i+1, change))
			}
			if _, err := e.Create(began, Request{}); err != ErrFull {
				t.Errorf("got %v, want %v", err, ErrFull)
			}
			e.check(t, maxUnfinished)
		})
	}
	t.Run("by size", func(t *testing.T) {
		e := New(began, Config{})
		e.put(stored(0, weighs(maxBytes)))
		if e.makeRoom(1, began) {
			t.Error("there is room for more bytes than there may be")
		}
		e.check(t, 1)
	})
}

func TestAdmit(t *testing.T) {
	const calls = 7
	e := New(began, Config{Calls: calls})
	for i := range calls {
		remaining, limit, ok := e.Admit(began.Add(time.Duration(i)), "shop")
		if !ok || remaining != calls-1-i || limit != calls {
			t.Fatalf("call %d: got %v with %d of %d remaining", i, ok, remaining, limit)
		}
	}
	for _, tt := range []struct {
		after time.Duration
		app   string
		want  bool
	}{
		{time.Minute - 1, "shop", false},
		{time.Minute - 1, "other", true},
		{time.Minute, "shop", true}, // the first no longer counts
		{time.Minute, "shop", false},
	} {
		if _, _, ok := e.Admit(began.Add(tt.after), tt.app); ok != tt.want {
			t.Errorf("%s after %v: got %v, want %v", tt.app, tt.after, ok, tt.want)
		}
	}
}
