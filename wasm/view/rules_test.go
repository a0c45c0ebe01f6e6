package view

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// said is all that the visitor reads of a model, or hears.
func (m Model) said() []string {
	all := []string{m.Title, m.Line, m.Notice, m.Danger, m.Code.Label, m.Code.Warning, m.Link.Label, m.Link.Host,
		m.Field.Label, m.Countdown.Label, m.Countdown.Time, m.Status, m.Site.Name, m.Site.Network, m.Site.Label,
		m.Site.Request, m.Receipt.Amount, m.Receipt.Proof.Label, m.Receipt.Continue.Label, m.More.Summary,
		m.Checks.Summary}
	speech := Announce(&Model{}, &m)
	all = append(all, speech.Polite, speech.Alert)
	all = append(all, m.Guide...)
	for _, f := range slices.Concat(m.Facts, m.More.Facts, m.Receipt.Facts, []Fact{m.Receipt.Hash}) {
		all = append(all, f.Label, f.Value)
	}
	for _, s := range m.Steps {
		all = append(all, s.Label)
	}
	for _, c := range m.Checks.List {
		all = append(all, c.Label, c.Word, c.Detail)
	}
	for _, a := range m.Actions {
		all = append(all, a.Label)
	}
	return all
}

func (m Model) offers(id ActionID) bool {
	return slices.ContainsFunc(m.Actions, func(a Action) bool { return a.ID == id })
}

// asked reports whether a button that shows something has been pressed.
func (m Model) asked(id ActionID) bool {
	return slices.ContainsFunc(m.Actions, func(a Action) bool { return a.ID == id && a.Pressed == Shown })
}

// everyState yields every combination of facts, also those that cannot come about.
func everyState(yield func(payload.State) bool) {
	statuses := []payload.Status{
		"", payload.StatusPending, payload.StatusOpened, payload.StatusSigned, payload.StatusRejected, payload.StatusExpired,
		payload.StatusCancelled,
	}
	verdicts := []payload.Verdict{payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified,
		payload.VerdictUnverified}
	for bits := range 1 << 8 {
		fact := func(i int) bool { return bits>>i&1 == 1 }
		for outcome := payload.NothingAnnounced; outcome <= payload.AnnouncedRejected; outcome++ {
			for _, status := range statuses {
				for _, verdict := range verdicts {
					s := payload.State{
						UUID: uuid, Deadline: now.Add(time.Minute), Announced: outcome,
						Pushed: fact(0), Alone: fact(1), Opened: fact(2), PreSigned: fact(3), Dispatched: fact(4), Expired: fact(5),
						Gone: fact(6), NotFound: fact(7),
						Answer: payload.Answer{UUID: uuid, Status: status, Verdict: verdict,
							Result: payload.Result{Account: account}},
					}
					if s.Alone && (status != "" || verdict != payload.VerdictNone) {
						continue
					}
					if !yield(s) {
						return
					}
				}
			}
		}
	}
}

// everyInput yields s on each kind of device and connection.
func everyInput(s payload.State, yield func(Input)) {
	layouts := map[payload.Connection]Layout{payload.Reconnecting: LayoutCompact, payload.Offline: LayoutDialog}
	for _, connection := range []payload.Connection{payload.Live, payload.Reconnecting, payload.Offline} {
		for bits := range 1 << 4 {
			yield(Input{
				State: s, Connection: connection, Now: now, Link: link, Layout: layouts[connection], Open: true,
				Touch: bits&1 != 0, ShowQR: bits&2 != 0, Renewable: bits&4 != 0, Unanswered: bits >> 3,
			})
		}
	}
}

func TestRules(t *testing.T) {
	over := []payload.Phase{
		payload.PhaseSigned, payload.PhaseVerified, payload.PhaseUnverified, payload.PhaseRejected,
		payload.PhaseExpired, payload.PhaseCancelled, payload.PhaseNotFound,
	}
	signed := []payload.Phase{payload.PhaseSigned, payload.PhaseVerified, payload.PhaseUnverified}
	none := []string{say("rejected.line"), say("expired.line"), say("cancelled.line"), say("unreachable.line"),
		say("busy.line")}
	denied := func(m Model) bool {
		return slices.ContainsFunc(none, func(line string) bool { return strings.HasPrefix(m.Line, line) })
	}
	rules := map[string]func(Input, Model) bool{
		"a card has a title, a line, a tone, a stage, and says them": func(_ Input, m Model) bool {
			s := Announce(&Model{}, &m)
			return m.Title != "" && m.Line != "" && m.Tone != "" && m.Stage != "" &&
				strings.Contains(s.Polite+s.Alert, m.Title) && strings.Contains(s.Polite+s.Alert, m.Line)
		},
		"an end is an alert, and nothing else is": func(_ Input, m Model) bool {
			end := slices.Contains(over, m.Phase) && m.Phase != payload.PhaseSigned
			return end == (Announce(&Model{}, &m).Alert != "")
		},
		"what is said is said once": func(_ Input, m Model) bool { return Announce(&m, &m) == Speech{} },
		"what has not ended well has a way on": func(_ Input, m Model) bool {
			further := slices.ContainsFunc(m.Actions, func(a Action) bool { return a.ID != Dismiss })
			return m.Phase == payload.PhaseVerified || m.Link.Label != "" || further
		},
		"an expired code is never the only way on while a phone has the request": func(in Input, m Model) bool {
			late := in.State.Started() && in.State.Phase() == payload.PhaseExpired && in.State.MaySign()
			renew := slices.IndexFunc(m.Actions, func(a Action) bool { return a.ID == Renew })
			return !late || m.Phase != payload.PhaseExpired &&
				(renew < 0 || !m.Actions[renew].Primary && len(m.Actions) > 1 && m.Link.Label != "")
		},
		"who may have closed the wallet can open it again, see the code again, and cancel": func(in Input, m Model) bool {
			again := m.Phase == payload.PhaseOpened || m.Phase == payload.PhaseSigning
			late := in.State.Phase() == payload.PhaseExpired
			return !again || m.Link.Label == say("action.open-again") &&
				(late || m.offers(Reveal) && m.offers(Cancel) == !in.State.Alone)
		},
		"what is not confirmed can be told to a support desk": func(_ Input, m Model) bool {
			return m.Phase != payload.PhaseUnverified || m.offers(CopyDetails)
		},
		"only what is verified has a receipt": func(_ Input, m Model) bool {
			return (m.Stage == StageReceipt) == (m.Phase == payload.PhaseVerified) &&
				(m.Stage == StageReceipt || len(m.Receipt.Facts) == 0 && m.Receipt.Continue == Anchor{})
		},
		"actions stand in one order": func(_ Input, m Model) bool {
			return slices.IsSortedFunc(m.Actions, func(a, b Action) int {
				return slices.Index(ActionIDs, a.ID) - slices.Index(ActionIDs, b.ID)
			})
		},
		"only the backend's verdict makes a card good": func(in Input, m Model) bool {
			verified := in.State.Answer.Status == payload.StatusSigned && in.State.Answer.Verdict == payload.VerdictVerified
			good := m.Tone == Good || m.Phase == payload.PhaseVerified || m.Title == say("verified.title") ||
				m.Line == say("verified.line")
			return verified == good
		},
		"who signed is named only when it is verified": func(_ Input, m Model) bool {
			named := slices.ContainsFunc(m.said(), func(s string) bool { return strings.Contains(s, account) })
			return named == (m.Phase == payload.PhaseVerified)
		},
		"the last step is done only when it is verified, or nobody can verify": func(in Input, m Model) bool {
			done := len(m.Steps) > 0 && m.Steps[len(m.Steps)-1].Progress == Done
			return !done || m.Phase == payload.PhaseVerified || in.State.Alone && m.Phase == payload.PhaseSigned
		},
		"at most one step is current, and no done one comes after it": func(_ Input, m Model) bool {
			order := []Progress{Done, Current, Todo}
			current := 0
			for i, s := range m.Steps {
				if s.Progress == Current {
					current++
				}
				if i > 0 && slices.Index(order, s.Progress) < slices.Index(order, m.Steps[i-1].Progress) {
					return false
				}
			}
			return current <= 1
		},
		"no way into the wallet once signing is over": func(_ Input, m Model) bool {
			return !slices.Contains(over, m.Phase) || m.Stage != StageCode && m.Link == Link{} && m.Countdown == Countdown{} &&
				len(m.Guide) == 0 && !m.offers(Copy)
		},
		"there is a way into the wallet as long as nobody opened it": func(_ Input, m Model) bool {
			return m.Phase != payload.PhaseWaiting && m.Phase != payload.PhasePushed || m.Link.Label != "" && m.offers(Copy) &&
				(m.Stage == StageCode || m.offers(Reveal))
		},
		"a code is dimmed when it has been scanned, unless the visitor asks for it": func(in Input, m Model) bool {
			scannable := m.Phase == payload.PhaseWaiting || m.Phase == payload.PhasePushed
			return m.Stage != StageCode || m.Code.Dim == (!scannable && !m.asked(Reveal))
		},
		"a code that no phone can open any more is not shown as if it could": func(in Input, m Model) bool {
			return m.Stage != StageCode || m.Code.Dim || in.State.Phase() != payload.PhaseExpired
		},
		"the code is named in words": func(_ Input, m Model) bool {
			return m.Stage != StageCode || strings.Contains(m.Code.Label, uuid.Short())
		},
		"no new request once this one was signed": func(_ Input, m Model) bool {
			return !m.offers(Renew) || !slices.Contains(signed, m.Phase)
		},
		"no new request where none can be made": func(in Input, m Model) bool {
			return !m.offers(Renew) || in.Renewable
		},
		"a signature that is announced is never denied": func(in Input, m Model) bool {
			announced := in.State.Announced == payload.AnnouncedSigned && in.State.Answer.Status != payload.StatusRejected
			return !denied(m) || !announced && in.State.Answer.Status != payload.StatusSigned
		},
		"a phone that is signing is not denied, and no other code is offered": func(in Input, m Model) bool {
			signing := (in.State.PreSigned || in.State.Dispatched) && m.Phase != payload.PhaseRejected
			return !signing || !denied(m) && (!m.offers(Renew) || m.Phase == payload.PhaseNotFound)
		},
		"nobody who may sign is told that it is over": func(in Input, m Model) bool {
			return !denied(m) || !in.State.MaySign()
		},
		"nothing is cancelled without a backend": func(in Input, m Model) bool {
			return !m.offers(Cancel) || !in.State.Alone
		},
		"a page without a backend says so": func(in Input, m Model) bool {
			return (m.Notice == say("notice.alone")) == in.State.Alone
		},
		"the connection is of no concern once all is known": func(in Input, m Model) bool {
			return !in.State.Final() || m.Status == "" && !m.offers(Recheck)
		},
		"a lost connection is said as long as something may come": func(in Input, m Model) bool {
			return in.Connection == payload.Live || in.State.Final() || m.Status != ""
		},
		"a backend that is not heard is said as long as something may come": func(in Input, m Model) bool {
			concerns := in.Unanswered > 0 && !in.State.Alone && !in.State.Final() && !in.State.NotFound
			said := m.Line == say("silent.line") || m.Line == say("silent-after.line")
			return said == concerns && (!said || m.Tone == Warn && m.offers(Recheck))
		},
		"the code to name is on the card": func(_ Input, m Model) bool {
			return m.Site.Label != "" && m.Site.Request == uuid.Short()
		},
		"an action is offered once, and at most one of all is primary": func(_ Input, m Model) bool {
			primary := 0
			if m.Link.Primary {
				primary++
			}
			seen := map[ActionID]bool{}
			for _, a := range m.Actions {
				if seen[a.ID] || a.Label == "" {
					return false
				}
				seen[a.ID] = true
				if a.Primary {
					primary++
				}
			}
			return primary <= 1
		},
		"who knows the whole identifier may listen, so it is nowhere": func(_ Input, m Model) bool {
			return !slices.ContainsFunc(m.said(),
				func(s string) bool { return strings.Contains(strings.ToLower(s), string(uuid)) })
		},
	}
	broken := map[string]bool{}
	for s := range everyState {
		everyInput(s, func(in Input) {
			m := rendered(in)
			for rule, holds := range rules {
				if !broken[rule] && !holds(in, m) {
					broken[rule] = true
					t.Errorf("%s:\n   in %+v\nmodel %+v", rule, in, m)
				}
			}
		})
	}
}
