//go:build e2e

package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	stormRuns  = flag.Int("storm.runs", 1, "storms, one after the other, each with the next seed")
	stormFor   = flag.Duration("storm.for", 20*time.Second, "how long a storm lasts, less than requests live")
	stormSeed  = flag.Uint64("storm.seed", 1, "what decides the storm's choices")
	stormPages = flag.Int("storm.pages", 3, "pages, each with three cards")
	stormRate  = flag.Float64("storm.rate", 0.3, "part of the calls, handshakes, frames and closes that come to harm")
)

// settles is how soon after a storm every card tells the truth.
const settles = 10 * time.Second

// voyage is a page with a card of each kind, in a storm.
type voyage struct {
	*tab
	path  string
	away  string // the way in which it is away, or ""
	until time.Time
}

// sight is what a card shows.
type sight struct {
	Phase      payload.Phase
	Connection payload.Connection
	UUID       payload.UUID
	Title      string
}

// inTheStorm is the whole: pages, what they talk to, and what the phone does.
type inTheStorm struct {
	*storm
	t       *testing.T
	phone   devserver // at the platform's own address, where there is no storm
	pages   []*voyage
	decided map[payload.UUID]payload.Phase // what the phone made of a request
}

// markup is the page of a voyage: with a create response, with the uuid of another request, and with an offer.
func markup(created json.RawMessage, uuid payload.UUID, platform string) string {
	return fmt.Sprintf(`<!doctype html><title>storm</title><script type="module" src="/xaman-sign-request.js"></script>
		<xaman-sign-request id="payload" backend="/api" platform="%s" payload="%s"></xaman-sign-request>
		<xaman-sign-request id="uuid" backend="/api" uuid="%s"></xaman-sign-request>
		<xaman-sign-request id="demo" backend="/api" demo="pay"></xaman-sign-request>`,
		platform, html.EscapeString(string(created)), uuid)
}

// look returns what the cards of a page show.
func (v *voyage) look() (cards map[string]sight) {
	v.t.Helper()
	v.eval(`Object.fromEntries([...document.querySelectorAll('xaman-sign-request')].map((it) => [it.id, {
		...it.dataset,
		uuid: it.shadowRoot.querySelector('[part=card] [part=link]')?.getAttribute('href')?.split('/').pop() ?? '',
		title: it.shadowRoot.querySelector('[part=card] [part=title]')?.textContent ?? '',
	}]))`, &cards)
	return cards
}

func (v *voyage) leave(way string, for_ time.Duration) {
	v.t.Helper()
	v.away, v.until = way, time.Now().Add(for_)
	if way == "frozen" {
		v.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateFrozen))
	} else {
		v.open("/gallery.html")
	}
}

// comeBack shows the page again, as the browser kept it if it did.
func (v *voyage) comeBack() {
	v.t.Helper()
	if v.away == "frozen" {
		v.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateActive))
	} else {
		v.eval(`setTimeout(() => history.back()), 0`, nil)
	}
	v.awaitUnseen(fmt.Sprintf(`location.pathname === %q`, v.path), patience)
	v.away = ""
}

// insist is a visitor whose request could not be made, and who is offered to try again.
func (v *voyage) insist() {
	v.t.Helper()
	v.eval(`for (const it of document.querySelectorAll('xaman-sign-request')) {
		const link = it.shadowRoot.querySelector('[part=card] [part=link]');
		if (!link?.getAttribute('href')) it.shadowRoot.querySelector('[data-action=renew]')?.click();
	}`, nil)
}

// decide has the phone do something with a request that it has not finished.
func (s *inTheStorm) decide(uuid payload.UUID, what payload.Phase) {
	s.t.Helper()
	before := s.decided[uuid]
	if uuid == "" || before != "" && before != payload.PhaseOpened {
		return
	}
	if before == "" {
		s.phone.phone(s.t, uuid, "open")
	}
	s.decided[uuid] = what
	switch what {
	case payload.PhaseVerified:
		s.phone.phone(s.t, uuid, "accept")
	case payload.PhaseRejected:
		s.phone.phone(s.t, uuid, "reject")
	}
}

// rage lets the storm blow, pages come and go, and the phone decide.
func (s *inTheStorm) rage() {
	end := time.After(*stormFor)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	outcomes := []payload.Phase{payload.PhaseOpened, payload.PhaseVerified, payload.PhaseVerified, payload.PhaseRejected}
	for n := 0; ; n++ {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		v := s.pages[n%len(s.pages)]
		switch {
		case v.away != "" && time.Now().After(v.until):
			v.comeBack()
		case v.away != "":
		case s.chance(0.2):
			ways := []string{"frozen", "in the browser's cache"}
			v.leave(ways[n/len(s.pages)%2], s.between(time.Second, min(45*time.Second, *stormFor/2)))
		case s.chance(0.4):
			cards := v.look()
			id := slices.Sorted(maps.Keys(cards))[int(s.between(0, 3))]
			s.decide(cards[id].UUID, outcomes[s.between(0, 4)])
		}
	}
}

// tellTheTruth waits until every card shows what the phone made of its request, and listens for more if there is more.
func (s *inTheStorm) tellTheTruth(since time.Time) {
	s.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(settles); ; {
		var wrong []string
		for _, v := range s.pages {
			for id, card := range v.look() {
				want := s.decided[card.UUID]
				ok := card.Phase == want && card.Connection == payload.Closed
				switch want {
				case payload.PhaseOpened:
					ok = card.Phase == want && card.Connection == payload.Live
				case "":
					fresh := card.Phase == payload.PhaseWaiting || card.Phase == payload.PhasePushed
					ok = card.UUID != "" && fresh && card.Connection == payload.Live
				}
				if !ok {
					wrong = append(wrong, fmt.Sprintf("%s %s: got %+v, want %s", v.path, id, card, want))
				}
			}
		}
		if len(wrong) == 0 {
			s.t.Logf("every card told the truth after %v", time.Since(since).Round(100*time.Millisecond))
			return
		}
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("after %v:\n%s", settles, strings.Join(wrong, "\n"))
		}
	}
}

// A short storm, unless flags say otherwise: -storm.runs=20 -storm.pages=6 -storm.for=1m takes half an hour.
func TestEndToEndStorm(t *testing.T) {
	for n := range uint64(*stormRuns) {
		t.Run(fmt.Sprintf("seed %d", *stormSeed+n), func(t *testing.T) { throughTheStorm(t, *stormSeed+n) })
	}
}

func throughTheStorm(t *testing.T, seed uint64) {
	s := &inTheStorm{storm: newStorm(seed, *stormRate), t: t, decided: map[payload.UUID]payload.Phase{}}
	t.Cleanup(s.end)
	platform, front, addr := newRelay(t, s.storm), newRelay(t, s.storm), freeAddr(t)
	startPlatformBehind(t, platform, sandbox.Config{WebhookURL: "http://" + addr + "/api/webhook"})
	d := start(t, sandboxCredentials,
		"-addr", addr, "-site", "../../site", "-platform", platform.origin, "-ledger", platform.origin+"/ledger")
	front.target = parseURL(t, d.site)
	pages := http.NewServeMux()
	pages.Handle("/", front.http)
	front.http = pages
	s.phone = devserver{sandbox: platform.target.String()}
	d.site, d.sandbox = front.origin, s.phone.sandbox

	browser := openBrowser(t)
	for n := range *stormPages {
		v := &voyage{tab: newVisitor(t, browser, d), path: fmt.Sprintf("/storm/%d", n)}
		v.before(recordReturn)
		v.open("/gallery.html")
		v.create("pay")
		var created json.RawMessage
		v.eval(`created.payload`, &created)
		text := markup(created, v.create("sign-in"), platform.origin)
		pages.HandleFunc(v.path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, text)
		})
		s.pages = append(s.pages, v)
	}
	s.begin()
	for _, v := range s.pages {
		v.open(v.path)
	}
	s.rage()
	s.end()
	for _, v := range s.pages {
		if v.away != "" {
			v.comeBack()
		}
	}
	t.Logf("the storm is over: %v; the phone made of the requests %v", s.did, s.decided)
	for _, v := range s.pages {
		v.insist()
	}
	s.tellTheTruth(time.Now())
	// What the phone left, it finishes now.
	for _, v := range s.pages {
		for _, card := range v.look() {
			s.decide(card.UUID, payload.PhaseVerified)
		}
	}
	s.tellTheTruth(time.Now())
	for _, v := range s.pages {
		v.wantIdle()
		var settled []payload.UUID
		v.eval(`events.filter((e) => e.name === 'xaman-settled').map((e) => e.uuid)`, &settled)
		if slices.Sort(settled); len(slices.Compact(slices.Clone(settled))) != len(settled) {
			t.Errorf("%s: told twice of one outcome: %q", v.path, settled)
		}
		if slices.Contains(v.errorCodes(), string(payload.Internal)) {
			t.Errorf("%s: the element reported a defect", v.path)
		}
	}
	for _, fault := range slices.Concat(httpFaults, handshakeFaults, frameFaults) {
		if s.did[fault] == 0 {
			t.Errorf("the storm never did this: %s", fault)
		}
	}
}
