package e2e

import (
	"reflect"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// sale is one payment at a server that is killed again and again.
type sale struct {
	*process
	t       *testing.T
	visitor api.Client
	uuid    payload.UUID
}

func (s *sale) crash() {
	s.kill(s.t)
	s.start(s.t)
}

func (s *sale) open() { s.phone(s.t, s.uuid, "open") }
func (s *sale) pay()  { s.accept(s.t, s.uuid, everyday) }

func (s *sale) awaits(want func(payload.Answer) bool) payload.Answer {
	s.t.Helper()
	return awaitAnswer(s.t, s.visitor, s.uuid, want)
}

func final(a payload.Answer) bool    { return a.Final() }
func opened(a payload.Answer) bool   { return a.Status == payload.StatusOpened }
func checking(a payload.Answer) bool { return a.Verdict == payload.VerdictChecking }

// wantClaimed fails the test unless the record that the last process left has the payment's transaction for it, and for
// it alone.
func (s *sale) wantClaimed(txid string) {
	s.t.Helper()
	f, err := record.Open(s.data, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	e, err := f.Get(s.t.Context(), s.uuid)
	if err != nil || !e.Verified() {
		s.t.Errorf("got %+v, %v, want it verified", e.Answer, err)
	}
	other := e
	other.Order.UUID = "00000000-0000-4000-8000-000000000000"
	for _, claim := range []struct {
		what string
		e    record.Entry
		txid string
		want bool
	}{
		{"another request", other, txid, false},
		{"another transaction", e, "other", false},
		{"the same again", e, txid, true},
	} {
		if _, free, err := f.Claim(s.t.Context(), claim.e, claim.txid, record.News{}); err != nil || free != claim.want {
			s.t.Errorf("%s: got free %t, %v, want %t", claim.what, free, err, claim.want)
		}
	}
}

// However the server ends, the session that made a payment gets its verdict, and it is booked once.
func TestKilled(t *testing.T) {
	tests := []struct {
		name string
		act  func(s *sale)
	}{
		{"created", func(s *sale) { s.crash(); s.open(); s.pay() }},
		{"opened", func(s *sale) { s.open(); s.awaits(opened); s.crash(); s.pay() }},
		{"signed, and nobody has asked", func(s *sale) { s.open(); s.pay(); s.crash() }},
		{"signed while there is no server", func(s *sale) { s.open(); s.kill(s.t); s.pay(); s.start(s.t) }},
		{"webhook taken", func(s *sale) { s.open(); s.pay(); s.log.await(s.t, "msg=webhook"); s.crash() }},
		{"ledger pending", func(s *sale) {
			s.open()
			setFaults(s.t, s.sandbox, "node", "busy")
			s.pay()
			s.awaits(checking)
			s.kill(s.t)
			setFaults(s.t, s.sandbox, "node")
			s.start(s.t)
		}},
		{"again and again", func(s *sale) {
			s.open()
			s.pay()
			for n := range 8 {
				<-time.After(time.Duration(n) * 15 * time.Millisecond)
				s.crash()
			}
		}},
		{"verified", func(s *sale) { s.open(); s.pay(); s.awaits(final); s.crash() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			addr := freeAddr(t)
			p := newProcess(t, addr, t.TempDir(), startPlatform(t, sandbox.Config{
				CloseEvery: 300 * time.Millisecond, Lag: 20 * time.Millisecond, WebhookURL: "http://" + addr + "/api/webhook",
			}))
			p.start(t)
			s := &sale{process: p, t: t, visitor: p.visitor(t)}
			made := create(t, s.visitor, "pay")
			s.uuid = made.UUID
			tt.act(s)

			a := s.awaits(final)
			if a.Verdict != payload.VerdictVerified || a.Result.TxID == "" ||
				!reflect.DeepEqual(a.Summary, made.Summary) {
				t.Errorf("got %+v, want it verified", a)
			}
			if other, err := p.visitor(t).Get(t.Context(), s.uuid); err == nil {
				t.Errorf("another session: got %+v, want an error", other)
			}
			p.kill(t)
			s.wantClaimed(a.Result.TxID)
		})
	}
}
