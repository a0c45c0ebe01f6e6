package conform

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/openapi"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// law is a rule for every answer.
type law struct {
	about
	// broken returns what is wrong with an answer, "" for nothing.
	broken func(c *court, path string, x exchange) string
}

var laws = []law{
	{about{
		"as-described", "A page takes an answer of another shape for none, and tells the visitor that the shop is broken.",
		"Answer with the statuses, members and codes that the contract has for the call: site/openapi.json.",
	}, (*court).described},
	{about{
		"read-by-the-card", "The card refuses what contradicts itself, such as a verdict that its own checks deny.",
		"Give each check once; all passed or, of what is not submitted, skipped if it is verified, one " +
			"failed if not.",
	}, (*court).readable},
	{about{
		"not-kept", "A cache that keeps an answer shows it to the next visitor, or an old one to the same.",
		"Send Cache-Control: no-store with every answer, refusals included.",
	}, (*court).notKept},
	{about{
		"cookies-kept-close", "A cookie that scripts can read, or that other sites can have sent, is as good as stolen.",
		"Set cookies with HttpOnly and SameSite=Lax, and with Secure where the site is on https.",
	}, (*court).cookies},
	{about{
		"result-waits-for-the-verdict", "A page that shows who paid how much before that is known shows a lie as a payment.",
		"Leave result empty until the verdict is verified.",
	}, (*court).resultWaits},
	{about{
		"never-backwards", "A request that was signed and is pending again is paid a second time.",
		"Keep what was known: a request never goes from signed to opened, or from a final verdict to another.",
	}, (*court).forwards},
}

// court judges every answer by the laws. It may be used by several visitors at once.
type court struct {
	contract *openapi.Document

	mu       sync.Mutex
	latest   map[string]judged // by path
	findings map[string][]string
}

// judged is the last that was heard of a request.
type judged struct {
	at     time.Time
	answer payload.Answer
}

// maxFindings is how many are told of each law.
const maxFindings = 3

// hear judges an answer, to a call of a path below the base URL.
func (c *court) hear(path string, x exchange) {
	if takesNone(path, x) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range laws {
		if text := l.broken(c, path, x); text != "" && len(c.findings[l.name]) < maxFindings {
			c.findings[l.name] = append(c.findings[l.name], fmt.Sprintf("%s: %s", x, text))
		}
	}
}

// takesNone reports whether a webhook was sent to a backend that takes none, and need not say so in the contract's
// words.
func takesNone(path string, x exchange) bool {
	return path == "/webhook" && (x.status == http.StatusNotFound || x.status == http.StatusMethodNotAllowed)
}

// results are those of the laws.
func (c *court) results() (results []Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range laws {
		r := Result{Rule: l.name, Why: l.why, Outcome: Kept}
		if found := c.findings[l.name]; len(found) > 0 {
			r.Outcome, r.Seen, r.Mend = Broken, strings.Join(found, "\n"), l.mend
		}
		results = append(results, r)
	}
	return results
}

func (c *court) described(path string, x exchange) string {
	if x.status == http.StatusMethodNotAllowed {
		for _, method := range []string{"GET", "POST"} { // what it says is the same for all calls of the path
			if call, ok := c.contract.Find(method, "/api"+path); ok {
				return text(call.Check(x.status, x.body))
			}
		}
	}
	call, ok := c.contract.Find(x.method, "/api"+path)
	if !ok {
		return ""
	}
	if t, _, err := mime.ParseMediaType(x.header.Get("Content-Type")); err != nil || t != "application/json" {
		return "it is not application/json"
	}
	return text(call.Check(x.status, x.body))
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// answer is what an exchange says of a request; false if it says nothing.
func answer(path string, x exchange) (payload.Answer, bool) {
	if x.status >= 300 || !strings.HasPrefix(path, api.Collection) || path == api.Collection && x.method != "POST" {
		return payload.Answer{}, false
	}
	r, err := read(x)
	return r.Answer, err == nil
}

func (c *court) readable(path string, x exchange) string {
	if x.status >= 300 || path == api.Collection && x.method != "POST" || !strings.HasPrefix(path, api.Collection) {
		return ""
	}
	_, err := canned(x).Create(context.Background(), api.Create{}, "")
	return text(err)
}

func (c *court) notKept(_ string, x exchange) string {
	if !strings.Contains(x.header.Get("Cache-Control"), "no-store") {
		return fmt.Sprintf("Cache-Control is %q", x.header.Get("Cache-Control"))
	}
	return ""
}

func (c *court) cookies(_ string, x exchange) string {
	for _, line := range x.header["Set-Cookie"] {
		k, err := http.ParseSetCookie(line)
		switch {
		case err != nil:
			return "a cookie that browsers do not take: " + err.Error()
		case !k.HttpOnly:
			return "the cookie " + k.Name + " is not HttpOnly"
		case k.SameSite != http.SameSiteLaxMode && k.SameSite != http.SameSiteStrictMode:
			return "the cookie " + k.Name + " is sent from other sites"
		case x.secure && !k.Secure:
			return "the cookie " + k.Name + " is not Secure"
		}
	}
	return ""
}

func (c *court) resultWaits(path string, x exchange) string {
	a, ok := answer(path, x)
	if ok && a.Verdict != payload.VerdictVerified && a.Result != (payload.Result{}) {
		return "the result is told before it is verified"
	}
	return ""
}

func (c *court) forwards(path string, x exchange) (wrong string) {
	a, ok := answer(path, x)
	if !ok {
		return ""
	}
	before, known := c.latest[string(a.UUID)]
	// Answers may overtake each other: only what was asked for later is compared.
	if known && x.began.After(before.at) && back(before.answer, a) {
		wrong = fmt.Sprintf("it was %s, %s before", before.answer.Status, before.answer.Verdict)
	}
	c.latest[string(a.UUID)] = judged{x.ended, a}
	return wrong
}

// back reports whether an answer takes another one back.
func back(before, after payload.Answer) bool {
	switch {
	case before.Verdict == payload.VerdictVerified, before.Verdict == payload.VerdictUnverified:
		return before.Verdict != after.Verdict
	case before.Status == payload.StatusSigned, before.Status == payload.StatusRejected:
		return before.Status != after.Status
	case before.Status == payload.StatusOpened:
		return after.Status == payload.StatusPending
	}
	return before.Over() && !after.Over() && after.Status != payload.StatusSigned
}
