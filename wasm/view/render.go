package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// SignIn is the type of a request that only proves who the visitor is.
const SignIn = "SignIn"

// Render decides what the card shows. Texts and formats that are nil it sets to what that stands for.
func Render(in *Input) *Model {
	if in.Texts == nil {
		in.Texts = English()
	}
	if in.Formats == nil {
		in.Formats = Plain{}
	}
	phase := in.phase()
	m := &Model{
		Phase: phase, Connection: in.Connection, Open: in.Open,
		Language: in.Texts.text("language"), Direction: in.Texts.text("direction"),
	}
	if in.State.UUID != "" {
		m.Site = in.site()
	}
	var p phrase
	switch {
	case in.Failure != "" && in.Trying:
		p, m.Tone, m.Stage = in.trying(), Warn, StageResult
	case in.Failure != "":
		p, m.Tone, m.Stage = in.failed(), Bad, StageResult
		if in.Failure == api.AmountRefused {
			m.Tone = Warn
		}
	case in.loading():
		p, m.Tone, m.Stage = in.Texts.phrase("loading"), Busy, StageLoading
	default:
		p = in.says(phase)
		in.show(m, phase)
	}
	m.Title, m.Line = p.title, p.line
	m.Actions = in.actions(phase, m.Link.Label != "")
	if in.ByHand != "" && (in.ByHand != in.Link || scannable(phase)) {
		m.Field = Field{in.Texts.text("label.by-hand"), in.ByHand}
	}
	m.deadline, m.change = in.Deadline(), in.next()
	m.Next = m.next(in.Now)
	m.spoken = in.spoken(p, m)
	return m
}

// phase is where the request stands, for the visitor. One that is open on a phone stays so when its time is over: who
// does everything right must not be told that it is too late.
func (in *Input) phase() payload.Phase {
	phase := in.State.Phase()
	switch {
	case !in.late():
		return phase
	case in.State.Dispatched:
		return payload.PhaseSubmitting
	case in.State.PreSigned:
		return payload.PhaseSigning
	}
	return payload.PhaseOpened
}

// late reports whether the request can still be signed by the phone that has it open, and by no other one.
func (in *Input) late() bool { return in.State.Phase() == payload.PhaseExpired && in.State.MaySign() }

// loading reports whether there is no request yet.
func (in *Input) loading() bool { return in.Failure == "" && in.Link == "" && !in.State.NotFound }

// show sets what the card shows of a request.
func (in *Input) show(m *Model, phase payload.Phase) {
	t := in.Texts
	m.Tone, m.Stage = in.tone(phase), in.stage(phase)
	m.Steps = in.steps(phase)
	m.Checks = in.checks()
	m.Facts, m.More = in.facts(phase)
	m.Status = in.connection()
	if in.Kept != "" {
		m.Status = t.text("kept." + string(in.Kept))
	}
	if in.State.Alone {
		m.Notice = t.text("notice.alone")
	}
	if phase == payload.PhaseVerified {
		m.Receipt = in.receipt()
	}
	if beforeSignature(phase) {
		m.Danger = in.danger()
	}
	m.Code = Code{Dim: !in.readable(phase), Label: t.text("code.label", "code", in.State.UUID.Short())}
	if m.scannable() && in.Clipped {
		m.Code.Warning = t.text("code.clipped")
	}
	m.Link = in.link(phase)
	if in.readable(phase) {
		m.Countdown = countdown(in.Deadline(), in.Now, t.text("label.time-left"))
	}
	if phase == payload.PhaseWaiting && !in.Touch && !in.silent() && in.Layout != LayoutCompact {
		m.Guide = []string{t.text("guide.1"), t.text("guide.2"), t.text("guide.3")}
	}
}

// stage decides what the middle of the card shows.
func (in *Input) stage(phase payload.Phase) Stage {
	switch {
	case in.readable(phase) && (in.ShowQR || !in.Touch && phase == payload.PhaseWaiting):
		return StageCode
	case scannable(phase) && in.Touch:
		return StageLink
	case phase == payload.PhaseOpened && !in.Touch:
		return StageCode
	case phase == payload.PhaseVerified:
		return StageReceipt
	case in.ended() || phase == payload.PhaseSigned && in.State.Alone:
		return StageResult
	}
	return StageProgress
}

// scannable reports whether there is a code to be scanned.
func scannable(phase payload.Phase) bool {
	return phase == payload.PhaseWaiting || phase == payload.PhasePushed
}

// again reports whether the visitor may have closed the wallet and want to go back to the request. A phone takes it up
// as often as it likes, until it is signed.
func again(phase payload.Phase) bool {
	return phase == payload.PhaseOpened || phase == payload.PhaseSigning
}

// readable reports whether a phone that scans the code can sign: for the first time, or again where the visitor asked
// for that. When the time is over, no phone can open it any more.
func (in *Input) readable(phase payload.Phase) bool {
	return scannable(phase) || again(phase) && in.ShowQR && !in.late()
}

// ended reports whether the request has come to an end, well or not.
func (in *Input) ended() bool {
	switch in.phase() {
	case payload.PhaseVerified, payload.PhaseUnverified, payload.PhaseRejected, payload.PhaseExpired,
		payload.PhaseCancelled, payload.PhaseNotFound:
		return true
	}
	return false
}

// link is the way into the wallet on this device.
func (in *Input) link(phase payload.Phase) Link {
	key := "action.open-here"
	switch {
	case again(phase):
		key = "action.open-again"
	case !scannable(phase):
		return Link{}
	case in.Touch:
		key = "action.open"
	}
	_, rest, _ := strings.Cut(in.Link, "://")
	host, _, _ := strings.Cut(rest, "/")
	return Link{Label: in.Texts.text(key), Host: host, Primary: in.Touch && !in.silent()}
}

// firstAnswer is how long a page may wait for the first answer of its backend without telling the visitor.
const firstAnswer = 5 * time.Second

// silent reports whether the backend has not been heard when it should have been, so that nobody confirms anything.
func (in *Input) silent() bool {
	if in.State.Alone || in.State.Final() || in.State.NotFound {
		return false
	}
	return in.Unanswered > 0 || !in.State.Heard() && !in.Began.IsZero() && !in.Now.Before(in.Began.Add(firstAnswer))
}

// next returns when the first of the things that depend on time changes, but for the countdown.
func (in *Input) next() (at time.Time) {
	add := func(t time.Time) {
		if t.After(in.Now) {
			at = sooner(at, t)
		}
	}
	add(in.CopiedUntil)
	if !in.State.Alone && !in.State.Heard() && !in.Began.IsZero() {
		add(in.Began.Add(firstAnswer))
	}
	return at
}

func (in *Input) tone(phase payload.Phase) Tone {
	if in.silent() {
		return Warn
	}
	switch phase {
	case payload.PhaseWaiting:
		return Neutral
	case payload.PhaseVerified:
		return Good
	case payload.PhaseUnverified:
		return Bad
	case payload.PhaseNotFound:
		if in.elsewhere() {
			return Neutral
		}
		return Warn
	case payload.PhaseRejected, payload.PhaseExpired, payload.PhaseCancelled:
		return Warn
	case payload.PhaseSigned:
		if in.State.Alone {
			return Warn
		}
	}
	return Busy
}

// elsewhere reports whether the visitor seems to have come from another browser: wallets lead back to the phone's own,
// wherever the code was scanned from.
func (in *Input) elsewhere() bool { return in.State.NotFound && in.Known && in.Touch && !in.Keyed }

// steps shows how far the request is. The end of the list is the backend's confirmation, so a page without a backend
// has none. Steps are for those who wait: when all is well there is a receipt instead, and a request that will not be
// signed has none. A compact card has no room for them.
func (in *Input) steps(phase payload.Phase) []Step {
	if in.Layout == LayoutCompact {
		return nil
	}
	names := []string{"open", "sign"}
	at := 0
	if in.State.Answer.Summary.Type != SignIn {
		names = append(names, "send")
	}
	if !in.State.Alone {
		names = append(names, "confirm")
	}
	switch phase {
	case payload.PhaseWaiting, payload.PhasePushed:
	case payload.PhaseOpened, payload.PhaseSigning:
		at = 1
	case payload.PhaseSubmitting:
		at = min(2, len(names)-1)
	case payload.PhaseSigned:
		at = len(names) - 1
		if in.State.Alone {
			at++
		}
	default:
		return nil
	}
	all := make([]Step, len(names))
	for i, name := range names {
		all[i] = Step{in.Texts.text("step." + name), Todo}
		if i < at {
			all[i].Progress = Done
		} else if i == at {
			all[i].Progress = Current
		}
	}
	return all
}

// checks are the backend's, with what each says in the visitor's language.
func (in *Input) checks() (all Checks) {
	passed, made := 0, 0
	for _, c := range in.State.Answer.Checks {
		check := Check{
			Label: in.Texts.oneOf("check", c.Name), Outcome: c.Outcome, Word: in.Texts.oneOf("outcome", string(c.Outcome)),
			Detail: c.Detail,
		}
		if in.Texts.has("detail." + c.Code) {
			check.Detail = in.Texts.text("detail." + c.Code)
		}
		all.List = append(all.List, check)
		all.Open = all.Open || c.Outcome == payload.Fail
		if c.Outcome == payload.Pass {
			passed++
		}
		if c.Outcome != payload.Skipped {
			made++
		}
	}
	if len(all.List) > 0 {
		all.Summary = in.Texts.text("checks.summary",
			"passed", in.Formats.Number(fmt.Sprint(passed)), "all", in.Formats.Number(fmt.Sprint(made)))
	}
	return all
}
