package view

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// moment is a change of a card, and what the transcript calls it.
type moment struct {
	name   string
	change func(*Input)
}

func at(left time.Duration) moment {
	return moment{fmt.Sprint(left, " left"), func(in *Input) { in.Now = in.State.Deadline.Add(-left) }}
}

func on(c payload.Connection) moment {
	return moment{string(c), func(in *Input) { in.Connection = c }}
}

// begun is a request that has come, for a payment.
func begun(in *Input) {
	in.Link, in.Connection = link, payload.Live
	in.State = payload.State{UUID: uuid, Deadline: in.Now.Add(299 * time.Second), Answer: payload.Answer{
		UUID: uuid, Status: payload.StatusPending,
		Summary: payload.Summary{Site: "Corner Shop", Type: "Payment", Amount: "2.5", Currency: "XRP", Network: "TESTNET"},
	}}
}

func answers(status payload.Status, verdict payload.Verdict) func(*Input) {
	return func(in *Input) { in.State.Answer.Status, in.State.Answer.Verdict = status, verdict }
}

var (
	request = moment{"the request is there", begun}
	opened  = moment{"opened", func(in *Input) { in.State.Opened = true }}
	expired = moment{"expired", func(in *Input) { in.State.Expired = true }}
	signing = moment{"signing", func(in *Input) { in.State.PreSigned = true }}
	signed  = moment{"signed", func(in *Input) { in.State.Announced = payload.AnnouncedSigned }}
)

var journeys = []struct {
	name    string
	moments []moment
}{
	{"A payment", []moment{
		request, at(200 * time.Second), opened, signing,
		{"sent", func(in *Input) { in.State.Dispatched = true }},
		signed,
		{"the site is checking", answers(payload.StatusSigned, payload.VerdictChecking)},
		{"verified", func(in *Input) {
			answers(payload.StatusSigned, payload.VerdictVerified)(in)
			in.State.Answer.Result = payload.Result{Amount: "2.5", Currency: "XRP", Account: account}
		}},
	}},
	{"Time runs out, and there is a new request", []moment{
		request, at(61 * time.Second), at(60 * time.Second), at(59 * time.Second), at(31 * time.Second),
		at(30 * time.Second), at(10 * time.Second), at(9 * time.Second), at(0), expired,
		{"the site says so too", answers(payload.StatusExpired, payload.VerdictNone)},
		{"a new one is asked for", func(in *Input) { *in = Input{Now: in.Now, Renewable: true} }},
		request,
	}},
	{"The page is looked at again after a while", []moment{request, at(200 * time.Second), at(25 * time.Second)}},
	{"The time is known later", []moment{
		{"the request is there", func(in *Input) { begun(in); in.State.Deadline = time.Time{} }},
		{"the time is known", func(in *Input) { in.State.Deadline = in.Now.Add(5 * time.Minute) }},
	}},
	{"The connection is lost", []moment{
		request, on(payload.Reconnecting), on(payload.Offline), on(payload.Polling), on(payload.Live),
		on(payload.Reconnecting),
		{"opened meanwhile", func(in *Input) { in.State.Opened, in.Connection = true, payload.Live }},
	}},
	{"It expires while the phone has it", []moment{request, opened, expired, signing, signed}},
	{"The link is copied, and again later", []moment{
		request,
		{"copied", func(in *Input) { in.Copied, in.CopiedUntil = Copy, in.Now.Add(2*time.Second) }},
		{"a second later", func(in *Input) { in.Now = in.Now.Add(time.Second) }},
		{"two seconds later", func(in *Input) { in.Now = in.Now.Add(2 * time.Second) }},
		{"copied", func(in *Input) { in.Copied, in.CopiedUntil = Copy, in.Now.Add(2*time.Second) }},
	}},
	{"The code leaves the window", []moment{
		request,
		{"a part of it is outside", func(in *Input) { in.Clipped = true }},
		{"all of it is inside", func(in *Input) { in.Clipped = false }},
		{"a part of it is outside", func(in *Input) { in.Clipped = true }},
		opened,
	}},
	{"It cannot be cancelled", []moment{
		request, opened,
		{"cancelled in vain", func(in *Input) { in.Kept = KeptOpen }},
		{"declined", func(in *Input) { in.State.Announced, in.Kept = payload.AnnouncedRejected, "" }},
		{"the site says so too", answers(payload.StatusRejected, payload.VerdictNone)},
	}},
	{"A different amount is signed", []moment{
		request, opened, signed,
		{"refused", func(in *Input) {
			answers(payload.StatusSigned, payload.VerdictUnverified)(in)
			in.State.Answer.Checks = []payload.Check{
				{Name: api.CheckRequest, Outcome: payload.Fail, Code: string(api.OtherAmount)}}
		}},
	}},
	{"The request gives away the account", []moment{
		request,
		{"what it is comes to be known", func(in *Input) { in.State.Answer.Summary.Type = "SetRegularKey" }},
	}},
	{"The site cannot be reached", []moment{
		{"the site does not answer", func(in *Input) {
			in.Failure, in.Trying = payload.BackendUnreachable, true
		}},
		{"nor the second time", func(*Input) {}},
		{"it answers", func(in *Input) { in.Failure, in.Trying = "", false; begun(in) }},
		{"and does not any more", func(in *Input) { in.Unanswered = 1 }},
		{"and does again", func(in *Input) { in.Unanswered = 0 }},
	}},
	{"The request cannot be shown", []moment{
		{"it is not one", func(in *Input) { in.Failure = payload.BadPayload }},
	}},
	{"Another language", []moment{
		request,
		{"the language changes", func(in *Input) {
			in.Texts = Texts{"language": "xx", "waiting.title": "Xx", "opened.title": "Yy", "label.time-left": "Zz"}
		}},
		opened,
	}},
	{"A dialog", []moment{
		{"it is closed", func(in *Input) { in.Layout = LayoutButton }},
		{"it is opened", func(in *Input) { in.Open = true }},
		request,
		{"it is closed again", func(in *Input) { in.Open = false }},
	}},
}

// The golden file is what a screen reader says of whole journeys.
func TestTranscripts(t *testing.T) {
	var b strings.Builder
	for _, journey := range journeys {
		fmt.Fprintf(&b, "== %s ==\n", journey.name)
		in := Input{Now: now, Connection: payload.Connecting, Renewable: true}
		shown := Model{}
		for _, m := range append([]moment{{"begin", func(*Input) {}}}, journey.moments...) {
			m.change(&in)
			next := rendered(in)
			says := Announce(&shown, &next)
			fmt.Fprintf(&b, "%s:", m.name)
			if says.Polite != "" {
				fmt.Fprintf(&b, " %s", says.Polite)
			}
			if says.Alert != "" {
				fmt.Fprintf(&b, " ! %s", says.Alert)
			}
			fmt.Fprintln(&b)
			if again := Announce(&next, Render(&in)); again != (Speech{}) {
				t.Errorf("%s: %s: nothing changes, and it says %q", journey.name, m.name, again)
			}
			shown = next
		}
		fmt.Fprintln(&b)
	}
	const golden = "testdata/transcripts.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s differs; run with -update and review\n%s", golden, b.String())
	}
}
