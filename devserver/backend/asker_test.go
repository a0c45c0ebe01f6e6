package backend

import (
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A visitor compares the card with his phone, which shows what the platform says of the application.
func TestWhoAsks(t *testing.T) {
	const icon = "https://cdn.example/shop.png"
	long := strings.Repeat("x", 2048-len(icon))
	for _, tt := range []struct {
		name, says, icon   string
		wantName, wantIcon string
	}{
		{"as the phone shows it", "Corner Shop", icon, "Corner Shop", icon},
		{"nothing", "", "", "Shop", ""},
		{"a name alone", "Corner Shop", "", "Corner Shop", ""},
		{"an icon alone", "", icon, "Shop", icon},
		{"a long icon", "", icon + long, "Shop", icon + long},
		{"an icon that is too long", "", icon + long + "x", "Shop", ""},
		{"an icon that anybody could replace", "", "http://cdn.example/shop.png", "Shop", ""},
		{"a script for an icon", "", "javascript:alert(1)", "Shop", ""},
		{"a name that turns around", "\u202epohS\nrenroC", icon, "pohS renroC", icon},
		{"a name of nothing", "\u200b \n", icon, "Shop", icon},
		{"a name without an end", strings.Repeat("Shop ", 20), icon, strings.Repeat("Shop ", 12)[:59] + "…", icon},
	} {
		t.Run(tt.name, func(t *testing.T) {
			visiting(t, &fakePlatform{app: xaman.Application{Name: tt.says, IconURL: tt.icon}}, func(v *visit) {
				want := func(when string, a payload.Answer, name, icon string) {
					v.Helper()
					if s := a.Summary; s.Site != name || s.Icon != icon || s.Amount != "2.5" {
						v.Errorf("%s: got %+v, want %q and %q", when, s, name, icon)
					}
				}
				v.backend.asker.Store(&asker{name: "Shop"}) // as when the server starts
				want("the first request", v.create("pay"), tt.wantName, tt.wantIcon)
				want("the next request", v.create("pay"), tt.wantName, tt.wantIcon)
				v.wantCalls("once it is known who asks", 3)
				v.f.change(func() { v.f.app = xaman.Application{} })
				v.pass(time.Second)
				want("once it says nothing", v.get(), tt.wantName, tt.wantIcon)
			})
		})
	}
}

// The platform is silent, or slow, when it is to say who asks: the card comes all the same, and says later who it is.
func TestWhoAsksIsNotWaitedForLong(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*visit)
		want  time.Duration
	}{
		"silent": {func(v *visit) {
			v.f.refuse = func(method string) (int, string) { return map[string]int{"GET": 502}[method], "" }
		}, 0},
		"slow": {func(v *visit) { v.f.slow = 2 * time.Second }, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			visiting(t, &fakePlatform{app: xaman.Application{Name: "Corner Shop"}}, func(v *visit) {
				v.backend.asker.Store(&asker{name: "Shop"})
				tt.spoil(v)
				began := time.Now()
				a := v.create("pay")
				if took := time.Since(began); took != tt.want || a.Summary.Site != "Shop" {
					v.Errorf("got %+v after %v, want it after %v", a, took, tt.want)
				}
				v.refuses(0, "")
				v.f.change(func() { v.f.slow = 0 })
				v.pass(time.Minute)
				if s := v.get().Summary; s.Site != "Corner Shop" {
					v.Errorf("later: got %+v, want it to say who asks", s)
				}
			})
		})
	}
}
