package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

// Another name than the sandbox's own means that a foreign site has pointed one of its names here, to be let in as the
// same origin.
func TestHosts(t *testing.T) {
	tests := []struct {
		host string
		ok   bool
	}{
		{"sandbox.example", true},
		{"SANDBOX.example", true},
		{"sandbox.example:80", true},
		{"127.0.0.1:8081", true},
		{"127.0.0.2", true},
		{"localhost:8081", true},
		{"LocalHost", true},
		{"[::1]:8081", true},
		{"[::1]", true},
		{"evil.example", false},
		{"evil.example:8081", false},
		{"sandbox.example.evil.example", false},
		{"localhost.evil.example", false},
		{"127.0.0.1.evil.example", false},
		{"192.168.1.7:8081", false},
		{"[::2]:8081", false},
		{"0.0.0.0:8081", false},
	}
	paths := []string{"/", "/sign/" + unknownUUID, "/api/v1/platform/ping", "/ledger", "/faults", "/phone/" + unknownUUID + "/accept"}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			inWorld(t, func(w world) {
				for _, path := range paths {
					r, err := http.NewRequest("POST", base+path, strings.NewReader("{}"))
					if err != nil {
						t.Fatal(err)
					}
					r.Host = tt.host
					res, err := w.client.Do(r)
					if err != nil {
						t.Fatal(err)
					}
					res.Body.Close()
					if got := res.StatusCode != http.StatusMisdirectedRequest; got != tt.ok {
						t.Errorf("%s: got %s, want it let in: %v", path, res.Status, tt.ok)
					}
				}
			})
		})
	}
}

// Whoever comes with the phone's page or with a script may use the phone; a page of another site may not.
func TestCrossSitePosts(t *testing.T) {
	tests := []struct {
		name   string
		header http.Header
		ok     bool
	}{
		{"script", nil, true},
		{"own page", http.Header{"Origin": {base}, "Sec-Fetch-Site": {"same-origin"}}, true},
		{"own page, old browser", http.Header{"Origin": {base}}, true},
		{"by hand", http.Header{"Sec-Fetch-Site": {"none"}}, true},
		{"other site", http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}, false},
		{"other site, old browser", http.Header{"Origin": {"https://evil.example"}}, false},
		{"other port of the host", http.Header{"Origin": {base + ":8080"}, "Sec-Fetch-Site": {"same-site"}}, false},
		{"other port, old browser", http.Header{"Origin": {base + ":8080"}}, false},
		{"hidden origin", http.Header{"Origin": {"null"}, "Sec-Fetch-Site": {"cross-site"}}, false},
		{"hidden origin, old browser", http.Header{"Origin": {"null"}}, false},
	}
	calls := []string{
		"POST /phone/{uuid}/open {}", "POST /phone/{uuid}/reject {}", "POST /phone/{uuid}/accept {}", "POST /sign/{uuid} act=reject",
		`PUT /faults/{uuid} {"faults":["silent"]}`, `PUT /faults/next {"faults":["silent"]}`,
	}
	for _, tt := range tests {
		for _, call := range calls {
			t.Run(tt.name+"/"+call, func(t *testing.T) {
				inWorld(t, func(w world) {
					uuid := w.create(payment)
					part := strings.Split(strings.ReplaceAll(call, "{uuid}", uuid), " ")
					header := tt.header.Clone()
					if strings.HasPrefix(part[2], "act=") {
						if header == nil {
							header = http.Header{}
						}
						header.Set("Content-Type", "application/x-www-form-urlencoded")
					}
					a := w.do(part[0], part[1], part[2], header)
					refused := a.status == http.StatusForbidden && strings.Contains(a.body, `"cross-site"`)
					if refused == tt.ok {
						t.Errorf("got %d %s, want it let in: %v", a.status, a.body, tt.ok)
					}
					touched := w.payload(uuid).Opened || len(w.platform.faults.of) > 0
					if touched != tt.ok {
						t.Errorf("something was done: %v, want %v", touched, tt.ok)
					}
				})
			})
		}
	}
}

// What other sites may do: listen, and show the QR code. The platform's API has no CORS, for its secret must not be in
// a browser.
func TestCrossSiteReads(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		elsewhere := http.Header{"Origin": {"https://shop.example"}, "Sec-Fetch-Site": {"cross-site"}}
		for _, path := range []string{"/sign/" + uuid + "_q.png", "/sign/" + uuid + "_q.json", "/sign/" + uuid} {
			if a := w.do("GET", path, "", elsewhere); a.status != http.StatusOK || a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: got %d %v", path, a.status, a.header)
			}
		}
		w.listen(uuid).expect(welcomed(uuid), `{"expires_in_seconds":60}`) // it comes from another origin
		preflight := elsewhere.Clone()
		preflight.Set("Access-Control-Request-Method", "POST")
		preflight.Set("Access-Control-Request-Headers", "x-api-key")
		for _, path := range []string{"/api/v1/platform/payload", "/faults/next", "/phone/" + uuid + "/accept"} {
			if a := w.do("OPTIONS", path, "", preflight); a.status < 400 || a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: got %d %v, want no permission", path, a.status, a.header)
			}
		}
	})
}
