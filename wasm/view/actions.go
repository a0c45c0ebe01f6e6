package view

import (
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// actions are what the visitor can do besides following the link, if there is one, in the order of [ActionIDs].
// Whatever has not ended well has a way on.
func (in *Input) actions(phase payload.Phase, link bool) []Action {
	b := &buttons{in: in}
	switch {
	case in.closed():
		b.add(Start, "action.start", true)
		return b.all
	case in.Failure != "":
		b.failed()
	case !in.loading():
		b.pending(phase)
		b.ended(phase)
		b.further(phase, link || len(b.all) > 0)
	}
	if in.overlaid() {
		b.add(Dismiss, "action.dismiss", false)
	}
	return b.sorted()
}

// overlaid reports whether the card is a dialog over the page.
func (in *Input) overlaid() bool { return in.Layout == LayoutDialog || in.Layout == LayoutButton }

// closed reports whether the card is a dialog that is not open.
func (in *Input) closed() bool { return in.overlaid() && !in.Open }

// buttons are those of a card, as they are decided on.
type buttons struct {
	in  *Input
	all []Action
}

func (b *buttons) add(id ActionID, key string, primary bool) {
	if b.in.Copied == id && b.in.Now.Before(b.in.CopiedUntil) {
		key = "action.copied"
	}
	b.all = append(b.all, Action{ID: id, Label: b.in.Texts.text(key), Primary: primary})
}

// sorted returns them in the order of [ActionIDs].
func (b *buttons) sorted() (all []Action) {
	for _, id := range ActionIDs {
		for _, action := range b.all {
			if action.ID == id {
				all = append(all, action)
			}
		}
	}
	return all
}

func (b *buttons) renew(key string, primary bool) {
	if b.in.Renewable {
		b.add(Renew, key, primary)
	}
}

// failed is for a request that cannot be shown, at all or yet.
func (b *buttons) failed() {
	hopeless := b.in.Failure == api.ViewKeyExpired // with what the page has
	if _, retry := failure(b.in.Failure); retry || b.in.Trying && !hopeless {
		b.add(Renew, "action.again", true)
	}
	if !b.in.Trying || hopeless {
		b.add(CopyDetails, "action.copy-details", false)
	}
}

// pending is for a request that can be signed.
func (b *buttons) pending(phase payload.Phase) {
	switch late := b.in.late(); {
	case scannable(phase):
		if b.in.Touch || phase == payload.PhasePushed {
			b.reveal(phase)
		}
		b.add(Copy, "action.copy", false)
	case !again(phase):
		return
	case !late:
		b.reveal(phase)
	case phase == payload.PhaseOpened: // else it may well be signed
		b.renew("action.renew", false)
		if b.in.Kept != "" { // a phone that has closed it cannot open it any more
			b.add(CopyDetails, "action.copy-details", false)
		}
		return
	}
	if !b.in.State.Alone && !b.in.late() {
		b.add(Cancel, "action.cancel", false)
	}
}

// reveal stays in its place when the code is shown, so that a second tap does not hit another button.
func (b *buttons) reveal(phase payload.Phase) {
	key, pressed := "action.reveal", Hidden
	switch {
	case b.in.ShowQR:
		key, pressed = "action.hide", Shown
	case phase == payload.PhasePushed:
		key = "action.reveal-pushed"
	case again(phase):
		key = "action.reveal-again"
	}
	b.add(Reveal, key, false)
	b.all[len(b.all)-1].Pressed = pressed
}

// ended is for a request that has come to an end.
func (b *buttons) ended(phase payload.Phase) {
	state := b.in.State
	switch phase {
	case payload.PhaseVerified:
		if state.Answer.Result.TxID != "" {
			b.add(CopyHash, "action.copy-hash", false)
		}
	case payload.PhaseRejected:
		if state.Final() { // until then, it is only said to be declined
			b.renew("action.again", true)
		}
	case payload.PhaseUnverified:
		if state.Answer.Summary.Type == SignIn { // nothing can be paid twice
			b.renew("action.again", true)
		}
		b.add(CopyDetails, "action.copy-details", false)
	case payload.PhaseCancelled, payload.PhaseNotFound:
		b.renew("action.again", true)
	case payload.PhaseExpired:
		if !state.PreSigned && !state.Dispatched { // else it may well be signed
			b.renew("action.renew", true)
		}
	}
}

// further adds what there is to do where the visitor has to wait, or has nothing else to do.
func (b *buttons) further(phase payload.Phase, something bool) {
	in := b.in
	switch {
	case in.State.Final():
		if !something && phase != payload.PhaseVerified {
			b.add(CopyDetails, "action.copy-details", false)
		}
	case !something, unheard(in.Connection), in.silent(), in.late(), phase == payload.PhaseSigned:
		b.add(Recheck, "action.recheck", false)
	}
}
