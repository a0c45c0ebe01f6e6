package backend

import (
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/xaman"
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
			f := &fakePlatform{app: xaman.Application{Name: tt.says, IconURL: tt.icon}}
			b, _ := newTestBackend(t, t.TempDir(), f, nil, nil)
			browser := browserOf(t, b)
			if a := browser.create("pay"); a.Summary.Site != "Shop" || a.Summary.Icon != "" {
				t.Errorf("got %+v before the platform has said who asks", a.Summary)
			}
			if a := browser.get(); a.Summary.Site != tt.wantName || a.Summary.Icon != tt.wantIcon || a.Summary.Amount != "2.5" {
				t.Errorf("got %+v, want %q and %q", a.Summary, tt.wantName, tt.wantIcon)
			}
			if a := browser.create("pay"); a.Summary.Site != tt.wantName || a.Summary.Icon != tt.wantIcon {
				t.Errorf("the next request: got %+v, want %q and %q", a.Summary, tt.wantName, tt.wantIcon)
			}
			f.change(func() { f.app = xaman.Application{} })
			if a := browser.get(); a.Summary.Site != tt.wantName || a.Summary.Icon != tt.wantIcon {
				t.Errorf("once it says nothing: got %+v, want %q and %q", a.Summary, tt.wantName, tt.wantIcon)
			}
		})
	}
}
