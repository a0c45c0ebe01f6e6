package view

import (
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// SignIn is the type of a request that only proves who the visitor is.
const SignIn = "SignIn"

// Render decides what the card shows.
func Render(in Input) Model {
	t := textsFor(in.Language)
	if in.Failure != "" {
		return failed(in, t)
	}
	if in.Link == "" && !in.State.NotFound {
		return Model{Phase: payload.PhaseWaiting, Connection: in.Connection, Tone: Busy, Stage: StageLoading,
			Title: t.loading.title, Line: t.loading.line}
	}
	phase := in.State.Phase()
	p := t.phrase(in, phase)
	silent := in.silent()
	if silent {
		p = t.silent(p, phase)
	}
	m := Model{
		Phase:      phase,
		Connection: in.Connection,
		Tone:       tone(in, phase),
		Stage:      stage(in, phase),
		Title:      p.title,
		Line:       p.line,
		Facts:      facts(in, t),
		Steps:      steps(in, t, phase),
		Checks:     Checks{List: checks(in.State.Answer.Checks, t)},
		Actions:    actions(in, t, phase),
		Status:     t.connection(in, phase),
	}
	if in.State.Alone {
		m.Notice = t.alone
	}
	if why := t.kept[in.Kept]; why != "" {
		m.Status = why
	}
	m.Next = next(in, scannable(phase))
	if url := in.State.Answer.Result.Explorer; url != "" && phase == payload.PhaseVerified {
		m.Receipt.Proof = Anchor{t.explorer, url}
	}
	m.Code = Code{Dim: !scannable(phase), Label: fmt.Sprintf(t.qrLabel, in.State.UUID.Short())}
	if scannable(phase) {
		m.Link = Link{Label: t.open, Primary: in.Touch && !silent}
		if !in.Touch {
			m.Link.Label = t.openHere
		}
		m.Countdown = countdown(in, t)
		if in.ShowLink {
			m.Field = Field{t.copyLink, in.Link}
		}
	}
	if phase == payload.PhaseWaiting && !in.Touch && !silent {
		m.Guide = t.guide[:]
	}
	return m
}

// stage decides what the middle of the card shows.
func stage(in Input, phase payload.Phase) Stage {
	switch {
	case scannable(phase) && (in.ShowQR || !in.Touch && phase == payload.PhaseWaiting):
		return StageCode
	case scannable(phase):
		return StageLink
	case phase == payload.PhaseOpened && !in.Touch:
		return StageCode
	case phase == payload.PhaseVerified:
		return StageReceipt
	case in.State.Final() || in.State.NotFound:
		return StageResult
	}
	return StageProgress
}

// failed is the card of a request that cannot be shown, at all or yet.
func failed(in Input, t *texts) Model {
	p, retry := t.failure(in.Failure)
	tone := Bad
	if in.Trying {
		p, retry, tone = t.trying(in), true, Warn
	}
	m := Model{
		Phase: in.State.Phase(), Connection: in.Connection, Tone: tone,
		Stage: StageResult, Title: p.title, Line: p.line,
	}
	if retry {
		m.Actions = []Action{{ID: Renew, Label: t.retry, Primary: true}}
	}
	return m
}

// scannable reports whether there is a code to be scanned.
func scannable(phase payload.Phase) bool {
	return phase == payload.PhaseWaiting || phase == payload.PhasePushed
}

// firstAnswer is how long a page may wait for the first answer of its backend without telling the visitor.
const firstAnswer = 5 * time.Second

// silent reports whether the backend has not been heard when it should have been, so that nobody confirms anything.
func (in Input) silent() bool {
	if in.State.Alone || in.State.Final() || in.State.NotFound {
		return false
	}
	return in.Unanswered > 0 || !in.State.Heard() && !in.Began.IsZero() && !in.Now.Before(in.Began.Add(firstAnswer))
}

// next returns when the first of the things that depend on time changes.
func next(in Input, code bool) (at time.Time) {
	add := func(t time.Time) {
		if t.After(in.Now) && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	if code {
		_, changes := in.left()
		add(changes)
		add(in.CopiedUntil)
	}
	if !in.State.Alone && !in.State.Heard() && !in.Began.IsZero() {
		add(in.Began.Add(firstAnswer))
	}
	return at
}

func tone(in Input, phase payload.Phase) Tone {
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
func (in Input) elsewhere() bool { return in.State.NotFound && in.Known && in.Touch }

// left is the time to open the request, rounded to seconds, and when it is another one.
func (in Input) left() (left time.Duration, changes time.Time) {
	deadline := in.State.Deadline
	if deadline.IsZero() {
		return 0, time.Time{}
	}
	if !in.Epoch.IsZero() {
		deadline = in.Epoch.Add(deadline.Sub(in.Epoch).Round(time.Second))
	}
	left = max(0, deadline.Sub(in.Now).Round(time.Second))
	if left > 0 {
		changes = deadline.Add(time.Second/2 - left + 1) // a half is rounded up
	}
	return left, changes
}

func countdown(in Input, t *texts) Countdown {
	if in.State.Deadline.IsZero() {
		return Countdown{}
	}
	left, _ := in.left()
	h, m, s := int(left.Hours()), int(left.Minutes())%60, int(left.Seconds())%60
	if h > 0 {
		return Countdown{t.timeLeft, fmt.Sprintf("%d:%02d:%02d", h, m, s), left}
	}
	return Countdown{t.timeLeft, fmt.Sprintf("%d:%02d", m, s), left}
}

// facts lists what is being signed, so that the visitor can match this page with the phone, and who signed it once that
// is verified: before, it is only what somebody said.
func facts(in Input, t *texts) []Fact {
	var all []Fact
	add := func(label, value string) {
		if value != "" {
			all = append(all, Fact{Label: label, Value: value})
		}
	}
	asked, got := in.State.Answer.Summary, in.State.Answer.Result
	add(t.site, asked.Site)
	if asked.Amount != "" {
		add(t.amount, asked.Amount+" "+asked.Currency)
	}
	add(t.to, asked.Destination)
	add(t.network, asked.Network)
	if in.State.Phase() == payload.PhaseVerified {
		add(t.account, got.Account)
	}
	add(t.code, in.State.UUID.Short())
	return all
}

// steps shows how far the request is. The end of the list is the backend's confirmation, so a page without a backend
// has none. A request that will not be signed has no steps to show.
func steps(in Input, t *texts, phase payload.Phase) []Step {
	labels := []string{t.stepOpen, t.stepSign}
	at := 0
	if in.State.Answer.Summary.Type != SignIn {
		labels = append(labels, t.stepSubmit)
	}
	if !in.State.Alone {
		labels = append(labels, t.stepConfirm)
	}
	switch phase {
	case payload.PhaseWaiting, payload.PhasePushed:
	case payload.PhaseOpened, payload.PhaseSigning:
		at = 1
	case payload.PhaseSubmitting:
		at = min(2, len(labels)-1)
	case payload.PhaseSigned:
		at = len(labels) - 1
		if in.State.Alone {
			at++
		}
	case payload.PhaseVerified:
		at = len(labels)
	default:
		return nil
	}
	all := make([]Step, len(labels))
	for i, label := range labels {
		all[i] = Step{label, Todo}
		if i < at {
			all[i].Progress = Done
		} else if i == at {
			all[i].Progress = Current
		}
	}
	return all
}

func checks(from []payload.Check, t *texts) []Check {
	all := make([]Check, len(from))
	for i, c := range from {
		all[i] = Check{Label: t.check(c.Name), Outcome: c.Outcome, Word: t.outcomes[c.Outcome], Detail: c.Detail}
	}
	return all
}

// unheard reports whether news does not come by itself at the moment.
func unheard(c payload.Connection) bool {
	return c == payload.Reconnecting || c == payload.Polling || c == payload.Offline
}

// reveal stays in its place when the code is shown, so that a second tap does not hit another button.
func reveal(in Input, t *texts, phase payload.Phase) Action {
	switch {
	case in.ShowQR:
		return Action{ID: Reveal, Label: t.conceal, Pressed: Shown}
	case phase == payload.PhasePushed:
		return Action{ID: Reveal, Label: t.noPush, Pressed: Hidden}
	}
	return Action{ID: Reveal, Label: t.reveal, Pressed: Hidden}
}

func actions(in Input, t *texts, phase payload.Phase) []Action {
	var all []Action
	add := func(id ActionID, label string, primary bool) {
		all = append(all, Action{ID: id, Label: label, Primary: primary})
	}
	renew := func(label string) {
		if in.Renewable {
			add(Renew, label, true)
		}
	}
	switch phase {
	case payload.PhaseWaiting, payload.PhasePushed:
		if in.Touch || phase == payload.PhasePushed {
			all = append(all, reveal(in, t, phase))
		}
		if in.Now.Before(in.CopiedUntil) {
			add(Copy, t.copied, false)
		} else {
			add(Copy, t.copyLink, false)
		}
		if !in.State.Alone {
			add(Cancel, t.cancel, false)
		}
	case payload.PhaseRejected:
		if in.State.Final() { // until then, it is only said to be declined
			renew(t.again)
		}
	case payload.PhaseUnverified:
		if in.State.Answer.Summary.Type == SignIn { // nothing can be paid twice
			renew(t.again)
		}
	case payload.PhaseCancelled:
		renew(t.again)
	case payload.PhaseExpired:
		if !in.State.PreSigned && !in.State.Dispatched { // else it may well be signed
			renew(t.newCode)
		}
	case payload.PhaseNotFound:
		renew(t.again)
	}
	if !in.State.Final() && (unheard(in.Connection) || in.silent() || phase == payload.PhaseSigned && !in.State.Alone) {
		add(Recheck, t.recheck, false)
	}
	return all
}
