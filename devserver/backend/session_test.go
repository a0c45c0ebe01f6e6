package backend

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Somebody visits the site, and plants his cookies in another's browser.
func TestPlantedSession(t *testing.T) {
	for _, demo := range []string{"sign-in", "pay"} {
		t.Run(demo, func(t *testing.T) {
			visiting(t, &fakePlatform{token: "the victim's phone"}, func(v *visit) {
				attacker := v.other()
				attacker.call("GET", "/", "")
				v.with(attacker.cookies).create(demo)
				pushed := func(when, want string) {
					v.Helper()
					if got := v.f.request.Load().UserToken; got != want {
						v.Errorf("%s: got a payment pushed to %q, want %q", when, got, want)
					}
				}
				// He asks all the time, and before the victim does.
				attack := func(when string) {
					v.Helper()
					checkError(v.T, attacker.call("GET", onePath, ""), api.NotFound)
					checkError(v.T, attacker.call("DELETE", onePath, ""), api.NotFound)
					attacker.create("pay")
					pushed(when, "")
				}
				attack("created")
				v.says(metaSigned)
				attack("signed")
				if a := v.get(); a.Verdict != payload.VerdictVerified || a.Result.Account != testAccount {
					v.Fatalf("victim: got %+v, want it verified", a)
				}
				attack("verified")
				if v.cookies[sessionCookie].Value == attacker.cookies[sessionCookie].Value {
					v.Error("the victim's session is the planted one still")
				}
				v.want(payload.VerdictVerified) // in the new session, what was asked for in the old one
				v.create("pay")
				pushed("victim", v.f.token)
			})
		})
	}
}

// Several tabs ask at once, with the cookies that they had.
func TestEveryTabGetsTheNextSession(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		v.create("sign-in")
		old := maps.Clone(v.cookies)
		v.says(metaSigned)
		for tab := range 3 {
			late := v.other().with(old)
			if a := late.get(); a.Verdict != payload.VerdictVerified {
				v.Errorf("tab %d: got %+v, want it verified", tab, a)
			}
			if tab > 0 && late.cookies[sessionCookie].Value != v.cookies[sessionCookie].Value {
				v.Errorf("tab %d: got another session than the others", tab)
			}
			v.cookies[sessionCookie] = late.cookies[sessionCookie]
		}
		if w := v.call("GET", onePath, ""); len(w.Result().Cookies()) != 0 {
			v.Errorf("in the next session: got cookies %v, want none", w.Result().Cookies())
		}
	})
}

func TestOnlyIssuedCookiesCount(t *testing.T) {
	_, b := ordered(t, &fakePlatform{}, nil, nil)
	id, signature, _ := strings.Cut(b.cookies[sessionCookie].Value, ".")
	holder := holderCookie + testUUID
	for name, value := range map[string]string{
		"26 characters": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "nothing": "", "id alone": id, "dot": ".",
		"signature alone": "." + signature,
		"another id":      id[1:] + "." + signature, "another signature": id + "." + signature[1:] + signature[:1],
		"a holder's": b.cookies[holder].Value,
	} {
		t.Run(name, func(t *testing.T) {
			c := b.other()
			c.cookies[sessionCookie] = &http.Cookie{Name: sessionCookie, Value: value}
			if c.call("GET", "/", ""); c.cookies[sessionCookie].Value == value {
				t.Error("got a session of the visitor's making, want a new one")
			}
			c.cookies[holder] = &http.Cookie{Name: holder, Value: value}
			if name != "a holder's" {
				checkError(t, c.call("GET", onePath, ""), api.NotFound)
			}
		})
	}
	t.Run("holder without a session", func(t *testing.T) {
		c := b.other()
		c.cookies[holder] = b.cookies[holder]
		c.get()
	})
}

func TestCookiesAttributes(t *testing.T) {
	for _, tt := range []struct {
		name, site, session, holder string
		secure                      bool
	}{
		{"plain", "http://127.0.0.1:8080", sessionCookie, holderCookie, false},
		{"encrypted", "https://shop.example", "__Host-" + sessionCookie, "__Secure-" + holderCookie, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
			site, err := New(t.Context(), Options{
				Origin: tt.site, Networks: b.networks, Network: testNetwork, Platform: b.platform, Record: b.record,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer site.Close()
			b.cookies = site.cookies
			c := browserOf(t, b)
			c.create("pay")
			for name, path := range map[string]string{tt.session: "/", tt.holder + testUUID: onePath} {
				k := c.cookies[name]
				if k == nil || !k.HttpOnly || k.Secure != tt.secure || k.SameSite != http.SameSiteLaxMode ||
					k.Path != path || k.Domain != "" {
					t.Errorf("%s: got %v, want it to be this browser's and this site's alone", name, k)
				}
			}
			if len(c.cookies) != 2 {
				t.Errorf("got cookies %v, want two", c.cookies)
			}
			c.get()
		})
	}
}

func TestCookiesOutliveTheServer(t *testing.T) {
	dir := t.TempDir()
	f := &fakePlatform{}
	first, stop := newTestBackend(t, dir, f, nil, nil)
	b := browserOf(t, first)
	b.create("pay")
	stop()
	second, stop := newTestBackend(t, dir, f, nil, nil)
	again := browserOf(t, second)
	again.cookies = b.cookies
	again.get()
	if w := again.call("GET", "/", ""); len(w.Result().Cookies()) != 0 {
		t.Errorf("got cookies %v, want those of before to count", w.Result().Cookies())
	}
	stop()
	other, _ := newTestBackend(t, t.TempDir(), f, nil, nil)
	elsewhere := browserOf(t, other)
	elsewhere.cookies = maps.Clone(b.cookies)
	if w := elsewhere.call("GET", "/", ""); len(w.Result().Cookies()) != 1 {
		t.Error("a session of another server counts")
	}
}

func TestHolderLooksForAWhile(t *testing.T) {
	c := newCookies([]byte("secret"), false)
	if got := c.forHolder(testUUID).MaxAge; time.Duration(got)*time.Second != holding {
		t.Errorf("got %d s, want %v", got, holding)
	}
}
