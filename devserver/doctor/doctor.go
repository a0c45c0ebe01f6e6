package doctor

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// Site is a server as it is configured.
type Site struct {
	Platform  *xaman.Client // nil: it has no credentials
	Networks  []Network
	Record    func(context.Context) error // opens the record, asks it for something, and closes it
	Origin    string                      // public, as in https://shop.example; "": it has none
	Cert, Key string                      // files of its certificate; "": it has none
	Callbacks map[string]string           // URLs by names
	Transport http.RoundTripper           // to Origin and Callbacks; nil: http.DefaultTransport
	Roots     *x509.CertPool              // whose certificates are trusted; nil: those that the machine trusts
}

// Network is one that orders may be on.
type Network struct {
	Name   string
	ID     uint32
	Quorum int // nodes that have to agree
	Nodes  []Node
}

// Node is a node of a network.
type Node struct {
	Name   string // for people: a URL may have a secret in it
	Client *ledger.Client
}

// Finding is what was found out about one thing.
type Finding struct {
	About string
	Well  bool
	Says  string // a sentence
}

func (f Finding) String() string {
	if f.Well {
		return fmt.Sprintf("ok     %s: %s", f.About, f.Says)
	}
	return fmt.Sprintf("wrong  %s: %s", f.About, f.Says)
}

// timeout is for each question.
const timeout = 10 * time.Second

// Examine looks at all of a site, at the same time.
func Examine(ctx context.Context, s Site) []Finding {
	v := visit{Site: s, http: &http.Client{
		Transport:     s.Transport,
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	examinations := []func(context.Context) []Finding{
		v.platform, v.networks, v.record, v.webhook, v.certificate, v.callbacks,
	}
	found := make([][]Finding, len(examinations))
	var all sync.WaitGroup
	for i, examine := range examinations {
		all.Go(func() { found[i] = examine(ctx) })
	}
	all.Wait()
	return append(slices.Concat(found...), v.clock())
}

// visit is an examination of a site.
type visit struct {
	Site
	http *http.Client

	mu     sync.Mutex
	clocks []time.Duration // by how much others are ahead of this machine
}

// hears notes what a clock of others has said between two moments of this one. One that is between them is right.
func (v *visit) hears(clock, before, after time.Time) {
	if clock.IsZero() {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	// What was said was cut to whole seconds.
	v.clocks = append(v.clocks, max(clock.Sub(after), 0)+min(clock.Add(time.Second).Sub(before), 0))
}

// The platform's webhooks are refused when they seem to be older than five minutes.
const mostWrong = 30 * time.Second

func (v *visit) clock() Finding {
	f := Finding{About: "clock"}
	if len(v.clocks) == 0 {
		f.Says = "It cannot be compared, since neither the platform nor a node has said what time it is."
		return f
	}
	slices.Sort(v.clocks)
	off := v.clocks[len(v.clocks)/2].Round(time.Second)
	switch {
	case off > mostWrong:
		f.Says = fmt.Sprintf("It is %v slow, so webhooks and callbacks are refused: set it by NTP.", off)
	case off < -mostWrong:
		f.Says = fmt.Sprintf("It is %v fast, so webhooks and callbacks are refused: set it by NTP.", -off)
	default:
		f.Well, f.Says = true, fmt.Sprintf("It is right, by %d others.", len(v.clocks))
	}
	return f
}
