package card

import (
	"slices"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// do does what a script of the page wants.
func (s *shownCard) do(ids ...view.ActionID) {
	for _, id := range ids {
		s.Do(id)
	}
	s.w.settle()
}

func TestDoCancel(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		w.route(deleting, answer(uuid, "cancelled", "none"))
		c := w.card(w.ordered())
		w.say(0, payloadtest.Welcome)
		w.route(getting, answer(uuid, "cancelled", "none"))
		c.do(view.Cancel, view.Cancel)
		c.reads("Request cancelled")
		c.do(view.Cancel)
		if got := w.called(deleting); got != 1 {
			t.Errorf("cancelled %d times, want once", got)
		}
	})
}

// A page that does not want a request any more may say so before there is one.
func TestDoCancelTooEarly(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, reply{0, ""})
		w.route(getting, answer(uuid, "cancelled", "none"))
		w.route(deleting, answer(uuid, "cancelled", "none"))
		c := w.card(w.ordered())
		c.do(view.Cancel)
		w.route(creating, answer(uuid, "pending", "none"))
		c.do(view.Recheck)
		c.reads("Request cancelled")
		if got := w.called(deleting); got != 1 {
			t.Errorf("cancelled %d times, want once", got)
		}
	})
}

// Nothing that a page wants is lost, however much of it comes at once.
func TestDoMuch(t *testing.T) {
	for name, ids := range map[string][]view.ActionID{
		"at last":            {view.Recheck, view.Recheck, view.Recheck, view.Recheck, view.Cancel},
		"at first":           {view.Cancel, view.Recheck, view.Dismiss, view.Recheck, view.Dismiss},
		"and another, first": {view.Cancel, view.Renew},
		"and another, last":  {view.Renew, view.Cancel},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, "pending", "none"))
				w.route(getting, answer(uuid, "pending", "none"))
				w.route(deleting, answer(uuid, "cancelled", "none"))
				c := w.card(w.ordered(), func(c *shownCard) {
					c.onShow = func() error {
						if len(c.shows) == 1 { // it has not looked at anything yet
							for _, id := range ids {
								c.Do(id)
							}
						}
						return nil
					}
				})
				w.route(getting, answer(uuid, "cancelled", "none"))
				c.reads("Request cancelled")
				if made, over := w.called(creating), w.called(deleting); made != 1 || over != 1 {
					t.Errorf("got %d requests made and %d cancelled, want 1 and 1", made, over)
				}
			})
		})
	}
}

func TestDoRenew(t *testing.T) {
	tests := map[string]struct {
		status, verdict string
		given           bool // by the page, which alone can say what is to be shown
		renewed         bool
		deleted         int
	}{
		"pending":    {"pending", "none", false, true, 1},
		"rejected":   {"rejected", "none", false, true, 1},
		"unverified": {"signed", "unverified", false, false, 1},
		"signed":     {"signed", "checking", false, false, 0},
		"verified":   {"signed", "verified", false, false, 0},
		"given":      {"pending", "none", true, false, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, tt.status, tt.verdict))
				w.route(getting, answer(uuid, tt.status, tt.verdict))
				w.route(deleting, answer(uuid, tt.status, tt.verdict))
				if tt.status == "pending" {
					w.route(deleting, answer(uuid, "cancelled", "none"))
				}
				o := w.ordered()
				if tt.given {
					o = w.known()
				}
				c := w.card(o)
				before := w.called(creating)
				w.route(creating, answer(other, "pending", "none"))
				c.do(view.Renew)
				w.wait(answerTimeout)
				if got := w.called(creating) > before; got != tt.renewed || w.called(deleting) != tt.deleted {
					t.Errorf("got a new request: %t, and %d cancelled, want %t and %d", got, w.called(deleting), tt.renewed,
						tt.deleted)
				}
			})
		})
	}
}

func TestDoDismiss(t *testing.T) {
	play(t, func(w *world) {
		o := pasted
		o.Layout = view.LayoutDialog
		c := w.card(o)
		open := c.model.Open
		if c.do(view.Dismiss); !open || c.model.Open {
			t.Errorf("got open %t, and then %t, want a dialog that is closed", open, c.model.Open)
		}
	})
}

// Buttons that a script does not press are those of the visitor.
func TestDoNothingElse(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(pasted)
		told := len(c.events)
		for _, id := range append(slices.Clone(view.ActionIDs), "nonsense", "") {
			c.do(id)
		}
		if c.copied != "" || c.model.Stage != view.StageCode || len(c.events) != told {
			t.Errorf("got %q copied, stage %s, events %q", c.copied, c.model.Stage, c.told())
		}
	})
}
