package backend

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// attack is something that somebody may try. Its code tries it, and shows that it fails.
type attack struct {
	name string // unique
	how  string // what is tried, and for what
	try  func(*attempt)
}

// attempt is the test of one attack.
type attempt struct {
	*testing.T
	claims *atomic.Int64 // that were checked
}

// holds fails the test unless what has to hold although the attack was tried is so.
func (a *attempt) holds(ok bool, format string, args ...any) {
	a.Helper()
	a.claims.Add(1)
	if !ok {
		a.Errorf("the attack succeeds: "+format, args...)
	}
}

// bubble runs try with a clock of its own.
func bubble(try func(*attempt)) func(*attempt) {
	return func(a *attempt) {
		synctest.Test(a.T, func(t *testing.T) { try(&attempt{t, a.claims}) })
	}
}

// attacks is all that is tried, by group.
func attacks() map[string][]attack {
	return map[string][]attack{
		"strings":     stringAttacks,
		"links":       linkAttacks(),
		"looks":       lookAttacks(),
		"frames":      frameAttacks,
		"answers":     answerAttacks(),
		"impostors":   impostorAttacks(),
		"cross-site":  crossSiteAttacks(),
		"sessions":    sessionAttacks,
		"replays":     replayAttacks,
		"nodes":       nodeAttacks(),
		"floods":      floodAttacks,
		"bodies":      bodyAttacks(),
		"cancelling":  cancelAttacks,
		"secrets":     secretAttacks,
		"idempotency": idempotencyAttacks,
		"sandbox":     sandboxAttacks(),
	}
}

func TestAttacks(t *testing.T) {
	const least = 80
	var tried atomic.Int64
	total := 0
	names := map[string]bool{}
	t.Run("all", func(t *testing.T) {
		for group, list := range attacks() {
			for _, attack := range list {
				total++
				if names[attack.name] || attack.name == "" || !strings.HasSuffix(attack.how, ".") {
					t.Errorf("%s/%s: every attack has a name of its own and a sentence", group, attack.name)
				}
				names[attack.name] = true
				t.Run(group+"/"+attack.name, func(t *testing.T) {
					a := &attempt{t, new(atomic.Int64)}
					attack.try(a)
					if a.claims.Load() == 0 {
						t.Error("nothing was checked")
					}
					tried.Add(1)
				})
			}
		}
	})
	if len(names) < least {
		t.Errorf("the table has %d attacks, want at least %d", len(names), least)
	}
	all := !strings.Contains(flag.Lookup("test.run").Value.String(), "/") && flag.Lookup("test.skip").Value.String() == ""
	if all && int(tried.Load()) != total {
		t.Errorf("%d of %d attacks were tried to the end", tried.Load(), total)
	}
}

// shop is a backend under attack, with what it wrote into its log.
type shop struct {
	*Backend
	platform *fakePlatform
	node     *fakeNode
	log      *lockedText
}

func newShop(a *attempt) shop {
	a.Helper()
	s := shop{platform: &fakePlatform{left: 290}, node: &fakeNode{}, log: &lockedText{}}
	s.Backend = a.backend(s.platform, s.node, s.log)
	return s
}

func (a *attempt) backend(platform http.RoundTripper, node verify.Node, log io.Writer) *Backend {
	a.Helper()
	b, _ := newTestBackend(a.T, a.TempDir(), platform, node, slog.New(slog.NewTextHandler(log, nil)))
	return b
}

func (s shop) visitor(a *attempt) *browser { return browserOf(a.T, s.Backend) }

// claims reports whether a transaction can be claimed for a request that the record does not have yet.
func (s shop) claims(a *attempt, uuid payload.UUID, txid string) bool {
	e := newEntry(uuid, "another")
	if err := s.record.Add(a.Context(), e); err != nil {
		a.Error(err)
	}
	e.Version = 1
	_, free, err := s.record.Claim(a.Context(), e, txid, record.News{})
	return free && err == nil
}

// outcomes is how the checks of an answer that were not passed ended.
func outcomes(answer payload.Answer) string {
	var all []string
	for _, c := range answer.Checks {
		if c.Outcome != payload.Pass {
			all = append(all, fmt.Sprintf("%s %s: %s", c.Name, c.Outcome, c.Detail))
		}
	}
	return strings.Join(all, "; ")
}

// failed is the name of the first check that failed, or "".
func failed(answer payload.Answer) string {
	i := slices.IndexFunc(answer.Checks, func(c payload.Check) bool { return c.Outcome == payload.Fail })
	if i < 0 {
		return ""
	}
	return answer.Checks[i].Name
}
