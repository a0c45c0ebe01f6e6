package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	uuid = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	link = "https://xumm.app/sign/" + string(uuid)
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// input is a desktop's card of a live request that the site can renew, in this state.
func input(s payload.State) Input {
	s.UUID, s.Answer.UUID = uuid, uuid
	s.Deadline = now.Add(90 * time.Second)
	return Input{State: s, Connection: payload.Live, Now: now, Language: "en", Link: link, Renewable: true}
}

func with(in Input, change func(*Input)) Input {
	change(&in)
	return in
}

func answered(status payload.Status, verdict payload.Verdict) payload.State {
	return payload.State{Answer: payload.Answer{Status: status, Verdict: verdict}}
}

// shape is what a table can say of a model in a line.
type shape struct {
	phase   payload.Phase
	tone    Tone
	title   string
	qr      string // "", shown or dim
	link    string // "", shown or primary
	clock   string
	actions string // a primary one has a star
	steps   string // a digit for each that is done, then > for the current one and . for what is to do
	flags   string // guide, notice, status, urgent
}

func shapeOf(m Model) shape {
	s := shape{phase: m.Phase, tone: m.Tone, title: m.Title, clock: m.Countdown.Time}
	switch {
	case m.QR && m.QRDim:
		s.qr = "dim"
	case m.QR:
		s.qr = "shown"
	}
	switch {
	case m.Link.Label != "" && m.Link.Primary:
		s.link = "primary"
	case m.Link.Label != "":
		s.link = "shown"
	}
	var actions, flags []string
	for _, a := range m.Actions {
		star := ""
		if a.Primary {
			star = "*"
		}
		actions = append(actions, string(a.ID)+star)
	}
	s.actions = strings.Join(actions, " ")
	for i, step := range m.Steps {
		s.steps += map[Progress]string{Done: fmt.Sprint(i + 1), Current: ">", Todo: "."}[step.Progress]
	}
	for flag, set := range map[string]bool{
		"guide": len(m.Guide) > 0, "notice": m.Notice != "", "status": m.Status != "", "urgent": m.Urgent,
	} {
		if set {
			flags = append(flags, flag)
		}
	}
	slices.Sort(flags)
	s.flags = strings.Join(flags, " ")
	return s
}

func TestRender(t *testing.T) {
	touch := func(in *Input) { in.Touch = true }
	code := func(in *Input) { in.ShowQR = true }
	offline := func(in *Input) { in.Connection = payload.Offline }
	alone := func(s payload.State) payload.State { s.Alone = true; return s }
	silent := func(in *Input) { in.Unanswered = 1 }
	opened := payload.State{Opened: true}
	late := payload.State{Opened: true, Expired: true}
	signed := answered(payload.StatusSigned, payload.VerdictChecking)
	trying := func(in *Input) { in.Trying = true }
	failure := func(code payload.Code) Input {
		return Input{Now: now, Connection: payload.Connecting, Language: "en", Failure: code}
	}
	tests := map[string]struct {
		in   Input
		want shape
	}{
		"loading": {Input{Now: now}, shape{payload.PhaseWaiting, Busy, "Preparing your request", "", "", "", "", "", ""}},

		"waiting":          {input(payload.State{}), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel", ">...", "guide"}},
		"waiting on touch": {with(input(payload.State{}), touch), shape{payload.PhaseWaiting, Neutral, "Continue in Xaman", "", "primary", "1:30", "reveal copy cancel", ">...", ""}},
		"waiting on touch, code wanted": {with(with(input(payload.State{}), touch), code),
			shape{payload.PhaseWaiting, Neutral, "Continue in Xaman", "shown", "primary", "1:30", "reveal copy cancel", ">...", ""}},
		"waiting alone": {input(alone(payload.State{})), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy", ">..", "guide notice"}},
		"waiting for a sign-in": {input(payload.State{Answer: payload.Answer{Summary: payload.Summary{Type: "SignIn"}}}),
			shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel", ">..", "guide"}},
		"waiting, not renewable": {with(input(payload.State{}), func(in *Input) { in.Renewable = false }),
			shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel", ">...", "guide"}},
		"waiting, deadline not known": {with(input(payload.State{}), func(in *Input) { in.State.Deadline = time.Time{} }),
			shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "", "copy cancel", ">...", "guide"}},
		"waiting, offline":      {with(input(payload.State{}), offline), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel recheck", ">...", "guide status"}},
		"waiting, polling":      {with(input(payload.State{}), func(in *Input) { in.Connection = payload.Polling }), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel recheck", ">...", "guide status"}},
		"waiting, reconnecting": {with(input(payload.State{}), func(in *Input) { in.Connection = payload.Reconnecting }), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel recheck", ">...", "guide status"}},
		"waiting, connecting":   {with(input(payload.State{}), func(in *Input) { in.Connection = payload.Connecting }), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel", ">...", "guide"}},

		"pushed":              {input(payload.State{Pushed: true}), shape{payload.PhasePushed, Busy, "Check your phone", "", "shown", "1:30", "reveal copy cancel", ">...", ""}},
		"pushed, code wanted": {with(input(payload.State{Pushed: true}), code), shape{payload.PhasePushed, Busy, "Check your phone", "shown", "shown", "1:30", "reveal copy cancel", ">...", ""}},
		"pushed on touch":     {with(input(payload.State{Pushed: true}), touch), shape{payload.PhasePushed, Busy, "Check your phone", "", "primary", "1:30", "reveal copy cancel", ">...", ""}},

		"opened":          {input(opened), shape{payload.PhaseOpened, Busy, "Opened on your phone", "dim", "", "", "", "1>..", ""}},
		"opened on touch": {with(input(opened), touch), shape{payload.PhaseOpened, Busy, "Opened on your phone", "", "", "", "", "1>..", ""}},
		"opened, offline": {with(input(opened), offline), shape{payload.PhaseOpened, Busy, "Opened on your phone", "dim", "", "", "recheck", "1>..", "status"}},
		"signing":         {input(payload.State{PreSigned: true}), shape{payload.PhaseSigning, Busy, "Waiting for your approval", "", "", "", "", "1>..", ""}},
		"submitting":      {input(payload.State{Dispatched: true}), shape{payload.PhaseSubmitting, Busy, "Sending to the XRP Ledger", "", "", "", "", "12>.", ""}},

		"signed, says the socket":    {input(payload.State{Claim: payload.ClaimsSigned}), shape{payload.PhaseSigned, Busy, "Signed", "", "", "", "recheck", "123>", ""}},
		"signed, says the backend":   {input(signed), shape{payload.PhaseSigned, Busy, "Signed", "", "", "", "recheck", "123>", ""}},
		"signed, and nobody to ask":  {input(alone(payload.State{Claim: payload.ClaimsSigned})), shape{payload.PhaseSigned, Warn, "Signed, says Xaman", "", "", "", "", "123", "notice"}},
		"signed and then offline":    {with(input(payload.State{Claim: payload.ClaimsSigned}), offline), shape{payload.PhaseSigned, Busy, "Signed", "", "", "", "recheck", "123>", "status"}},
		"verified":                   {input(answered(payload.StatusSigned, payload.VerdictVerified)), shape{payload.PhaseVerified, Good, "Done", "", "", "", "", "1234", ""}},
		"verified, then offline":     {with(input(answered(payload.StatusSigned, payload.VerdictVerified)), offline), shape{payload.PhaseVerified, Good, "Done", "", "", "", "", "1234", ""}},
		"unverified":                 {input(answered(payload.StatusSigned, payload.VerdictUnverified)), shape{payload.PhaseUnverified, Bad, "We could not confirm this", "", "", "", "", "", "urgent"}},
		"rejected, says the socket":  {input(payload.State{Claim: payload.ClaimsRejected}), shape{payload.PhaseRejected, Warn, "Request declined", "", "", "", "", "", ""}},
		"rejected, says the backend": {input(answered(payload.StatusRejected, payload.VerdictNone)), shape{payload.PhaseRejected, Warn, "Request declined", "", "", "", "renew*", "", ""}},
		"rejected, not renewable": {with(input(answered(payload.StatusRejected, payload.VerdictNone)), func(in *Input) { in.Renewable = false }),
			shape{payload.PhaseRejected, Warn, "Request declined", "", "", "", "", "", ""}},

		"expired, says the socket":  {input(payload.State{Expired: true}), shape{payload.PhaseExpired, Warn, "This code has expired", "", "", "", "renew*", "", "urgent"}},
		"expired, opened before":    {input(late), shape{payload.PhaseExpired, Warn, "Code expired", "", "", "", "renew*", "", "urgent"}},
		"expired, opening was lost": {input(payload.State{PreSigned: true, Expired: true}), shape{payload.PhaseExpired, Warn, "Code expired", "", "", "", "", "", "urgent"}},
		"expired, says the backend": {input(answered(payload.StatusExpired, payload.VerdictNone)), shape{payload.PhaseExpired, Warn, "This code has expired", "", "", "", "renew*", "", "urgent"}},
		"expired, then signed":      {input(payload.State{Opened: true, Expired: true, Claim: payload.ClaimsSigned}), shape{payload.PhaseSigned, Busy, "Signed", "", "", "", "recheck", "123>", ""}},
		"cancelled":                 {input(answered(payload.StatusCancelled, payload.VerdictNone)), shape{payload.PhaseCancelled, Warn, "Request cancelled", "", "", "", "renew*", "", ""}},
		"cancelled, yet signed": {input(payload.State{Claim: payload.ClaimsSigned, Answer: payload.Answer{Status: payload.StatusCancelled}}),
			shape{payload.PhaseSigned, Busy, "Signed", "", "", "", "recheck", "123>", ""}},
		"nothing to be heard, before signing": {with(input(payload.State{}), silent),
			shape{payload.PhaseWaiting, Warn, "Do not sign yet", "shown", "shown", "1:30", "copy cancel recheck", ">...", ""}},
		"nothing to be heard, on touch": {with(with(input(payload.State{}), silent), touch),
			shape{payload.PhaseWaiting, Warn, "Do not sign yet", "", "shown", "1:30", "reveal copy cancel recheck", ">...", ""}},
		"nothing to be heard, opened": {with(input(opened), silent), shape{payload.PhaseOpened, Warn, "Do not sign yet", "dim", "", "", "recheck", "1>..", ""}},
		"nothing to be heard, sent":   {with(input(payload.State{Dispatched: true}), silent), shape{payload.PhaseSubmitting, Warn, "Sending to the XRP Ledger", "", "", "", "recheck", "12>.", ""}},
		"nothing to be heard, signed": {with(input(signed), silent), shape{payload.PhaseSigned, Warn, "Signed", "", "", "", "recheck", "123>", ""}},
		"nothing to be heard at all": {with(with(input(payload.State{}), silent), offline),
			shape{payload.PhaseWaiting, Warn, "Do not sign yet", "shown", "shown", "1:30", "copy cancel recheck", ">...", "status"}},
		"nothing to be heard, verified": {with(input(answered(payload.StatusSigned, payload.VerdictVerified)), silent),
			shape{payload.PhaseVerified, Good, "Done", "", "", "", "", "1234", ""}},
		"nobody to be heard": {with(input(alone(payload.State{})), silent), shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy", ">..", "guide notice"}},
		"not heard yet": {with(input(payload.State{}), func(in *Input) { in.Began = now.Add(-4 * time.Second) }),
			shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel", ">...", "guide"}},
		"not heard for long": {with(input(payload.State{}), func(in *Input) { in.Began = now.Add(-5 * time.Second) }),
			shape{payload.PhaseWaiting, Warn, "Do not sign yet", "shown", "shown", "1:30", "copy cancel recheck", ">...", ""}},
		"heard long ago": {with(input(answered(payload.StatusPending, payload.VerdictNone)), func(in *Input) { in.Began = now.Add(-time.Hour) }),
			shape{payload.PhaseWaiting, Neutral, "Scan with Xaman", "shown", "shown", "1:30", "copy cancel", ">...", "guide"}},
		"no new request": {with(input(late), func(in *Input) { in.Kept = KeptOpen }), shape{payload.PhaseExpired, Warn, "Code expired", "", "", "", "renew*", "", "status urgent"}},

		"no new request of one that was declined": {with(input(answered(payload.StatusRejected, payload.VerdictNone)), func(in *Input) { in.Kept = KeptUnsure }),
			shape{payload.PhaseRejected, Warn, "Request declined", "", "", "", "renew*", "", "status"}},

		"not found, on the phone": {Input{Now: now, State: payload.State{NotFound: true}, Known: true, Touch: true},
			shape{payload.PhaseNotFound, Neutral, "Go back to where you started", "", "", "", "", "", ""}},
		"not found, made on the phone": {Input{Now: now, State: payload.State{NotFound: true}, Touch: true},
			shape{payload.PhaseNotFound, Warn, "Request not found", "", "", "", "", "", ""}},
		"not found, on a desktop": {Input{Now: now, State: payload.State{NotFound: true}, Known: true},
			shape{payload.PhaseNotFound, Warn, "Request not found", "", "", "", "", "", ""}},

		"not found":             {input(payload.State{NotFound: true}), shape{payload.PhaseNotFound, Warn, "Request not found", "", "", "", "renew*", "", ""}},
		"not found, no request": {Input{Now: now, State: payload.State{NotFound: true}}, shape{payload.PhaseNotFound, Warn, "Request not found", "", "", "", "", "", ""}},

		"bad payload":         {failure(payload.BadPayload), shape{payload.PhaseWaiting, Bad, "This request cannot be shown", "", "", "", "", "", "urgent"}},
		"bad uuid":            {failure(payload.BadUUID), shape{payload.PhaseWaiting, Bad, "This request cannot be shown", "", "", "", "", "", "urgent"}},
		"bad answer":          {failure(payload.BadAnswer), shape{payload.PhaseWaiting, Bad, "This request cannot be shown", "", "", "", "", "", "urgent"}},
		"unsafe link":         {failure(payload.UnsafeLink), shape{payload.PhaseWaiting, Bad, "This request is not safe to open", "", "", "", "", "", "urgent"}},
		"insecure socket":     {failure(payload.InsecureSocket), shape{payload.PhaseWaiting, Bad, "This request is not safe to open", "", "", "", "", "", "urgent"}},
		"backend unreachable": {failure(payload.BackendUnreachable), shape{payload.PhaseWaiting, Bad, "The site does not answer", "", "", "", "renew*", "", "urgent"}},
		"defect":              {failure(payload.Internal), shape{payload.PhaseWaiting, Bad, "Something went wrong on this page", "", "", "", "", "", "urgent"}},
		"too many requests":   {failure("too-many-requests"), shape{payload.PhaseWaiting, Bad, "Xaman is busy", "", "", "", "renew*", "", "urgent"}},
		"platform is down": {with(failure("platform-unavailable"), func(in *Input) { in.Renewable = true }),
			shape{payload.PhaseWaiting, Bad, "Xaman is busy", "", "", "", "renew*", "", "urgent"}},
		"platform refuses":                 {failure("platform-refused"), shape{payload.PhaseWaiting, Bad, "This request cannot be shown", "", "", "", "", "", "urgent"}},
		"unknown demo":                     {failure("unknown-demo"), shape{payload.PhaseWaiting, Bad, "This request cannot be shown", "", "", "", "", "", "urgent"}},
		"backend unreachable, tried again": {with(failure(payload.BackendUnreachable), trying), shape{payload.PhaseWaiting, Warn, "The site does not answer", "", "", "", "renew*", "", ""}},
		"bad answer, tried again":          {with(failure(payload.BadAnswer), trying), shape{payload.PhaseWaiting, Warn, "The site does not answer", "", "", "", "renew*", "", ""}},
		"platform refuses, tried again":    {with(failure("platform-refused"), trying), shape{payload.PhaseWaiting, Warn, "Xaman is busy", "", "", "", "renew*", "", ""}},
		"code that nobody knows":           {failure("teapot"), shape{payload.PhaseWaiting, Bad, "Something went wrong on this page", "", "", "", "", "", "urgent"}},
		"backend unreachable, renewable": {with(failure(payload.BackendUnreachable), func(in *Input) { in.Renewable = true }),
			shape{payload.PhaseWaiting, Bad, "The site does not answer", "", "", "", "renew*", "", "urgent"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shapeOf(Render(test.in)); got != test.want {
				t.Errorf("\n got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestCountdown(t *testing.T) {
	day := 24 * time.Hour
	tests := map[string]struct {
		left time.Duration
		want string
	}{
		"none left":              {0, "0:00"},
		"one second":             {time.Second, "0:01"},
		"under a minute":         {59 * time.Second, "0:59"},
		"a minute":               {time.Minute, "1:00"},
		"under an hour":          {time.Hour - time.Second, "59:59"},
		"an hour":                {time.Hour, "1:00:00"},
		"under a day":            {day - time.Second, "23:59:59"},
		"a day":                  {day, "24:00:00"},
		"half a second up":       {59*time.Second + 500*time.Millisecond, "1:00"},
		"half a second short":    {59*time.Second + 499*time.Millisecond, "0:59"},
		"up to a full hour":      {time.Hour - 100*time.Millisecond, "1:00:00"},
		"over":                   {-time.Second, "0:00"},
		"long over":              {-300 * day, "0:00"},
		"clock is a year behind": {365 * day, "8760:00:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(payload.State{})
			in.State.Deadline = now.Add(test.left)
			got := Render(in).Countdown
			if want := (Countdown{"Time left", test.want}); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// A card is another one exactly when it says that it will be, and not before.
func TestNext(t *testing.T) {
	second := func(in Input) Input { in.Now = now.Add(time.Second); return in }
	heard := func(s payload.State) payload.State { s.Answer.Status = payload.StatusPending; return s }
	tests := map[string]struct {
		in   Input
		want time.Duration // from now; 0: never
	}{
		"time left":              {input(heard(payload.State{})), 500*time.Millisecond + 1},
		"time left, a bit later": {second(input(heard(payload.State{}))), 1500*time.Millisecond + 1},
		"time left, pushed":      {input(heard(payload.State{Pushed: true})), 500*time.Millisecond + 1},
		"no time left":           {with(input(heard(payload.State{})), func(in *Input) { in.State.Deadline = now }), 0},
		"time left not known":    {with(input(heard(payload.State{})), func(in *Input) { in.State.Deadline = time.Time{} }), 0},
		"copied":                 {with(input(heard(payload.State{})), func(in *Input) { in.CopiedUntil = now.Add(100 * time.Millisecond) }), 100 * time.Millisecond},
		"copied once":            {with(input(heard(payload.State{})), func(in *Input) { in.CopiedUntil = now.Add(-time.Second) }), 500*time.Millisecond + 1},
		"not heard yet":          {with(input(payload.State{Opened: true}), func(in *Input) { in.Began = now.Add(-time.Second) }), 4 * time.Second},
		"opened":                 {input(heard(payload.State{Opened: true})), 0},
		"verified":               {input(answered(payload.StatusSigned, payload.VerdictVerified)), 0},
		"loading":                {Input{Now: now}, 0},
		"failed":                 {Input{Now: now, Failure: payload.BadPayload}, 0},
	}
	for name, test := range tests {
		got := Render(test.in).Next
		if test.want == 0 {
			if !got.IsZero() {
				t.Errorf("%s: got %v, want never", name, got.Sub(now))
			}
			continue
		}
		if got.Sub(now) != test.want {
			t.Errorf("%s: got %v, want %v", name, got.Sub(now), test.want)
		}
		same, other := test.in, test.in
		same.Now, other.Now = got.Add(-1), got
		shown := func(in Input) string { return strings.Join(Render(in).said(), "|") }
		if shown(same) != shown(test.in) {
			t.Errorf("%s: the card is another one before it says so", name)
		}
		if shown(other) == shown(test.in) {
			t.Errorf("%s: the card is the same when it says that it is another one", name)
		}
	}
}

// Cards that were made at different moments change at the same ones, so that one timer wakes them all at once.
func TestCountdownsStepTogether(t *testing.T) {
	for left := 90 * time.Second; left < 92*time.Second; left += 77 * time.Millisecond {
		in := with(input(answered(payload.StatusPending, payload.VerdictNone)), func(in *Input) {
			in.Epoch = now.Add(-time.Hour - 300*time.Millisecond)
			in.State.Deadline = now.Add(left)
		})
		for range 3 {
			m := Render(in)
			if got := m.Next.Sub(in.Epoch) % time.Second; got != time.Second/2+1 {
				t.Errorf("%v left: the next step is %v into a second, want the same for all", left, got)
			}
			seconds, _ := time.ParseDuration(strings.Replace(m.Countdown.Time, ":", "m", 1) + "s")
			if off := (seconds - in.State.Deadline.Sub(in.Now)).Abs(); off > time.Second {
				t.Errorf("%v left: shown as %s", in.State.Deadline.Sub(in.Now), m.Countdown.Time)
			}
			in.Now = m.Next
		}
	}
}

func TestCopied(t *testing.T) {
	label := func(until time.Time) string {
		m := Render(with(input(payload.State{}), func(in *Input) { in.CopiedUntil = until }))
		return m.Actions[slices.IndexFunc(m.Actions, func(a Action) bool { return a.ID == Copy })].Label
	}
	tests := map[string]struct {
		until time.Time
		want  string
	}{
		"never copied": {time.Time{}, "Copy link"},
		"just copied":  {now.Add(time.Second), "Copied"},
		"copied once":  {now.Add(-time.Second), "Copy link"},
	}
	for name, test := range tests {
		if got := label(test.until); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestFacts(t *testing.T) {
	s := answered(payload.StatusSigned, payload.VerdictChecking)
	s.Answer.Result = payload.Result{Account: "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"}
	s.Answer.Summary = payload.Summary{Site: "Corner Shop", Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: "rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN", Network: "TESTNET"}
	common := []Fact{
		{"Requested by", "Corner Shop"}, {"Amount", "2.5 XRP"}, {"To", "rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN"}, {"Network", "TESTNET"},
	}
	code := Fact{"Request", "9A2C"}
	if got, want := Render(input(s)).Facts, append(slices.Clone(common), code); !slices.Equal(got, want) {
		t.Errorf("not verified yet: got %v, want %v", got, want)
	}
	s.Answer.Verdict = payload.VerdictVerified
	want := append(slices.Clone(common), Fact{"Signed by", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"}, code)
	if got := Render(input(s)).Facts; !slices.Equal(got, want) {
		t.Errorf("verified: got %v, want %v", got, want)
	}
	if got, want := Render(input(payload.State{})).Facts, []Fact{code}; !slices.Equal(got, want) {
		t.Errorf("nothing known: got %v, want %v", got, want)
	}
}

func TestChecks(t *testing.T) {
	s := answered(payload.StatusSigned, payload.VerdictChecking)
	s.Answer.Checks = []payload.Check{
		{Name: "network", Outcome: payload.Pass, Detail: "It was signed for TESTNET."},
		{Name: "moon-phase", Outcome: payload.Pending},
	}
	want := []Check{
		{"Right network", payload.Pass, "passed", "It was signed for TESTNET."},
		{"moon-phase", payload.Pending, "in progress", ""},
	}
	if got := Render(input(s)).Checks; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// said is all that the visitor reads of a model, or hears.
func (m Model) said() []string {
	all := []string{m.Title, m.Line, m.Notice, m.QRLabel, m.Link.Label, m.Countdown.Label, m.Countdown.Time, m.Status, m.Spoken}
	all = append(all, m.Guide...)
	for _, f := range m.Facts {
		all = append(all, f.Label, f.Value)
	}
	for _, s := range m.Steps {
		all = append(all, s.Label)
	}
	for _, c := range m.Checks {
		all = append(all, c.Label, c.Word)
	}
	for _, a := range m.Actions {
		all = append(all, a.Label)
	}
	return all
}

func (m Model) offers(id ActionID) bool {
	return slices.ContainsFunc(m.Actions, func(a Action) bool { return a.ID == id })
}

// everyState yields every combination of facts, also those that cannot come about.
func everyState(yield func(payload.State) bool) {
	statuses := []payload.Status{
		"", payload.StatusPending, payload.StatusOpened, payload.StatusSigned, payload.StatusRejected, payload.StatusExpired, payload.StatusCancelled,
	}
	verdicts := []payload.Verdict{payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified, payload.VerdictUnverified}
	for bits := range 1 << 8 {
		fact := func(i int) bool { return bits>>i&1 == 1 }
		for claim := payload.NoClaim; claim <= payload.ClaimsRejected; claim++ {
			for _, status := range statuses {
				for _, verdict := range verdicts {
					s := payload.State{
						UUID: uuid, Deadline: now.Add(time.Minute), Claim: claim,
						Pushed: fact(0), Alone: fact(1), Opened: fact(2), PreSigned: fact(3), Dispatched: fact(4), Expired: fact(5), Gone: fact(6), NotFound: fact(7),
						Answer: payload.Answer{UUID: uuid, Status: status, Verdict: verdict, Result: payload.Result{Account: "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"}},
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
	for _, connection := range []payload.Connection{payload.Live, payload.Reconnecting, payload.Offline} {
		for bits := range 1 << 4 {
			yield(Input{
				State: s, Connection: connection, Now: now, Link: link,
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
	none := []string{english.rejected.line, english.expired.line, english.cancelled.line, english.unreachable.line, english.busy.line}
	rules := map[string]func(Input, Model) bool{
		"a card has a title, a line, a tone, and says them": func(_ Input, m Model) bool {
			return m.Title != "" && m.Line != "" && m.Tone != "" && strings.Contains(m.Spoken, m.Title)
		},
		"only the backend's verdict makes a card good": func(in Input, m Model) bool {
			verified := in.State.Answer.Status == payload.StatusSigned && in.State.Answer.Verdict == payload.VerdictVerified
			good := m.Tone == Good || m.Phase == payload.PhaseVerified || m.Title == english.verified.title || m.Line == english.verified.line
			return verified == good
		},
		"who signed is named only when it is verified": func(_ Input, m Model) bool {
			named := slices.ContainsFunc(m.Facts, func(f Fact) bool { return f.Label == english.account })
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
			return !slices.Contains(over, m.Phase) || !m.QR && m.Link == Link{} && m.Countdown == Countdown{} && len(m.Guide) == 0 && !m.offers(Copy)
		},
		"there is a way into the wallet as long as nobody opened it": func(_ Input, m Model) bool {
			return m.Phase != payload.PhaseWaiting && m.Phase != payload.PhasePushed || m.Link.Label != "" && m.offers(Copy) && (m.QR || m.offers(Reveal))
		},
		"a code that can be scanned is not dimmed": func(_ Input, m Model) bool {
			return m.QRDim != (m.Phase == payload.PhaseWaiting || m.Phase == payload.PhasePushed)
		},
		"the code is named in words": func(_ Input, m Model) bool {
			return !m.QR || strings.Contains(m.QRLabel, uuid.Short())
		},
		"no new request once this one was signed": func(_ Input, m Model) bool {
			return !m.offers(Renew) || !slices.Contains(signed, m.Phase)
		},
		"no new request where none can be made": func(in Input, m Model) bool {
			return !m.offers(Renew) || in.Renewable
		},
		"a signature that is claimed is never denied": func(in Input, m Model) bool {
			claimed := in.State.Claim == payload.ClaimsSigned && in.State.Answer.Status != payload.StatusRejected
			return !slices.Contains(none, m.Line) || !claimed && in.State.Answer.Status != payload.StatusSigned
		},
		"nobody who may sign is told that it is over": func(in Input, m Model) bool {
			return !slices.Contains(none, m.Line) || !in.State.MaySign()
		},
		"nothing is cancelled without a backend": func(in Input, m Model) bool {
			return !m.offers(Cancel) || !in.State.Alone
		},
		"a page without a backend says so": func(in Input, m Model) bool {
			return (m.Notice == english.alone) == in.State.Alone
		},
		"the connection is of no concern once all is known": func(in Input, m Model) bool {
			return !in.State.Final() || m.Status == "" && !m.offers(Recheck)
		},
		"a lost connection is said as long as something may come": func(in Input, m Model) bool {
			return in.Connection == payload.Live || in.State.Final() || m.Status != ""
		},
		"a backend that is not heard is said as long as something may come": func(in Input, m Model) bool {
			concerns := in.Unanswered > 0 && !in.State.Alone && !in.State.Final() && !in.State.NotFound
			said := m.Line == english.silentBefore.line || m.Line == english.silentAfter
			return said == concerns && (!said || m.Tone == Warn && m.offers(Recheck))
		},
		"the code to name is on the card": func(_ Input, m Model) bool {
			return slices.Contains(m.Facts, Fact{english.code, uuid.Short()})
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
			return !slices.ContainsFunc(m.said(), func(s string) bool { return strings.Contains(strings.ToLower(s), string(uuid)) })
		},
	}
	broken := map[string]bool{}
	for s := range everyState {
		everyInput(s, func(in Input) {
			m := Render(in)
			for rule, holds := range rules {
				if !broken[rule] && !holds(in, m) {
					broken[rule] = true
					t.Errorf("%s:\n   in %+v\nmodel %+v", rule, in, m)
				}
			}
		})
	}
}

// Who comes back to a page after the visit to the wallet may hear "expired" and nothing else, whether the request was
// signed or not. Only the backend knows.
func TestWhatIsNotKnownIsNotDenied(t *testing.T) {
	tests := map[string]struct {
		state payload.State
		want  string
	}{
		"nobody to ask, over when the page came": {payload.State{Alone: true, Gone: true}, english.gone.line},
		"nobody to ask, over while it listened":  {payload.State{Alone: true, Expired: true}, english.gone.line},
		"the backend has not said yet":           {payload.State{Expired: true}, english.gone.line},
		"the backend says so":                    {answered(payload.StatusExpired, payload.VerdictNone), english.expired.line},
	}
	for name, test := range tests {
		if got := Render(input(test.state)).Line; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// A card that says that another attempt is of no use offers none.
func TestNoUselessAttempt(t *testing.T) {
	for _, code := range []payload.Code{payload.BadPayload, payload.BadUUID, payload.BadAnswer, payload.UnsafeLink, payload.InsecureSocket} {
		m := Render(Input{Now: now, Failure: code, Renewable: true})
		if m.offers(Renew) {
			t.Errorf("%s: got %q with a button to do just that", code, m.Line)
		}
	}
}

// A page that cannot make a new request does not promise one.
func TestNoEmptyPromise(t *testing.T) {
	in := with(input(payload.State{}), func(in *Input) { in.Renewable = false })
	if m := Render(in); strings.Contains(m.Line, "new code") {
		t.Errorf("got %q where nobody can make one", m.Line)
	}
}

func TestFailuresAreSaid(t *testing.T) {
	codes := []payload.Code{
		payload.BadUUID, payload.BadPayload, payload.UnsafeLink, payload.InsecureSocket, payload.FrameTooBig,
		payload.BackendUnreachable, payload.BadAnswer, payload.Internal, "platform-unavailable",
	}
	for language := range maps.Keys(languages) {
		for _, code := range codes {
			m := Render(Input{Now: now, Language: language, Failure: code})
			if m.Title == "" || m.Line == "" || m.Tone != Bad || !m.Urgent || m.QR || m.Link.Label != "" {
				t.Errorf("%s, %s: got %+v", language, code, m)
			}
		}
	}
}
