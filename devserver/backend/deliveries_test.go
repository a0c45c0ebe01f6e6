package backend

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestEvents(t *testing.T) {
	entry := func(s payload.Status, v payload.Verdict) record.Entry {
		return record.Entry{Answer: payload.Answer{Status: s, Verdict: v}}
	}
	none := payload.VerdictNone
	open := entry(payload.StatusOpened, none)
	closed := open
	closed.Closed = true
	checking := entry(payload.StatusSigned, payload.VerdictChecking)
	verified := entry(payload.StatusSigned, payload.VerdictVerified)
	expired := entry(payload.StatusExpired, none)
	tests := []struct {
		name          string
		before, after record.Entry
		want          string
	}{
		{"opened", entry(payload.StatusPending, none), open, ""},
		{"signed", open, checking, ""},
		{"verified", checking, verified, EventVerified},
		{"verified at once", open, verified, EventVerified},
		{"still verified", verified, verified, ""},
		{"unverified", checking, entry(payload.StatusSigned, payload.VerdictUnverified), EventUnverified},
		{"declined", open, entry(payload.StatusRejected, none), EventRejected},
		{"expired", open, expired, EventExpired},
		{"still expired", expired, expired, ""},
		{"opened, and left", open, closed, EventExpired},
		{"cancelled", open, entry(payload.StatusCancelled, none), EventCancelled},
		{"signed after all", expired, checking, ""},
		{"and verified", closed, verified, EventVerified},
	}
	for _, tt := range tests {
		if got := event(tt.before, tt.after); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// hooked is paying at a site whose program is told what becomes of its orders.
func hooked(t *testing.T, f *fakePlatform, tell func(Verdict) error, act func(*visit)) {
	t.Helper()
	visiting(t, f, func(v *visit) {
		v.stop()
		v.options.OnVerdict = func(_ context.Context, told Verdict) error { return tell(told) }
		v.start(v.options)
		v.browser = browserOf(v.T, v.backend)
		v.create("pay")
		act(v)
	})
}

// Each order comes to its end although nobody asks, and the program is told of it.
func TestProgramIsToldHowEachOrderEnds(t *testing.T) {
	tests := []struct {
		name  string
		meta  xaman.Meta
		hook  bool // the platform tells of it
		after time.Duration
		want  []string
		calls int64 // to the platform
	}{
		{"signed", metaSigned, true, 10 * time.Second, []string{EventVerified}, 2},
		{"signed, and the platform tells nobody", metaSigned, false, 6 * time.Minute, []string{EventVerified}, 2},
		{"declined", xaman.Meta{Resolved: true}, true, 10 * time.Second, []string{EventRejected}, 2},
		{"expired", xaman.Meta{Expired: true}, false, 6 * time.Minute, []string{EventExpired}, 2},
		{"opened, and left", xaman.Meta{AppOpened: true, Expired: true}, false, 2 * time.Hour, []string{EventExpired}, 3},
		{"never known to be over", xaman.Meta{}, false, 2 * time.Hour, []string{EventExpired}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var told []string
			tell := func(v Verdict) error {
				if v.UUID != testUUID || v.Offer != "pay" || v.ID != testUUID+"-"+v.Event+"-hook" || v.Time.IsZero() {
					t.Errorf("got %+v, want all that is known", v)
				}
				told = append(told, v.Event)
				return nil
			}
			hooked(t, &fakePlatform{meta: tt.meta}, tell, func(v *visit) {
				if tt.hook {
					v.announce()
				}
				v.pass(tt.after)
				v.wantCalls("in all", tt.calls)
				v.pass(3 * time.Hour)
				v.wantCalls("hours later", tt.calls)
				if !slices.Equal(told, tt.want) {
					v.Errorf("got %v told, want %v", told, tt.want)
				}
			})
		})
	}
}

// A phone that had opened a request in time may sign it late.
func TestExpiredMayBeVerifiedAfterAll(t *testing.T) {
	var told []string
	tell := func(v Verdict) error { told = append(told, v.Event); return nil }
	hooked(t, &fakePlatform{meta: xaman.Meta{AppOpened: true, Expired: true}}, tell, func(v *visit) {
		v.pass(2 * time.Hour)
		v.says(metaSigned)
		v.announce()
		v.pass(10 * time.Second)
		if want := []string{EventExpired, EventVerified}; !slices.Equal(told, want) {
			v.Errorf("got %v told, want %v", told, want)
		}
	})
}

func TestHookThatFailsIsCalledAgain(t *testing.T) {
	var at []time.Time
	tell := func(Verdict) error {
		if at = append(at, time.Now()); len(at) < 3 {
			return errors.New("the shop's database is away")
		}
		return nil
	}
	hooked(t, &fakePlatform{meta: metaSigned}, tell, func(v *visit) {
		v.announce()
		v.pass(time.Hour)
		if len(at) != 3 || at[1].Sub(at[0]).Round(time.Second) != 10*time.Second ||
			at[2].Sub(at[1]).Round(time.Second) != 30*time.Second {
			v.Errorf("got it told at %v, want it after 10 s and 30 s more", at)
		}
		d, err := v.backend.record.Delivery(v.Context(), verifiedID)
		if err != nil || d.Attempts != 3 || d.Done.IsZero() || !d.Due.IsZero() || d.Problem != "" {
			v.Errorf("got %+v, %v, want it delivered with the third", d, err)
		}
	})
}

// A server that ends while it tells somebody has it told again by the next one.
func TestServerEndsWhileItTells(t *testing.T) {
	visiting(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.stop()
		told := 0
		v.options.OnVerdict = func(ctx context.Context, _ Verdict) error {
			if told++; told == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		v.start(v.options)
		v.browser = browserOf(v.T, v.backend)
		v.create("pay")
		v.announce()
		v.pass(5 * time.Second)
		v.stop()
		v.start(v.options)
		v.pass(2 * deliverEvery)
		d, err := v.backend.record.Delivery(v.Context(), verifiedID)
		if err != nil || told != 2 || d.Attempts != 1 || d.Done.IsZero() {
			v.Errorf("got %+v, %v after it was told %d times, want the second to count", d, err, told)
		}
	})
}

func TestCallbacks(t *testing.T) {
	visiting(t, &fakePlatform{meta: metaSigned, allowed: mostCalls}, func(v *visit) {
		v.stop()
		var mu sync.Mutex
		var told []record.Delivery
		problem := errors.New("the receiver answered 500 Internal Server Error")
		v.options.Callbacks = map[string]bool{"books": true, "shop": true, "kitchen": false}
		v.options.Deliver = func(_ context.Context, d record.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, d)
			if d.To == "shop" {
				return problem
			}
			return nil
		}
		v.start(v.options)
		v.browser = browserOf(v.T, v.backend)
		v.create("pay")
		v.announce()
		v.pass(5 * time.Second)
		wantTo := func(want ...string) {
			v.Helper()
			mu.Lock()
			defer mu.Unlock()
			var to []string
			for _, d := range told {
				var body Verdict
				if err := json.Unmarshal(d.Body, &body); err != nil || body.ID != d.ID || body.Event != d.Event {
					v.Errorf("got %s, %v, want the event %s", d.Body, err, d.ID)
				}
				to = append(to, d.To)
			}
			if slices.Sort(to); !slices.Equal(to, want) {
				v.Errorf("got %v told, want %v", to, want)
			}
			told = nil
		}
		wantTo("books", "shop")
		d, err := v.backend.record.Delivery(v.Context(), testUUID+"-verified-shop")
		if err != nil || d.Problem != problem.Error() || d.Attempts != 1 || d.Due.IsZero() {
			v.Errorf("got %+v, %v, want it put off with the problem", d, err)
		}
		v.pass(time.Minute)
		wantTo("shop", "shop")
		d.Made, d.Due = time.Now().Add(-3*24*time.Hour), time.Now()
		if err := v.backend.record.SaveDelivery(v.Context(), d); err != nil {
			v.Error(err)
		}
		v.pass(5 * time.Second)
		if d, err = v.backend.record.Delivery(v.Context(), d.ID); err != nil || !d.Due.IsZero() || !d.Done.IsZero() {
			v.Errorf("got %+v, %v, want it given up after three days", d, err)
		}
		wantTo("shop")

		order := coffees()
		order.Callback = "kitchen"
		order.TxJSON = json.RawMessage(`{"TransactionType":"SignIn"}`)
		order.Options.Submit = false
		e, _, err := v.backend.Create(v.Context(), order, "")
		if err != nil {
			v.Fatal(err)
		}
		v.do(webhook(string(e.Order.UUID), "null"))
		v.pass(5 * time.Second)
		wantTo("kitchen")
	})
}

// However many deliveries wait for a receiver that answers nothing, others have theirs at once.
func TestReceiverThatHangsDelaysNoOther(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		v.stop()
		var mu sync.Mutex
		now, most := 0, 0
		var told time.Time
		v.options.Callbacks = map[string]bool{"hangs": false, "shop": false}
		v.options.Deliver = func(ctx context.Context, d record.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			if d.To == "shop" {
				told = time.Now()
				return nil
			}
			now++
			most = max(most, now)
			mu.Unlock()
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
			mu.Lock()
			now--
			return errors.New("the receiver gave no answer in time")
		}
		v.start(v.options)
		e, err := v.backend.record.Get(v.Context(), testUUID)
		if err != nil {
			v.Fatal(err)
		}
		began := time.Now()
		var n record.News
		for i := range 5 * deliveriesAtOnce {
			id := "hangs " + strconv.Itoa(i)
			n.Deliveries = append(n.Deliveries, record.Delivery{ID: id, UUID: testUUID, To: "hangs", Made: began, Due: began})
		}
		later := began.Add(time.Millisecond)
		n.Deliveries = append(n.Deliveries, record.Delivery{ID: "one", UUID: testUUID, To: "shop", Made: later, Due: later})
		if _, err := v.backend.record.Save(v.Context(), e, n); err != nil {
			v.Fatal(err)
		}
		v.pass(2 * deliverEvery)
		mu.Lock()
		defer mu.Unlock()
		if told.IsZero() || most != deliveriesToOne {
			v.Errorf("got the other one told at %v, and %d at once with the one that hangs, want it told and %d",
				told.Sub(began), most, deliveriesToOne)
		}
	})
}
