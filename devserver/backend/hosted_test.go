package backend

import (
	"net/http"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const userHeader = "Test-User"

// hosting has the site's own program know visitors by a header.
func hosting(b *Backend) {
	b.visitor = func(r *http.Request) (string, bool) {
		id, ok := r.Header[userHeader]
		if !ok {
			return "", false
		}
		return id[0], true
	}
}

// as is a browser without cookies, in which the site's own program knows somebody.
func (b *browser) as(user string) *browser {
	handler := b.handler
	other := b.other()
	other.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(userHeader, user)
		handler.ServeHTTP(w, r)
	})
	return other
}

func TestVisitorsOfTheSitesOwnProgram(t *testing.T) {
	visiting(t, &fakePlatform{meta: metaSigned, token: "T"}, func(v *visit) {
		hosting(v.backend)
		alice := v.as("alice")
		alice.call("GET", "/", "")
		alice.create("pay")
		if len(alice.cookies) != 0 {
			v.Errorf("got cookies %v, want none, since the program knows her", alice.cookies)
		}
		for name, other := range map[string]*browser{"another user": v.as("bob"), "nobody": v.other(), "no name": v.as("")} {
			for _, method := range []string{"GET", "DELETE"} {
				t := v.T
				if w := other.call(method, onePath, ""); w.Code != http.StatusNotFound {
					t.Errorf("%s %s: got %d %s, want it not to be found", name, method, w.Code, w.Body)
				}
			}
		}
		v.as("alice").get() // in another browser
		v.pass(steadily)
		w := v.as("alice").call("GET", onePath, "")
		if a := decodeAnswer(v.T, w); a.Verdict != payload.VerdictVerified || len(w.Result().Cookies()) != 0 {
			v.Errorf("got %+v and cookies %v, want it verified, and still none", a, w.Result().Cookies())
		}
	})
}

// A user keeps his session, so that a phone becomes his only with a request that was verified, in whatever order its
// token arrives.
func TestUserTokenIsForItsUser(t *testing.T) {
	const token = "the phone"
	inWebhook := func(v *visit) { v.other().do(webhook(testUUID, `{"user_token":"`+token+`"}`)) }
	inPayload := func(v *visit) { v.f.change(func() { v.f.token = token }) }
	inBoth := func(v *visit) { inPayload(v); inWebhook(v) }
	nothing := func(*visit) {}
	cancelled := metaSigned
	cancelled.Cancelled = true
	for name, tt := range map[string]struct {
		meta          xaman.Meta
		before, after func(*visit)
		verdict       payload.Verdict
		want          string
	}{
		"in the payload":                {metaSigned, inPayload, nothing, payload.VerdictVerified, token},
		"in the payload and a webhook":  {metaSigned, inBoth, nothing, payload.VerdictVerified, token},
		"in a late webhook":             {metaSigned, nothing, inWebhook, payload.VerdictVerified, token},
		"unverified, in the payload":    {cancelled, inPayload, nothing, payload.VerdictUnverified, ""},
		"unverified, in a webhook":      {cancelled, inWebhook, nothing, payload.VerdictUnverified, ""},
		"unverified, in both":           {cancelled, inBoth, nothing, payload.VerdictUnverified, ""},
		"unverified, in a late webhook": {cancelled, nothing, inWebhook, payload.VerdictUnverified, ""},
	} {
		t.Run(name, func(t *testing.T) {
			visiting(t, &fakePlatform{}, func(v *visit) {
				hosting(v.backend)
				v.node.missing.Store(true)
				alice := v.as("alice")
				pushed := func(when, want string) {
					v.Helper()
					alice.create("pay")
					if got := v.f.request.Load().UserToken; got != want {
						v.Errorf("%s: pushed to %q, want %q", when, got, want)
					}
				}
				pushed("at first", "")
				v.says(tt.meta)
				tt.before(v)
				pushed("signed", "")
				alice.get()
				v.pass(steadily)
				pushed("before the ledger has it", "")
				v.node.missing.Store(false)
				v.pass(lastAsk)
				if a := alice.get(); a.Verdict != tt.verdict {
					v.Errorf("got %s, want %s", a.Verdict, tt.verdict)
				}
				tt.after(v)
				pushed("in the end", tt.want)
			})
		})
	}
}

// Whoever signs in at the site keeps what he asked for before.
func TestVisitorWhoSignsInKeepsHisRequest(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		hosting(v.backend)
		v.create("pay")
		known := v.as("alice").with(v.cookies)
		if a := known.get(); a.UUID != testUUID {
			v.Errorf("got %+v, want his request", a)
		}
		checkError(v.T, v.as("alice").call("GET", onePath, ""), api.NotFound)
	})
}

func TestKeysOfUsersAreTheirOwn(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		hosting(v.backend)
		first := decodeAnswer(v.T, v.as("alice").post("pay", "k"))
		again := decodeAnswer(v.T, v.as("alice").post("pay", "k"))
		other := decodeAnswer(v.T, v.as("bob").post("pay", "k"))
		if again.UUID != first.UUID || other.UUID == first.UUID {
			v.Errorf("got %s, %s and for another %s, want the first twice", first.UUID, again.UUID, other.UUID)
		}
	})
}
