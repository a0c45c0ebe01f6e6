package backend

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// shopPage is the origin of pages that may ask, evilPage of those that may not.
const shopPage, evilPage = "https://www.shop.example", "https://evil.example"

func newBackendForPages(t *testing.T, pages ...string) (*Backend, error) {
	t.Helper()
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{left: 290}, nil, nil)
	b.pages = pages
	var err error
	b.handler, err = b.routes()
	return b, err
}

func TestPagesOfOtherOrigins(t *testing.T) {
	b, err := newBackendForPages(t, "https://shop.example", shopPage)
	if err != nil {
		t.Fatal(err)
	}
	visitor := browserOf(t, b)
	visitor.create("pay")
	tests := []struct {
		name, method, path, page, site string
		want                           int
		allowed                        string // what the browser lets the page see
	}{
		{"preflight of a creation", "OPTIONS", allPath, shopPage, "same-site", 204, shopPage},
		{"preflight of a cancellation", "OPTIONS", onePath, shopPage, "same-site", 204, shopPage},
		{"creation", "POST", allPath, shopPage, "same-site", 201, shopPage},
		{"status", "GET", onePath, shopPage, "same-site", 200, shopPage},
		{"cancellation", "DELETE", onePath, shopPage, "same-site", 200, shopPage},
		{"preflight of a page of another site", "OPTIONS", allPath, shopPage, "cross-site", 405, ""},
		{"preflight of another page", "OPTIONS", allPath, evilPage, "same-site", 405, ""},
		{"creation by another page", "POST", allPath, evilPage, "same-site", 403, ""},
		{"status for another page", "GET", onePath, evilPage, "same-site", 200, ""},
		{"creation by a page without an origin", "POST", allPath, "null", "same-site", 403, ""},
		{"status for the site's own page", "GET", onePath, "", "", 200, ""},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "https://api.shop.example"+tt.path, strings.NewReader(`{"demo":"pay"}`))
		r.Header.Set("Content-Type", "application/json")
		if tt.page != "" {
			r.Header.Set("Origin", tt.page)
			r.Header.Set("Sec-Fetch-Site", tt.site)
		}
		w := visitor.do(r)
		h := w.Header()
		if w.Code != tt.want || h.Get("Access-Control-Allow-Origin") != tt.allowed {
			t.Errorf("%s: got %d for %q, want %d for %q", tt.name, w.Code, h.Get("Access-Control-Allow-Origin"), tt.want,
				tt.allowed)
		}
		if with := h.Get("Access-Control-Allow-Credentials") == "true"; with != (tt.allowed != "") {
			t.Errorf("%s: cookies are allowed: %t", tt.name, with)
		}
		if h.Get("Vary") != "Origin" {
			t.Errorf("%s: a cache may hand the answer to pages of other origins", tt.name)
		}
	}
}

func TestPagesAreOrigins(t *testing.T) {
	for _, page := range []string{"", "*", "www.shop.example", "https://www.shop.example/pay"} {
		if _, err := newBackendForPages(t, page); err == nil {
			t.Errorf("pages of %q may ask", page)
		}
	}
}
