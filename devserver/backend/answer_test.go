package backend

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// An answer is written once, and again as soon as something in it is another: the time that is left, whether it is
// stale, or anything that has happened.
func TestAnswersAreWrittenOnce(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		r := v.kept()
		defer v.backend.requests.release(r)
		h, err := r.take(v.Context())
		if err != nil {
			v.Fatal(err)
		}
		defer h.end()
		write := func(stale bool) (answer, api.SignRequest) {
			v.Helper()
			a, err := v.backend.answer(h, stale)
			var said api.SignRequest
			if err := json.Unmarshal(a.body, &said.Answer); err != nil {
				v.Fatal(err)
			}
			said.Stale = strings.Contains(string(a.body), `"stale":true`)
			if err != nil || said.Stale != stale || a.verdict != h.Answer.Verdict || said.Status != h.Answer.Status {
				v.Fatalf("got %s, %v, stale: %t, want %s", a.body, err, said.Stale, h.Answer.Status)
			}
			return a, said
		}
		same := func(a, b answer) bool { return &a.body[0] == &b.body[0] }
		first, said := write(false)
		left := *said.ExpiresIn
		if again, _ := write(false); !same(first, again) {
			v.Error("the same answer was written twice")
		}
		time.Sleep(time.Second)
		later, said := write(false)
		if same(first, later) || *said.ExpiresIn != left-1 {
			v.Errorf("got %d s left a second later, want %d", *said.ExpiresIn, left-1)
		}
		write(true)
		write(false)
		next := h.Entry
		next.Answer = unsigned(testUUID, payload.StatusOpened)
		h.become(next)
		write(false)
	})
}

// What was asked for just now is nothing old.
func TestCreationIsNotStale(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	if w := b.call("POST", allPath, `{"demo":"pay"}`); w.Code != 201 || stale(w) {
		t.Errorf("got %d %s, want a new request", w.Code, w.Body)
	}
}
