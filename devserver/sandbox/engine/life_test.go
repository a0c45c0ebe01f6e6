package engine

import (
	"errors"
	"slices"
	"testing"
	"time"
)

var began = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// shop owns the payloads of tests.
var shop = App{Key: "shop", Secret: "secret-of-shop", WebhookURL: "https://shop.example/hook"}

// create makes an engine with one payload, which expires in a minute.
func create(t *testing.T, c Config, r Request) (*Engine, string) {
	t.Helper()
	c.Apps = []App{shop}
	e := New(began, c)
	r.Options.Expire = time.Minute
	pl, err := e.Create(began, r)
	if err != nil {
		t.Fatal(err)
	}
	return e, pl.UUID
}

func events(messages []Message) (events []Event) {
	for _, m := range messages {
		events = append(events, m.Event)
	}
	return events
}

// What is done to a payload, what of it is refused, what listeners hear, and what comes of it.
func TestLife(t *testing.T) {
	signIn := Transaction{"TransactionType": "SignIn"}
	signs := func(e *Engine, now time.Time, uuid string) error {
		err := e.Accept(now, uuid, Signing{Account: "rUser"})
		if err != nil {
			return err
		}
		e.Progress(uuid, PreSigned)
		e.Progress(uuid, Dispatched)
		err = e.Resolve(now, uuid, Outcome{Signed: true, Dispatched: "tesSUCCESS"})
		e.Finish(uuid, true)
		return err
	}
	cancels := func(e *Engine, now time.Time, uuid string) error {
		_, err := e.Cancel(now, uuid)
		return err
	}
	const late = 61 * time.Second
	for _, tt := range []struct {
		name  string
		do    acts
		after time.Duration // before the last of them
		err   error         // of the last
		want  []Event
		state State
	}{
		{"created", nil, 0, nil, nil, StatePending},
		{"opened", acts{(*Engine).Open}, 0, nil, []Event{Opened}, StateOpened},
		{"opened again, late", acts{(*Engine).Open, (*Engine).Open}, late, nil, []Event{Opened, Opened}, StateExpired},
		{"opened too late", acts{(*Engine).Open}, late, ErrExpired, []Event{Opened}, StateExpired},
		{"signed", acts{signs}, 0, nil, []Event{Opened, Opened, PreSigned, Dispatched, Resolved}, StateSigned},
		{
			"signed late", acts{(*Engine).Open, signs}, late, nil,
			[]Event{Opened, Opened, PreSigned, Dispatched, Resolved}, StateSigned,
		},
		{"rejected", acts{(*Engine).Reject}, 0, nil, []Event{Opened, Resolved}, StateRejected},
		{"closed", acts{(*Engine).Open, (*Engine).Close}, 0, nil, []Event{Opened, Resolved}, StateRejected},
		{"closed unopened", acts{(*Engine).Close}, 0, nil, nil, StatePending},
		{
			"opened when rejected", acts{(*Engine).Reject, (*Engine).Open}, 0, ErrResolved,
			[]Event{Opened, Resolved}, StateRejected,
		},
		{"cancelled", acts{cancels}, 0, nil, []Event{DevappFetched}, StateCancelled},
		{
			"opened when cancelled", acts{cancels, (*Engine).Open}, 0, ErrCancelled,
			[]Event{DevappFetched, Opened}, StateCancelled,
		},
		{"cancelled when opened", acts{(*Engine).Open, cancels}, 0, nil, []Event{Opened, DevappFetched}, StateOpened},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, uuid := create(t, Config{}, Request{Tx: signIn})
			now, err := began, error(nil)
			for i, do := range tt.do {
				if i == len(tt.do)-1 {
					now = now.Add(tt.after)
				}
				err = do(e, now, uuid)
			}
			if !errors.Is(err, tt.err) {
				t.Errorf("got %v, want %v", err, tt.err)
			}
			if got := events(e.Take().Messages); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if got := e.Payload(uuid).State(now); got != tt.state {
				t.Errorf("got %s, want %s", got, tt.state)
			}
		})
	}
}

type acts = []func(e *Engine, now time.Time, uuid string) error

// A phone that signs is alone with the payload, and what its node answers is shown when it is done.
func TestSigning(t *testing.T) {
	e, uuid := create(t, Config{}, Request{})
	if err := e.Accept(began, uuid, Signing{}); err != nil {
		t.Fatal(err)
	}
	again := func(e *Engine, now time.Time, uuid string) error { return e.Accept(now, uuid, Signing{}) }
	for _, act := range (acts{(*Engine).Open, again, (*Engine).Reject, (*Engine).Close}) {
		if err := act(e, began, uuid); err != ErrBusy {
			t.Errorf("got %v, want %v", err, ErrBusy)
		}
	}
	before := e.Payload(uuid)
	if err := e.Resolve(began, uuid, Outcome{Signed: true, Dispatched: "tesSUCCESS"}); err != nil {
		t.Fatal(err)
	}
	if before.Outcome != nil {
		t.Error("a payload that was handed out has changed")
	}
	for _, want := range []string{"", "tesSUCCESS"} {
		if got := e.Payload(uuid).Outcome.Dispatched; got != want {
			t.Errorf("got %q dispatched, want %q", got, want)
		}
		e.Finish(uuid, true)
	}
}

// The countdown that a listener hears is that of when it came.
func TestListener(t *testing.T) {
	cancels := func(e *Engine, uuid string) { e.Cancel(began, uuid) }
	for _, tt := range []struct {
		name  string
		after time.Duration
		do    func(e *Engine, uuid string)
		want  []string // the greeting, and what is said in the next minute
	}{
		{"at once", 0, nil, []string{"welcome", "60", "45", "30", "15", "expired", "0"}},
		{"in between", 5 * time.Second, nil, []string{"welcome", "55", "40", "25", "10", "expired", "-5"}},
		{"expired", time.Hour, nil, []string{"welcome", "expired", "-3555", "-3570", "-3585", "-3600"}},
		{"cancelled then", 0, cancels, []string{"welcome", "60", "45", "30", "15", "expired", "0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, uuid := create(t, Config{}, Request{})
			now := began.Add(tt.after)
			l, said := e.Listen(now, uuid)
			if tt.do != nil {
				tt.do(e, uuid)
			}
			for end := now.Add(time.Minute); !l.Next().After(end); {
				said = append(said, l.Tick(l.Next())...)
			}
			got := []string{}
			for _, m := range said {
				word := string(m.Event)
				if m.Event == ExpiresIn {
					word = string(m.Data[len(`{"expires_in_seconds":`) : len(m.Data)-1])
				}
				got = append(got, word)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
