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

	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	stormRuns  = flag.Int("storm.runs", 1, "storms, one after the other, each with the next seed")
	stormFor   = flag.Duration("storm.for", 20*time.Second, "how long a storm lasts, less than requests live")
	stormSeed  = flag.Uint64("storm.seed", 1, "what decides the storm's choices")
	stormPages = flag.Int("storm.pages", 3, "pages, each with three cards")
	stormRate  = flag.Float64("storm.rate", 0.3, "part of the calls, handshakes, frames and closes that come to harm")
)

// recovery is how soon after a storm every card shows what is so.
const recovery = 10 * time.Second

// stormPage is a page with a card of each kind.
type stormPage struct {
	*tab
	path  string
	away  string // the way in which it is away, or ""
	until time.Time
}

// cardState is what a card shows.
type cardState struct {
	Phase      payload.Phase
	Connection payload.Connection
	UUID       payload.UUID
	Title      string
}

// stormRun is the whole: pages, the network between them and the servers, and what the phone did.
type stormRun struct {
	*faultyNetwork
	t       *testing.T
	phone   devserver // at the platform's own address, where the network does not err
	pages   []*stormPage
	decided map[payload.UUID]payload.Phase // what the phone made of a request
}

// markup is a page with a create response, with the uuid of another request, and with an offer.
func markup(created json.RawMessage, uuid payload.UUID, platform string) string {
	return fmt.Sprintf(`<!doctype html><title>storm</title><script type="module" src="/xaman-sign-request.js"></script>
		<xaman-sign-request id="payload" backend="/api" platform="%s" payload="%s"></xaman-sign-request>
		<xaman-sign-request id="uuid" backend="/api" uuid="%s"></xaman-sign-request>
		<xaman-sign-request id="demo" backend="/api" demo="pay"></xaman-sign-request>`,
		platform, html.EscapeString(string(created)), uuid)
}

// cards returns what the cards of a page show.
func (p *stormPage) cards() map[string]cardState {
	p.t.Helper()
	return get[map[string]cardState](p.tab, `Object.fromEntries(all().map((it) => [it.id, {
		...it.dataset,
		uuid: it.shadowRoot.querySelector('[part=card] [part=link]')?.getAttribute('href')?.split('/').pop() ?? '',
		title: it.shadowRoot.querySelector('[part=card] [part=title]')?.textContent ?? '',
	}]))`)
}

// report says what a card went through.
func (p *stormPage) report(id string) string {
	p.t.Helper()
	return get[string](p.tab, fmt.Sprintf(`JSON.stringify({hidden: document.hidden,
		...document.getElementById(%q).getDebugReport()}, null, 1)`, id))
}

func (p *stormPage) leave(way string, for_ time.Duration) {
	p.t.Helper()
	p.away, p.until = way, time.Now().Add(for_)
	ways[way].leave(p.tab)
}

// comeBack shows the page again, as the browser kept it if it did.
func (p *stormPage) comeBack() {
	p.t.Helper()
	ways[p.away].comeBack(p.tab)
	p.awaitUnseen(fmt.Sprintf(`location.pathname === %q`, p.path), maxWait)
	p.away = ""
}

// retry is a visitor whose request could not be made, and who is offered to try again.
func (p *stormPage) retry() {
	p.t.Helper()
	p.eval(`for (const it of all()) {
		const link = it.shadowRoot.querySelector('[part=card] [part=link]');
		if (!link?.getAttribute('href')) it.shadowRoot.querySelector('[data-action=renew]')?.click();
	}`, nil)
}

// decide has the phone do something with a request that it has not finished.
func (s *stormRun) decide(uuid payload.UUID, what payload.Phase) {
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

// act lets pages come and go, and the phone decide, as long as the storm lasts.
func (s *stormRun) act() {
	end := time.After(*stormFor)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	outcomes := []payload.Phase{
		payload.PhaseOpened, payload.PhaseVerified, payload.PhaseVerified, payload.PhaseRejected,
	}
	for n := 0; ; n++ {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		p := s.pages[n%len(s.pages)]
		switch {
		case p.away != "" && time.Now().After(p.until):
			p.comeBack()
		case p.away != "":
		case s.chance(0.2):
			way := slices.Sorted(maps.Keys(ways))[n/len(s.pages)%2]
			p.leave(way, s.between(time.Second, min(45*time.Second, *stormFor/2)))
		case s.chance(0.4):
			cards := p.cards()
			id := slices.Sorted(maps.Keys(cards))[int(s.between(0, 3))]
			s.decide(cards[id].UUID, outcomes[s.between(0, 4)])
		}
	}
}

// right reports whether a card shows what the phone made of its request, and listens for more if there is more.
func (s *stormRun) right(card cardState) bool {
	switch want := s.decided[card.UUID]; want {
	case payload.PhaseOpened:
		return card.Phase == want && card.Connection == payload.Live
	case "":
		fresh := card.Phase == payload.PhaseWaiting || card.Phase == payload.PhasePushed
		return card.UUID != "" && fresh && card.Connection == payload.Live
	default:
		return card.Phase == want && card.Connection == payload.Closed
	}
}

// wantRight waits until every card is right.
func (s *stormRun) wantRight() {
	s.t.Helper()
	began := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(recovery); ; {
		var wrong []string
		for _, p := range s.pages {
			for id, card := range p.cards() {
				if !s.right(card) {
					wrong = append(wrong, fmt.Sprintf("%s %s: got %+v, want %s\n%s",
						p.path, id, card, s.decided[card.UUID], p.report(id)))
				}
			}
		}
		if len(wrong) == 0 {
			s.t.Logf("every card was right after %v", time.Since(began).Round(100*time.Millisecond))
			return
		}
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("after %v:\n%s", recovery, strings.Join(wrong, "\n"))
		}
	}
}

// A short storm, unless flags say otherwise: -storm.runs=20 -storm.pages=6 -storm.for=1m takes half an hour.
func TestEndToEndStorm(t *testing.T) {
	t.Parallel()
	for n := range uint64(*stormRuns) {
		t.Run(fmt.Sprintf("seed %d", *stormSeed+n), func(t *testing.T) { runStorm(t, *stormSeed+n) })
	}
}

func runStorm(t *testing.T, seed uint64) {
	s := &stormRun{
		faultyNetwork: newFaultyNetwork(seed, *stormRate), t: t, decided: map[payload.UUID]payload.Phase{},
	}
	t.Cleanup(s.end)
	platform, front := newRelay(t, s.faultyNetwork), newRelay(t, s.faultyNetwork)
	d := startBehind(t, platform)
	front.target = parseURL(t, d.site)
	pages := http.NewServeMux()
	pages.Handle("/", front.http)
	pages.HandleFunc("/storm", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Storm</title>`)
	})
	front.http = pages
	s.phone = devserver{sandbox: platform.target.String()}
	d.site, d.sandbox = front.origin, s.phone.sandbox

	for n := range *stormPages {
		p := &stormPage{tab: newVisitor(t, d), path: fmt.Sprintf("/storm/%d", n)}
		p.before(recordReturn)
		p.open("/storm")
		p.create("pay")
		created := get[json.RawMessage](p.tab, `created.payload`)
		text := markup(created, p.create("sign-in"), platform.origin)
		pages.HandleFunc(p.path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, text)
		})
		s.pages = append(s.pages, p)
	}
	s.begin()
	for _, p := range s.pages {
		p.open(p.path)
	}
	s.act()
	s.end()
	for _, p := range s.pages {
		if p.away != "" {
			p.comeBack()
		}
	}
	t.Logf("the storm is over: %v; the phone made of the requests %v", s.counts, s.decided)
	for _, p := range s.pages {
		p.retry()
	}
	s.wantRight()
	// What the phone left, it finishes now.
	for _, p := range s.pages {
		for _, card := range p.cards() {
			s.decide(card.UUID, payload.PhaseVerified)
		}
	}
	s.wantRight()
	for _, p := range s.pages {
		p.wantIdle()
		settled := get[[]payload.UUID](p.tab, `events.filter((e) => e.name === 'xaman-settled').map((e) => e.uuid)`)
		if slices.Sort(settled); len(slices.Compact(slices.Clone(settled))) != len(settled) {
			t.Errorf("%s: told twice of one outcome: %q", p.path, settled)
		}
		if slices.Contains(p.errorCodes(), string(payload.Internal)) {
			t.Errorf("%s: the element reported a defect", p.path)
		}
	}
	for _, fault := range slices.Concat(httpFaults, handshakeFaults, frameFaults) {
		if s.counts[fault] == 0 {
			t.Errorf("the storm never did this: %s", fault)
		}
	}
}
