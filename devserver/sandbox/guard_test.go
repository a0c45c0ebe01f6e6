package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

// Another name than the sandbox's own means that a foreign site has pointed one of its names here, to be let in as the
// same origin.
func TestHosts(t *testing.T) {
	inWorlds(t, map[string]bool{
		"sandbox.example": true, "SANDBOX.example": true, "sandbox.example:80": true,
		"127.0.0.1:8081": true, "127.0.0.2": true, "localhost:8081": true, "LocalHost": true,
		"[::1]:8081": true, "[::1]": true,

		"evil.example": false, "evil.example:8081": false, "sandbox.example.evil.example": false,
		"localhost.evil.example": false, "127.0.0.1.evil.example": false,
		"192.168.1.7:8081": false, "[::2]:8081": false, "0.0.0.0:8081": false,
	}, func(w world, ok bool) {
		for _, path := range []string{
			"/", "/sign/" + unknownUUID, "/api/v1/platform/ping", "/ledger", "/faults", "/phone/" + unknownUUID + "/accept",
		} {
			res := w.platform.call(w.t, "POST", w.name, path, "{}", http.Header{})
			if got := res.StatusCode != http.StatusMisdirectedRequest; got != ok {
				w.t.Errorf("%s: got %s, want it let in: %v", path, res.Status, ok)
			}
		}
	})
}

// from is the header of a call that a browser makes for a page of an origin, "" for what it does not say.
func from(origin, site string) http.Header {
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if origin != "" {
		h.Set("Origin", origin)
	}
	if site != "" {
		h.Set("Sec-Fetch-Site", site)
	}
	return h
}

// Whoever comes with the phone's page or with a script may use the phone; a page of another site may not.
func TestCrossSitePosts(t *testing.T) {
	const evil = "https://evil.example"
	type caller struct {
		header http.Header
		ok     bool
	}
	for _, call := range []string{
		"POST /phone/{uuid}/open {}", "POST /phone/{uuid}/reject {}", "POST /phone/{uuid}/accept {}",
		"POST /sign/{uuid} act=reject", `PUT /faults/{uuid} {"faults":["silent"]}`, `PUT /faults/next {"faults":["silent"]}`,
	} {
		inWorlds(t, map[string]caller{
			"script":                     {from("", ""), true},
			"own page":                   {from(base, "same-origin"), true},
			"own page, old browser":      {from(base, ""), true},
			"by hand":                    {from("", "none"), true},
			"other site":                 {from(evil, "cross-site"), false},
			"other site, old browser":    {from(evil, ""), false},
			"other port of the host":     {from(base+":8080", "same-site"), false},
			"other port, old browser":    {from(base+":8080", ""), false},
			"hidden origin":              {from("null", "cross-site"), false},
			"hidden origin, old browser": {from("null", ""), false},
		}, func(w world, c caller) {
			uuid := w.create(payment)
			part := strings.Split(strings.ReplaceAll(call, "{uuid}", uuid), " ")
			a := w.do(part[0], part[1], part[2], c.header)
			refused := a.status == http.StatusForbidden && pick(a.json, "error.code") == "cross-site"
			if refused == c.ok {
				w.t.Errorf("%s: got %d %s, want it let in: %v", call, a.status, a.body, c.ok)
			}
			if touched := w.payload(uuid).Opened || len(w.platform.faults.of) > 0; touched != c.ok {
				w.t.Errorf("%s: something was done: %v, want %v", call, touched, c.ok)
			}
		})
	}
}

// What other sites may do: listen, and show the QR code. The platform's API has no CORS, for its secret must not be in
// a browser.
func TestCrossSiteReads(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		elsewhere := from("https://shop.example", "cross-site")
		elsewhere.Set("Access-Control-Request-Method", "POST")
		elsewhere.Set("Access-Control-Request-Headers", "x-api-key")
		page := "GET /sign/" + uuid
		for call, ok := range map[string]bool{
			page + "_q.png": true, page + "_q.json": true, page: true, "OPTIONS /api/v1/platform/payload": false,
			"OPTIONS /faults/next": false, "OPTIONS /phone/" + uuid + "/accept": false,
		} {
			method, path, _ := strings.Cut(call, " ")
			a := w.do(method, path, "", elsewhere)
			if (a.status == http.StatusOK) != ok || a.header.Get("Access-Control-Allow-Origin") != "" {
				w.t.Errorf("%s: got %d %v, want it let in: %v, without CORS", call, a.status, a.header, ok)
			}
		}
		w.listen(uuid).expect("welcome 60") // it comes from another origin
	})
}
