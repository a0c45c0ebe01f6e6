package conform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/openapi"
	"github.com/xaman-live/xaman-live/site"
)

// Options says what is tried, and what helps. All but URL may be empty.
type Options struct {
	URL       string            // what the element has in its attribute backend, as in http://127.0.0.1:8080/api
	Payment   string            // name of the offer that is paid; "": the first payment
	Amount    string            // what the visitor chooses to pay, if that offer lets him
	SignIn    string            // name of the offer of a sign-in; "": the first
	Sandbox   string            // origin of the backend's platform, if that is a sandbox; "": the one that it names
	Page      string            // origin of another site, whose pages may ask with a view key
	Orders    string            // base URL of the private API that makes view keys, as in http://127.0.0.1:8082/api
	Key       string            // for that
	Only      []string          // names of the rules to try; nil: all
	Transport http.RoundTripper // nil: that of package http
}

// Outcome is how a rule did.
type Outcome string

// The outcomes.
const (
	Kept    Outcome = "kept"
	Broken  Outcome = "broken"
	Untried Outcome = "untried"
)

// Result is what came of trying a rule.
type Result struct {
	Rule    string  `json:"rule"`
	Why     string  `json:"why"` // a sentence
	Outcome Outcome `json:"outcome"`
	Seen    string  `json:"seen,omitempty"` // if it was broken, or why it was not tried
	Mend    string  `json:"mend,omitempty"` // if it was broken, what to do
}

// Report is what came of all rules.
type Report struct {
	URL   string   `json:"url"`
	Rules []Result `json:"rules"`
}

// Count is how many rules had an outcome.
func (r Report) Count(o Outcome) (n int) {
	for _, result := range r.Rules {
		if result.Outcome == o {
			n++
		}
	}
	return n
}

// about is what is said of a rule.
type about struct {
	name string
	why  string // a sentence: what goes wrong without it
	mend string // a sentence: what to do
}

// rule is something that a backend has to do.
type rule struct {
	about
	needs needs
	alone bool // it changes what other rules see
	// try returns what was seen of a backend that breaks it.
	try func(context.Context, *backend) error
}

// untried is the reason why a rule could not be tried after all.
type untried string

func (u untried) Error() string { return string(u) }

// rules are all of them, in the order in which they are reported.
func rules() []rule {
	return slices.Concat(making, refusing, owning, cancelling, signing, lies(), failing, polling, pages, viewKeys)
}

// Names are those of all rules.
func Names() (names []string) {
	for _, l := range laws {
		names = append(names, l.name)
	}
	for _, r := range rules() {
		names = append(names, r.name)
	}
	return names
}

// atOnce is how many rules are tried at a time.
const atOnce = 8

// Run tries a backend. It fails if that cannot be done at all, for instance because nobody answers.
func Run(ctx context.Context, o Options) (Report, error) {
	if i := slices.IndexFunc(o.Only, func(name string) bool { return !slices.Contains(Names(), name) }); i >= 0 {
		return Report{}, fmt.Errorf("there is no rule %q", o.Only[i])
	}
	wanted := func(name string) bool { return o.Only == nil || slices.Contains(o.Only, name) }
	b, err := open(ctx, o)
	if err != nil {
		return Report{}, err
	}
	tried := slices.DeleteFunc(rules(), func(r rule) bool { return !wanted(r.name) })
	results := make([]Result, len(tried))
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, r := range tried {
		if !r.alone {
			slots <- struct{}{}
			running.Go(func() {
				defer func() { <-slots }()
				results[i] = b.try(ctx, r)
			})
		}
	}
	running.Wait()
	for i, r := range tried {
		if r.alone {
			results[i] = b.try(ctx, r)
		}
	}
	report := Report{URL: b.base}
	for _, l := range b.court.results() {
		if wanted(l.Rule) {
			report.Rules = append(report.Rules, l)
		}
	}
	report.Rules = append(report.Rules, results...)
	return report, ctx.Err()
}

// try tries one rule.
func (b *backend) try(ctx context.Context, r rule) Result {
	result := Result{Rule: r.name, Why: r.why, Outcome: Kept}
	if lack := b.lacks(r.needs); lack != "" {
		result.Outcome, result.Seen = Untried, lack
		return result
	}
	if err := r.try(ctx, b); err != nil {
		result.Outcome, result.Seen, result.Mend = Broken, err.Error(), r.mend
		if reason, ok := errors.AsType[untried](err); ok {
			result.Outcome, result.Seen, result.Mend = Untried, string(reason), ""
		}
	}
	return result
}

var readContract = sync.OnceValues(func() (*openapi.Document, error) { return openapi.Read(site.Contract) })

// open finds out what a backend offers.
func open(ctx context.Context, o Options) (*backend, error) {
	base, ok := parseBase(o.URL)
	if !ok {
		return nil, fmt.Errorf("%q is not the URL of a backend, as in http://127.0.0.1:8080/api", o.URL)
	}
	if o.Orders != "" {
		private, ok := parseBase(o.Orders)
		if !ok {
			return nil, fmt.Errorf("%q is not the URL of a private API, as in http://127.0.0.1:8082/api", o.Orders)
		}
		o.Orders = private.String()
	}
	contract, err := readContract()
	if err != nil {
		return nil, err
	}
	b := &backend{
		base: base.String(), path: base.Path, Options: o,
		client: &http.Client{
			Transport: o.Transport, Timeout: time.Minute,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		court: &court{contract: contract, latest: map[string]judged{}, findings: map[string][]string{}},
	}
	b.origin = base.Scheme + "://" + base.Host
	if err := b.look(ctx); err != nil {
		return nil, err
	}
	return b, b.lookPrivately(ctx)
}

// parseBase reads a base URL, of which the path may be left out.
func parseBase(text string) (base *url.URL, ok bool) {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, false
	}
	if base.Path = strings.TrimRight(base.Path, "/"); base.Path == "" {
		base.Path = "/api"
	}
	return base, true
}
