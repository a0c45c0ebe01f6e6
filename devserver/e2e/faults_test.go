//go:build e2e

package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// soon is how long after the last act of the phone a card shows what came of it, whatever the platform does, unless a
// journey says why it takes longer.
const soon = 6 * time.Second

// faultJourney is what a visitor and a phone go through while the platform errs.
type faultJourney struct {
	fault   string
	when    string         // tells the journeys of one fault apart
	demo    string         // pay where the fault is about sending to the ledger, or takes its time there
	with    string         // another fault, which helps this one
	begin   func(*journey) // nil: withFaults
	acts    func(*journey)
	want    payload.Phase        // "": verified
	within  time.Duration        // 0: soon, or ledgerTime for pay
	seen    []payload.Connection // on the way
	codes   []string             // that the element may report
	excuses []string             // for what the browser complains of
}

var faultJourneys = []faultJourney{
	{fault: "drop-after-welcome", acts: missed, seen: lost},
	{fault: "drop-after-expires-in-seconds", acts: missed, seen: lost},
	{fault: "drop-after-opened", acts: openedThenMissed, seen: lost},
	{fault: "drop-after-pre-signed", acts: signed, seen: lost},
	{fault: "drop-after-dispatched", demo: "pay", acts: signed, seen: lost},
	{fault: "drop-after-resolved", acts: signed, seen: lost},
	{fault: "drop-after-resolved", when: "declined", acts: declined, want: payload.PhaseRejected},
	{fault: "drop-after-expired", with: "expire-soon", acts: live, want: payload.PhaseExpired},
	{
		fault: "drop-after-expired", when: "signed late", with: "expire-soon", begin: openedBefore, acts: signedLate,
		seen: lost,
	},
	{fault: "close-with-code", acts: openedThenMissed, seen: lost},
	{fault: "close-without-code", acts: openedThenMissed, seen: lost},
	{fault: "two-frames-then-close", acts: missed, seen: lost},
	{fault: "refused", acts: unheard, seen: polled, excuses: refused},
	{
		fault: "refused", when: "declined", acts: unheardDeclined, want: payload.PhaseRejected, seen: polled,
		excuses: refused,
	},
	{fault: "hanging-handshake", acts: unheard, seen: polled, excuses: refused},
	{
		// A browser makes one connection to a host at a time: an attempt that hangs keeps all others waiting.
		fault: "hanging-handshake", when: "healed", acts: healed, seen: polled, excuses: refused,
	},
	{fault: "silent", acts: cameBack},
	{
		// Without that the page can only wonder why the keep-alive, due every 15 seconds, does not come.
		fault: "silent", when: "nothing tells the page", acts: signedInSilence, within: 25 * time.Second,
	},
	{fault: "silent-after-opened", acts: cameBack},
	{fault: "no-opened", acts: signed},
	{fault: "no-pre-signed", acts: signed},
	{fault: "no-dispatched", demo: "pay", acts: signed},
	{
		// While a phone has the request, the backend is asked every 15 seconds in case that this happens.
		fault: "no-resolved", acts: signedInSilence, within: 20 * time.Second,
	},
	{fault: "late-stages", demo: "pay", acts: signed},
	{fault: "reordered-frames", demo: "pay", acts: signed},
	{fault: "delayed-frames", acts: signed},
	{fault: "duplicate-frames", demo: "pay", acts: signed},
	{fault: "duplicate-frames", when: "declined", acts: declined, want: payload.PhaseRejected},
	{fault: "split-frames", acts: signed},
	{fault: "large-frame", acts: missed, seen: lost, codes: tooBig},
	{fault: "huge-frame", acts: missed, seen: lost, codes: tooBig},
	{fault: "unknown-keys", demo: "pay", acts: signed},
	{fault: "not-json", acts: signed},
	{fault: "misprinted-expired", with: "expire-soon", acts: live, want: payload.PhaseExpired},
	{fault: "misprinted-expired", when: "signed late", with: "expire-soon", begin: openedBefore, acts: signedLate},
	{fault: "resolved-without-txid", demo: "pay", acts: signed},
	{fault: "forge-signed", acts: signed},
	{fault: "forge-signed", when: "declined", acts: forgedThenDeclined, want: payload.PhaseRejected},
	{fault: "forge-rejected", acts: signed},
	{fault: "forge-other-payload", acts: signed},
	{
		// The page takes the backend's word for it when it has heard it four times.
		fault: "silent-unknown", begin: unknown, acts: nothing, want: payload.PhaseNotFound, within: 5*time.Second + soon,
		excuses: []string{"404"},
	},
	{
		// The backend takes the platform's word for it only when ten seconds have passed since it made the request, and
		// the page when it has heard it a few times.
		fault: "not-found", acts: nothing, want: payload.PhaseNotFound, within: 20 * time.Second, excuses: []string{"404"},
	},
	{fault: "not-found", when: "for a while", acts: hidden, seen: lost},
	{fault: "early-404", acts: unheard, seen: lost},
	{
		// Two answers, of which the first was on its way already, and perhaps the one that brings the verdict.
		fault: "rest-slow", acts: signed, within: 18 * time.Second,
	},
	{fault: "rest-429", acts: signedThenHealed, codes: unavailable, excuses: unavailableExcuses},
	{fault: "rest-500", acts: signedThenHealed, codes: unavailable, excuses: unavailableExcuses},
	{
		// A call that was begun before goes on until the backend gives it up, after ten seconds.
		fault: "rest-timeout", acts: signedThenHealed, within: 18 * time.Second, codes: unavailable,
		excuses: unavailableExcuses,
	},
	{fault: "rest-odd-types", demo: "pay", acts: signed},
	{fault: "rest-odd-template", demo: "pay", acts: signed},
	{fault: "rest-unknown-keys", demo: "pay", acts: signed},
	{fault: "rest-sparse", demo: "pay", acts: signed},
	{
		fault: "repeated-uuid", begin: afterRepeated, acts: signed,
		excuses: append([]string{"502 (Bad Gateway)"}, unavailableExcuses...),
	},
	{fault: "expire-soon", acts: live, want: payload.PhaseExpired},
	{fault: "expire-soon", when: "signed late", begin: openedBefore, acts: signedLate},
	{fault: "database-lag", acts: signed, within: 5*time.Second + soon},
	{fault: "database-lag", when: "declined", acts: declined, want: payload.PhaseRejected, within: 5*time.Second + soon},
	{fault: "cancel-races", acts: cancelledThenSigned, want: payload.PhaseCancelled},
	{
		fault: "platform-restarted", begin: beforeFaults, acts: missed, seen: lost, codes: unavailable,
		excuses: append([]string{"WebSocket connection to"}, unavailableExcuses...),
	},
	{fault: "webhook-lost", acts: signed},
	{fault: "webhook-twice", acts: signed},
	{fault: "webhook-bad-signature", acts: signed},
	{fault: "webhook-late", acts: signed},
}

// A payment is in a validated ledger after three seconds at the latest, and looked for every one or two.
const ledgerTime = 4*time.Second + soon

var (
	lost               = []payload.Connection{payload.Live, payload.Reconnecting}
	polled             = []payload.Connection{payload.Polling}
	refused            = []string{"WebSocket connection to"}
	tooBig             = []string{string(payload.FrameTooBig)}
	unavailable        = []string{"platform-unavailable", "platform-refused"}
	unavailableExcuses = []string{"502 (Bad Gateway)", "503 (Service Unavailable)"}
)

// journey is a faultJourney under way.
type journey struct {
	*tab
	faultJourney
	uuid payload.UUID
}

func (j *journey) names() []string {
	return slices.DeleteFunc([]string{j.fault, j.with}, func(name string) bool { return name == "" })
}

// awaitProgram waits until the program runs. What a socket says that was dialed before is another matter.
func (j *journey) awaitProgram() {
	j.t.Helper()
	j.eval(`{
		window.first = document.createElement('xaman-sign-request');
		first.setAttribute('preview', 'verified');
		document.body.append(first);
	}`, nil)
	j.await(`first.shadowRoot.querySelector('[part=card] [part=title]')?.textContent`)
	j.eval(`first.remove()`, nil)
}

// withFaults shows a request of which the platform errs from the beginning.
func withFaults(j *journey) {
	j.faults("next", j.names()...)
	j.uuid = j.create(cmp.Or(j.demo, "sign-in"))
	j.show()
}

// beforeFaults shows a request of which the platform errs only later.
func beforeFaults(j *journey) {
	j.uuid = j.create(cmp.Or(j.demo, "sign-in"))
	j.show()
	j.awaitLive()
	j.faults(j.uuid, j.names()...)
}

// openedBefore shows a request that the phone has opened, so that it is in time however slow the page is.
func openedBefore(j *journey) {
	j.uuid = j.create(cmp.Or(j.demo, "sign-in"))
	j.phone(j.t, j.uuid, "open")
	j.faults(j.uuid, j.names()...)
	j.show()
}

// afterRepeated shows a request whose uuid the platform gave to another one, too, which the backend did not take.
func afterRepeated(j *journey) {
	j.uuid = j.create("sign-in")
	j.faults("next", j.names()...)
	status := get[int](j.tab, `fetch('/api/sign-requests', {
		method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"demo":"pay"}',
	}).then((r) => r.status)`)
	if status < 500 {
		j.t.Errorf("a repeated uuid was answered with %d, want it refused", status)
	}
	j.show()
}

// unknown shows a request that nobody made.
func unknown(j *journey) {
	made := j.create("sign-in")
	j.uuid = made[:24] + "000000000000"
	j.faults(j.uuid, j.names()...)
	j.eval(fmt.Sprintf(`window.created = JSON.parse(JSON.stringify(created).replaceAll(%q, %q))`, made, j.uuid), nil)
	j.show()
}

// sees waits until the card has been through a state of its connection.
func (j *journey) sees(c payload.Connection) {
	j.t.Helper()
	j.await(fmt.Sprintf(`events.some((e) => e.connection === %q)`, c))
}

// TestEndToEndFaults takes a visitor and a phone through every fault that the sandbox knows.
func TestEndToEndFaults(t *testing.T) {
	t.Parallel() // it waits for most of its time
	for name := range listed(t, start(t, nil).sandbox+"/faults", "faults") {
		if !slices.ContainsFunc(faultJourneys, func(j faultJourney) bool { return j.fault == name }) {
			t.Errorf("no journey leads through the fault %s", name)
		}
	}
	for _, tt := range faultJourneys {
		name := tt.fault
		if tt.when != "" {
			name += ", " + tt.when
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, nil, "-site", "../../site")
			j := &journey{tab: newVisitor(t, d), faultJourney: tt}
			j.before(recordSockets)
			j.open("/")
			j.awaitProgram()
			if j.begin == nil {
				j.begin = withFaults
			}
			j.want = cmp.Or(j.want, payload.PhaseVerified)
			j.begin(j)
			j.acts(j)
			j.wantEnd()
			j.wantNothingLeft()
			j.wantNoProblems(j.excuses...)
		})
	}
}

// wantEnd waits for the outcome, and checks that it came in time, once, and by a way that was allowed.
func (j *journey) wantEnd() {
	j.t.Helper()
	within := cmp.Or(j.within, soon)
	if j.within == 0 && j.demo == "pay" {
		within = ledgerTime
	}
	began := time.Now()
	j.awaitUnseen(`events.some((e) => e.name === 'xaman-settled')`, within+maxWait)
	took := time.Since(began)
	j.t.Logf("settled after %v", took.Round(10*time.Millisecond))
	if took > within {
		j.t.Errorf("the outcome took %v, want it within %v", took, within)
	}
	j.await(`card.dataset.connection === 'closed'`)
	j.wantOnce(j.want)
	if got := j.phases(); got[len(got)-1] != j.want {
		j.t.Errorf("went through %q, want %q at the end", got, j.want)
	} else if j.want != payload.PhaseVerified && slices.Contains(got, payload.PhaseVerified) {
		j.t.Errorf("went through %q, and nobody had signed", got)
	}
	connections := get[[]payload.Connection](j.tab, `events.map((e) => e.connection)`)
	for _, c := range j.seen {
		if !slices.Contains(connections, c) {
			j.t.Errorf("the connection was never %s: %q", c, slices.Compact(connections))
		}
	}
	for _, code := range j.errorCodes() {
		if !slices.Contains(j.codes, code) {
			j.t.Errorf("the element reported %s", code)
		}
	}
}

// wantNothingLeft closes another card in the middle of the same fault: its sockets close as well, and nothing more is
// heard of it, whatever happens.
func (j *journey) wantNothingLeft() {
	j.t.Helper()
	j.eval(`window.had = sockets.length`, nil)
	j.begin(j)
	j.await(`sockets.length > had`)
	j.eval(`
		window.late = [];
		for (const type of ['xaman-change', 'xaman-settled', 'xaman-error'])
			card.addEventListener(type, () => late.push(type));
		card.remove();
	`, nil)
	j.await(`sockets.every((socket) => socket.readyState === WebSocket.CLOSED)`)
	// Longer than the pause before the first attempt to connect again.
	late := get[[]string](j.tab, `
		window.had = sockets.length;
		dispatchEvent(new Event('online'));
		new Promise((resolve) => setTimeout(resolve, 700)).then(() => [...late, ...sockets.slice(had).map(() => 'socket')]);
	`)
	if len(late) > 0 {
		j.t.Errorf("after it was removed, the card brought %q", late)
	}
}
