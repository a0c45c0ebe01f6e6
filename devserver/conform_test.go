package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/conform"
)

func TestConform(t *testing.T) {
	t.Parallel()
	site := start(t, nil).site
	try := func(args ...string) (string, error) {
		var out strings.Builder
		none := func(string) string { return "" }
		err := run(t.Context(), append([]string{"conform"}, args...), none, nil, &out, io.Discard)
		return out.String(), err
	}
	rules := []string{"-rule", "a-request-is-new", "-rule", "declining-is-final", "-rule", "not-kept"}
	out, err := try(append(rules, site)...)
	if err != nil || !strings.HasSuffix(out, ": 3 rules kept, 0 broken, 0 not tried\n") {
		t.Errorf("got %v:\n%s", err, out)
	}
	out, err = try(append(rules, "-json", "-payment", "pay-with-memo", site+"/api")...)
	var report conform.Report
	if err != nil || json.Unmarshal([]byte(out), &report) != nil || report.Count(conform.Kept) != 3 {
		t.Errorf("got %v:\n%s", err, out)
	}

	careless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"demos":[],"offers":[]}`)
	}))
	defer careless.Close()
	out, err = try("-rule", "not-kept", "-rule", "offers-are-listed", careless.URL)
	if err == nil || err.Error() != "2 rules are broken" || strings.Count(out, "Do: ") != 2 {
		t.Errorf("got %v:\n%s", err, out)
	}

	for _, args := range [][]string{
		{}, {"-no-such-flag", site}, {site, site}, {"-rule", "none", site}, {"-sandbox", site, site},
	} {
		if out, err := try(args...); err == nil || out != "" {
			t.Errorf("%q: got %v: %s", args, err, out)
		}
	}
	if out, err := try("-help"); err != nil || out != "" {
		t.Errorf("got %v: %s", err, out)
	}
}
