package backend

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// counter is an observer who remembers.
type counter struct {
	mu     sync.Mutex
	events []string
	checks []payload.Check // of all verdicts
}

func (c *counter) Order(event string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, event)
}

func (c *counter) Judged(checks []payload.Check) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checks = append(c.checks, checks...)
}

// observed is a visit of a site where all is counted.
func observed(t *testing.T, f *fakePlatform, act func(*visit, *counter)) {
	t.Helper()
	visiting(t, f, func(v *visit) {
		v.stop()
		c := &counter{}
		v.options.Observer = c
		v.start(v.options)
		v.browser = browserOf(v.T, v.backend)
		act(v, c)
	})
}

// wantTrail wants these lines about the first request in the log, without their times.
func (v *visit) wantTrail(want ...string) {
	v.Helper()
	v.stop() // so that nothing is added
	var got []string
	for line := range strings.Lines(v.log.String()) {
		if _, said, _ := strings.Cut(line, " "); strings.Contains(said, "uuid=9a2c7a52") {
			got = append(got, strings.TrimSpace(said))
		}
	}
	if !slices.Equal(got, want) {
		v.Errorf("got the trail\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The trail of a payment says when who said what, and what its verdict rests on.
func TestTrailOfAPayment(t *testing.T) {
	observed(t, &fakePlatform{}, func(v *visit, c *counter) {
		v.node.missing.Store(true)
		v.create("pay")
		v.pass(10 * time.Second)
		v.says(xaman.Meta{AppOpened: true})
		v.get()
		v.pass(time.Second)
		v.get() // which is no news
		v.says(metaSigned)
		v.announce()
		v.pass(2 * time.Second)
		v.node.missing.Store(false)
		v.pass(2 * time.Second)
		v.want(payload.VerdictVerified)
		v.wantTrail(
			"level=INFO msg=order uuid=9a2c7a52 event=created offer=pay type=Payment network=TESTNET pushed=false",
			`level=INFO msg=platform uuid=9a2c7a52 says=opened took=0s`,
			`level=INFO msg=order uuid=9a2c7a52 event=opened`,
			`level=INFO msg=webhook uuid=9a2c7a52 attempt=""`,
			`level=INFO msg=platform uuid=9a2c7a52 says="opened resolved signed blob submitted" took=0s`,
			`level=INFO msg=order uuid=9a2c7a52 event=signed`,
			`level=INFO msg=node uuid=9a2c7a52 says="no such transaction yet" newest=1005 took=0s`,
			`level=INFO msg=node uuid=9a2c7a52 says="tesSUCCESS in ledger 1006, delivered \"2500000\"" newest=1005 took=0s`,
			`level=INFO msg=order uuid=9a2c7a52 event=verified after=14s checks="resolved=pass owner=pass network=pass `+
				`request=pass txid=pass signature=pass signer=pass ledger=pass delivered=pass single-use=pass" txid=`+
				signatures["Payment"].txid,
		)
		if want := []string{"created", "opened", "signed", EventVerified}; !slices.Equal(c.events, want) {
			v.Errorf("got the events %q, want %q", c.events, want)
		}
		if len(c.checks) != len(api.Checks) || c.checks[0].Name != api.Checks[0] || c.checks[0].Outcome != payload.Pass {
			v.Errorf("got the checks %+v, want those of one verdict", c.checks)
		}
	})
}

// A verdict that falls against somebody says why.
func TestTrailSaysWhyNot(t *testing.T) {
	observed(t, &fakePlatform{app: xaman.Application{UUID: testUUID}}, func(v *visit, c *counter) {
		v.create("pay")
		v.says(metaSigned)
		v.get()
		v.pass(time.Minute)
		v.want(payload.VerdictUnverified)
		why := regexp.MustCompile(`event=unverified after=\S+ checks="resolved=pass owner=fail \([a-z-]+: [A-Z][^)]+\.\) `)
		if !why.MatchString(v.log.String()) {
			v.Errorf("got %s, want the reason", v.log)
		}
		if want := []string{"created", "signed", EventUnverified}; !slices.Equal(c.events, want) {
			v.Errorf("got the events %q, want %q", c.events, want)
		}
	})
}

// What comes to nothing is told once as well, and what a program knows it by is in each line.
func TestTrailOfWhatComesToNothing(t *testing.T) {
	for _, tt := range []struct {
		event string
		meta  xaman.Meta
	}{
		{EventRejected, xaman.Meta{Resolved: true}},
		{EventExpired, xaman.Meta{Expired: true}},
		{EventCancelled, xaman.Meta{Cancelled: true, Expired: true}},
	} {
		t.Run(tt.event, func(t *testing.T) {
			observed(t, &fakePlatform{}, func(v *visit, c *counter) {
				if _, _, err := v.backend.Create(v.Context(), Order{Offer: "pay", Reference: "order 117"}, ""); err != nil {
					v.Fatal(err)
				}
				v.says(tt.meta)
				v.pass(2 * time.Hour)
				if want := []string{"created", tt.event}; !slices.Equal(c.events, want) {
					v.Errorf("got the events %q, want %q", c.events, want)
				}
				if len(c.checks) > 0 {
					v.Errorf("got the checks %+v, want none", c.checks)
				}
				v.wantLog(`msg=order uuid=9a2c7a52 reference="order 117" event=`+tt.event+" after=", 1)
			})
		})
	}
}
