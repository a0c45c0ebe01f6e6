package engine

import (
	"errors"
	"strings"
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

// words are messages by their events, a countdown by its seconds.
func words(messages []Message) string {
	var words []string
	for _, m := range messages {
		word := string(m.Event)
		if m.Event == ExpiresIn {
			word = strings.TrimSuffix(strings.TrimPrefix(string(m.Data), `{"expires_in_seconds":`), "}")
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

type act = func(e *Engine, now time.Time, uuid string) error

// What is done to a payload, what of the last of it is refused, what listeners hear, and what comes of it.
func TestLife(t *testing.T) {
	acts := map[string]act{
		"open": (*Engine).Open, "reject": (*Engine).Reject, "close": (*Engine).Close,
		"sign": func(e *Engine, now time.Time, uuid string) error {
			err := e.Accept(now, uuid, Signing{Account: "rUser"})
			if err != nil {
				return err
			}
			e.Progress(uuid, PreSigned)
			e.Progress(uuid, Dispatched)
			err = e.Resolve(now, uuid, Outcome{Signed: true, Dispatched: "tesSUCCESS"})
			e.Finish(uuid, true)
			return err
		},
		"cancel": func(e *Engine, now time.Time, uuid string) error {
			_, err := e.Cancel(now, uuid)
			return err
		},
	}
	const signed = "opened opened pre_signed dispatched resolved"
	for did, tt := range map[string]struct {
		err   error
		heard string
		want  State
	}{
		"":               {nil, "", StatePending},
		"open":           {nil, "opened", StateOpened},
		"open late open": {nil, "opened opened", StateExpired},
		"late open":      {ErrExpired, "opened", StateExpired},
		"sign":           {nil, signed, StateSigned},
		"open late sign": {nil, signed, StateSigned},
		"late sign":      {ErrExpired, "opened", StateExpired},
		"reject":         {nil, "opened resolved", StateRejected},
		"open close":     {nil, "opened resolved", StateRejected}, // as it is a sign-in
		"close":          {nil, "", StatePending},
		"reject open":    {ErrResolved, "opened resolved opened", StateRejected},
		"cancel":         {nil, "devapp_fetched", StateCancelled},
		"cancel open":    {ErrCancelled, "devapp_fetched opened", StateCancelled},
		"open cancel":    {nil, "opened devapp_fetched", StateOpened},
	} {
		e, uuid := create(t, Config{}, Request{Tx: Transaction{"TransactionType": "SignIn"}})
		now, err := began, error(nil)
		for word := range strings.FieldsSeq(did) {
			if word == "late" {
				now = now.Add(61 * time.Second)
			} else {
				err = acts[word](e, now, uuid)
			}
		}
		heard, state := words(e.Take().Messages), e.Payload(uuid).State(now)
		if !errors.Is(err, tt.err) || heard != tt.heard || state != tt.want {
			t.Errorf("%q: got %v, %q and %s, want %v, %q and %s", did, err, heard, state, tt.err, tt.heard, tt.want)
		}
	}
}

// A payload that is cancelled has expired, also as of the same moment.
func TestCancelledIsExpired(t *testing.T) {
	e, uuid := create(t, Config{}, Request{})
	if _, err := e.Cancel(began, uuid); err != nil {
		t.Fatal(err)
	}
	if !e.Document(began, e.Payload(uuid), "").Meta.Expired {
		t.Error("it is cancelled and has not expired")
	}
	if _, said := e.Listen(began, uuid); words(said) != "welcome expired" {
		t.Errorf("got %q, want it expired", words(said))
	}
}

// A phone that signs is alone with the payload, and what its node answers is shown when it is done.
func TestSigning(t *testing.T) {
	e, uuid := create(t, Config{}, Request{})
	if err := e.Accept(began, uuid, Signing{}); err != nil {
		t.Fatal(err)
	}
	again := func(e *Engine, now time.Time, uuid string) error { return e.Accept(now, uuid, Signing{}) }
	for _, act := range []act{(*Engine).Open, again, (*Engine).Reject, (*Engine).Close} {
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

// What a listener hears in its first minute. The countdown is that of when it came.
func TestListener(t *testing.T) {
	const fromTheStart = "welcome 60 45 30 15 expired 0"
	for _, tt := range []struct {
		after   time.Duration
		cancels bool // once it listens
		want    string
	}{
		{0, false, fromTheStart},
		{0, true, fromTheStart},
		{5 * time.Second, false, "welcome 55 40 25 10 expired -5"},
		{time.Hour, false, "welcome expired -3555 -3570 -3585 -3600"},
	} {
		e, uuid := create(t, Config{}, Request{})
		now := began.Add(tt.after)
		l, said := e.Listen(now, uuid)
		if tt.cancels {
			e.Cancel(now, uuid)
		}
		for end := now.Add(time.Minute); !l.Next().After(end); {
			said = append(said, l.Tick(l.Next())...)
		}
		if got := words(said); got != tt.want {
			t.Errorf("after %v: got %q, want %q", tt.after, got, tt.want)
		}
		if tt.cancels {
			continue
		}
		// Until the database shows an outcome it changes nothing; then the payload looks expired, and that is all.
		e.Resolve(now, uuid, Outcome{})
		before := strings.Join(strings.Fields(tt.want)[:2], " ")
		for after, want := range map[time.Duration]string{0: before, 150 * time.Millisecond: "welcome expired"} {
			l, said := e.Listen(now.Add(after), uuid)
			if got := words(said); got != want || l.Next().IsZero() != (after > 0) {
				t.Errorf("after %v and %v: got %q, next at %v, want %q", tt.after, after, got, l.Next(), want)
			}
		}
	}
}
