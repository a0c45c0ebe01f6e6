package engine

import (
	"slices"
	"testing"
	"time"
)

// hooked is an engine with one webhook that is to be delivered.
func hooked(t *testing.T, c Config) (*Engine, *Webhook) {
	t.Helper()
	e, uuid := create(t, c, Request{})
	if err := e.Reject(began, uuid); err != nil {
		t.Fatal(err)
	}
	return e, e.Take().Webhooks[0]
}

func TestWebhookAttempts(t *testing.T) {
	e, h := hooked(t, Config{Lag: time.Second})
	var due []time.Duration
	for h != nil {
		due = append(due, h.Due.Sub(began))
		if got := e.Payload(h.Payload).Webhooks; len(got) != 1 || got[0] != h {
			t.Fatalf("got %v to be stored, want %v", got, h)
		}
		h = e.Sent(h.Due, h, 500, false)
	}
	if want := []time.Duration{1e9, 11e9, 71e9, 671e9, 1271e9}; !slices.Equal(due, want) {
		t.Errorf("got attempts after %v, want %v", due, want)
	}
}

func TestWebhookIsStoredUntilItIsDelivered(t *testing.T) {
	for status, hopeless := range map[int]bool{200: false, 201: false, 204: false, 0: true} {
		e, h := hooked(t, Config{})
		if next := e.Sent(began, h, status, hopeless); next != nil || len(e.Payload(h.Payload).Webhooks) != 0 {
			t.Errorf("after %d: got %v left", status, next)
		}
	}
}

// After too many deliveries that ended in a 404 within an hour no more are begun.
func TestWebhookMute(t *testing.T) {
	e, _ := hooked(t, Config{WebhookWaits: []time.Duration{}})
	deliver := func(now time.Time) bool {
		pl, err := e.Create(now, Request{})
		if err != nil {
			t.Fatal(err)
		}
		e.Resolve(now, pl.UUID, Outcome{})
		h := e.Payload(pl.UUID).Webhooks[0]
		sent := e.Send(now, h)
		if sent {
			e.Sent(now, h, 404, false)
		}
		if left := e.Payload(pl.UUID).Webhooks; len(left) != 0 {
			t.Errorf("got %v left", left)
		}
		return sent
	}
	for i := range muteAfter {
		if !deliver(began.Add(time.Duration(i))) {
			t.Fatalf("delivery %d was not begun", i+1)
		}
	}
	if deliver(began.Add(time.Hour - 1)) {
		t.Errorf("one more was begun after %d deliveries", muteAfter)
	}
	if !deliver(began.Add(time.Hour)) {
		t.Error("none was begun an hour later")
	}
}
