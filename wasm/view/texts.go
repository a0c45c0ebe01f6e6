package view

import (
	"fmt"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// phrase is the heading of a card and the sentence below it.
type phrase struct{ title, line string }

// texts is one language. A test fails if a field is empty.
type texts struct {
	loading, waiting, waitingOnce, waitingTouch, pushed, opened, signing, submitting, signed, signedAlone phrase

	verified, signedIn, paid, unverified, notSignedIn, silentBefore      phrase
	rejected, expired, gone, expiredLate, cancelled, notFound, elsewhere phrase

	badPayload, insecure, unreachable, busy, broken phrase

	tryingNew, tryingKnown string // while it is tried again, below the title of the failure
	silentAfter            string // the backend is not heard, and something may be signed already
	kept                   map[Kept]string

	guide                                                     [3]string
	alone, qrLabel                                            string
	open, openHere, copyLink, reveal, conceal, noPush, cancel string
	again, retry, newCode, recheck                            string
	explorer, failedCheck                                     string
	timeLeft, site, amount, to, network, account, code        string
	stepOpen, stepSign, stepSubmit, stepConfirm               string
	reconnecting, polling, offline                            string
	copied                                                    string
	checks                                                    map[string]string
	outcomes                                                  map[payload.Outcome]string
}

// languages are all of them, by the first part of their tag. A new one is a file such as german.go, and a row here.
var languages = map[string]*texts{"en": &english, "de": &german}

// textsFor returns the texts of a BCP 47 language tag, of which only the language itself counts.
func textsFor(tag string) *texts {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if t, ok := languages[primary]; ok {
		return t
	}
	return &english
}

func (t *texts) phrase(in Input, phase payload.Phase) phrase {
	switch phase {
	case payload.PhasePushed:
		return t.pushed
	case payload.PhaseOpened:
		return t.opened
	case payload.PhaseSigning:
		return t.signing
	case payload.PhaseSubmitting:
		return t.submitting
	case payload.PhaseSigned:
		if in.State.Alone {
			return t.signedAlone
		}
		return t.signed
	case payload.PhaseVerified:
		return t.success(in.State.Answer)
	case payload.PhaseUnverified:
		return t.refusal(in.State.Answer)
	case payload.PhaseRejected:
		return t.rejected
	case payload.PhaseExpired:
		if in.State.MaySign() {
			return t.expiredLate
		}
		if in.State.Answer.Status != payload.StatusExpired {
			return t.gone // the backend may yet know of a signature
		}
		return t.expired
	case payload.PhaseCancelled:
		return t.cancelled
	case payload.PhaseNotFound:
		if in.elsewhere() {
			return t.elsewhere
		}
		return t.notFound
	}
	switch {
	case in.Touch:
		return t.waitingTouch
	case in.Renewable:
		return t.waiting
	}
	return t.waitingOnce
}

// success says what was verified, in plain words.
func (t *texts) success(a payload.Answer) phrase {
	switch {
	case a.Summary.Type == SignIn:
		return t.signedIn
	case a.Result.Amount != "":
		return phrase{t.paid.title, fmt.Sprintf(t.paid.line, a.Result.Amount, a.Result.Currency)}
	}
	return t.verified
}

// refusal says which check said no, and what that means to the visitor. Money may have moved unless it was a login.
func (t *texts) refusal(a payload.Answer) phrase {
	p := t.unverified
	if a.Summary.Type == SignIn {
		p = t.notSignedIn
	}
	for _, c := range a.Checks {
		if c.Outcome == payload.Fail {
			p.line = fmt.Sprintf(t.failedCheck, t.check(c.Name)) + " " + p.line
			break
		}
	}
	return p
}

// failure explains a code to the visitor: what happened, and whether trying again can help.
func (t *texts) failure(code payload.Code) (p phrase, retry bool) {
	switch code {
	case payload.BackendUnreachable:
		return t.unreachable, true
	case api.TooManyRequests, api.PlatformUnavailable:
		return t.busy, true
	case payload.UnsafeLink, payload.InsecureSocket:
		return t.insecure, false
	case payload.BadPayload, payload.BadUUID, payload.BadAnswer, api.BadRequest, api.UnknownDemo,
		api.PlatformRefused:
		return t.badPayload, false
	}
	return t.broken, false
}

// trying says that a failure is not the end: the request is asked for again.
func (t *texts) trying(in Input) phrase {
	p := phrase{t.unreachable.title, t.tryingNew}
	switch in.Failure {
	case api.TooManyRequests, api.PlatformUnavailable, api.PlatformRefused:
		p.title = t.busy.title
	}
	if in.Known { // it may well be signed: that is why a page comes back to it
		p.line = t.tryingKnown
	}
	return p
}

// silent says what to do while the backend is not heard.
func (t *texts) silent(p phrase, phase payload.Phase) phrase {
	switch phase {
	case payload.PhaseWaiting, payload.PhasePushed, payload.PhaseOpened, payload.PhaseSigning:
		return t.silentBefore
	}
	return phrase{p.title, t.silentAfter}
}

// connection says how the page hears of changes, unless all is well or it does not matter any more.
func (t *texts) connection(in Input, phase payload.Phase) string {
	if in.State.Final() {
		return ""
	}
	switch in.Connection {
	case payload.Reconnecting:
		return t.reconnecting
	case payload.Polling:
		return t.polling
	case payload.Offline:
		return t.offline
	}
	return ""
}

// check is the name of a check. One that is not known here has been added by the backend, and is shown by its own name.
func (t *texts) check(name string) string {
	if label, ok := t.checks[name]; ok {
		return label
	}
	return name
}
