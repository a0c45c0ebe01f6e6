package view

import (
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// phrase is the heading of a card and the sentence below it. Its topic is the same in all languages.
type phrase struct{ topic, title, line string }

// phrase returns the texts of that name.
func (t Texts) phrase(name string) phrase {
	return phrase{name, t.text(name + ".title"), t.text(name + ".line")}
}

// below returns p with the sentence of another topic.
func (t Texts) below(p phrase, name string) phrase {
	return phrase{name, p.title, t.text(name + ".line")}
}

// says decides what the card says.
func (in *Input) says(phase payload.Phase) phrase {
	t := in.Texts
	switch p := t.phrase(in.topic(phase)); {
	case in.silent() && in.Outdated:
		return t.phrase("outdated")
	case in.silent() && beforeSignature(phase):
		return t.phrase("silent")
	case in.silent():
		return t.below(p, "silent-after")
	case phase == payload.PhaseOpened && in.Touch:
		return in.unlessLate(phrase{p.topic, t.text("opened-touch.title"), p.line})
	case phase == payload.PhaseOpened, phase == payload.PhaseSigning:
		return in.unlessLate(p)
	case p.topic == "paid":
		p.line = t.text("paid.line", "amount", in.amount(in.State.Answer.Result.Amount, in.State.Answer.Result.Currency))
		return p
	case phase == payload.PhaseUnverified:
		return in.refusal(p)
	case phase == payload.PhaseWaiting && !in.Touch && !in.Renewable:
		return t.below(p, "waiting-once")
	case phase == payload.PhaseNotFound && in.Renewable: // the page has made it, and knows it by a cookie
		return t.below(p, "not-found-own")
	case phase == payload.PhaseNotFound && in.Keyed:
		return t.below(p, "restart")
	case in.over(phase) && !in.Renewable:
		p.line = t.join(p.line, t.text("restart.line"))
		return p
	default:
		return p
	}
}

// topic names what the card says of a phase.
func (in *Input) topic(phase payload.Phase) string {
	answer := in.State.Answer
	signIn := answer.Summary.Type == SignIn
	switch {
	case phase == payload.PhaseWaiting && in.Touch:
		return "waiting-touch"
	case phase == payload.PhaseSigned && in.State.Alone:
		return "signed-alone"
	case phase == payload.PhaseVerified && signIn:
		return "signed-in"
	case phase == payload.PhaseVerified && answer.Result.Amount != "":
		return "paid"
	case phase == payload.PhaseUnverified && signIn:
		return "not-signed-in"
	case phase == payload.PhaseExpired && answer.Status != payload.StatusExpired:
		return "gone" // the backend may yet know of a signature
	case in.elsewhere():
		return "elsewhere"
	}
	return string(phase)
}

// unlessLate tells who has the request open after its time is over that nothing is lost.
func (in *Input) unlessLate(p phrase) phrase {
	if in.late() {
		return phrase{p.topic + "-late", p.title, in.Texts.text("late.line")}
	}
	return p
}

// over reports whether nothing was signed, and nothing will be.
func (in *Input) over(phase payload.Phase) bool {
	switch phase {
	case payload.PhaseRejected, payload.PhaseExpired, payload.PhaseCancelled, payload.PhaseNotFound:
		return in.State.Final() && !in.elsewhere()
	}
	return false
}

// refusal says why what was signed does not count, and what that means to the visitor. Money may have moved unless it
// was a login.
func (in *Input) refusal(p phrase) phrase {
	t := in.Texts
	if p.topic == "unverified" {
		p.line = t.text("unverified.line", "code", in.State.UUID.Short())
	}
	for _, c := range in.State.Answer.Checks {
		if c.Outcome == payload.Fail {
			p.line = t.join(t.oneOf("detail", c.Code), p.line)
			break
		}
	}
	return p
}

// beforeSignature reports whether the visitor can still be kept from signing.
func beforeSignature(phase payload.Phase) bool {
	switch phase {
	case payload.PhaseWaiting, payload.PhasePushed, payload.PhaseOpened, payload.PhaseSigning:
		return true
	}
	return false
}

// failure explains a code to the visitor: what happened, and whether trying again can help.
func failure(code payload.Code) (topic string, retry bool) {
	switch code {
	case payload.BackendUnreachable:
		return "unreachable", true
	case api.TooManyRequests, api.PlatformUnavailable, api.Unavailable:
		return "busy", true
	case payload.UnsafeLink, payload.InsecureSocket:
		return "unsafe", false
	case payload.BadPayload, payload.BadUUID, payload.BadAnswer, api.BadRequest, api.UnknownDemo,
		api.PlatformRefused:
		return "bad-payload", false
	case api.AmountRefused:
		return "amount", false
	case api.ViewKeyExpired:
		return "outdated", false
	}
	return "broken", false
}

// failed says why there is no request, and will be none. Which amounts an offer takes, only the backend can say.
func (in *Input) failed() phrase {
	topic, _ := failure(in.Failure)
	p := in.Texts.phrase(topic)
	if reason := payload.Readable(in.Reason, mostCharacters); reason != "" && in.Failure == api.AmountRefused {
		p.line = reason
	}
	return p
}

// trying says that a failure is not the end: the request is asked for again.
func (in *Input) trying() phrase {
	p := in.Texts.phrase("unreachable")
	switch in.Failure {
	case api.ViewKeyExpired:
		return in.Texts.phrase("outdated")
	case api.TooManyRequests, api.PlatformUnavailable, api.Unavailable:
		p = in.Texts.phrase("busy")
	case api.PlatformRefused: // mostly the site's own mistake, which its owner may be mending
		p = in.Texts.phrase("broken")
	}
	if in.Known { // it may well be signed: that is why a page comes back to it
		return in.Texts.below(p, "trying-known")
	}
	return in.Texts.below(p, "trying")
}

// connection says how the page hears of changes, unless all is well or it does not matter any more.
func (in *Input) connection() string {
	if in.State.Final() || !unheard(in.Connection) {
		return ""
	}
	return in.Texts.text("connection." + string(in.Connection))
}

// unheard reports whether news does not come by itself at the moment.
func unheard(c payload.Connection) bool {
	return c == payload.Reconnecting || c == payload.Polling || c == payload.Offline
}
