package backend_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// snippet: open
// openTeaHouse runs the site, and a platform in the same process, until the test ends.
func openTeaHouse(t *testing.T) (site *httptest.Server, platform *sandbox.Sandbox) {
	t.Helper()
	offline := httptest.NewUnstartedServer(nil)
	platform, err := sandbox.New(context.Background(), sandbox.Config{
		BaseURL: "http://" + offline.Listener.Addr().String(), CloseEvery: 10 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	offline.Config.Handler = platform
	offline.Start()
	site = httptest.NewUnstartedServer(nil)
	handler, end, err := teaHouse(t.Context(), "http://"+site.Listener.Addr().String(), offline.URL,
		sandbox.Key, sandbox.Secret, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	site.Config.Handler = handler
	site.Start()
	t.Cleanup(func() {
		site.Close()
		end()
		platform.Close()
		offline.Close()
	})
	return site, platform
}

// end

// snippet: test
// What a phone does, and what the site makes of it.
func TestTeaHouse(t *testing.T) {
	tests := []struct {
		name, act string
		misbehave []string
		status    payload.Status
		verdict   payload.Verdict
	}{
		{"pays", "accept", nil, payload.StatusSigned, payload.VerdictVerified},
		{"pays one drop", "accept", []string{"wrong-amount"}, payload.StatusSigned, payload.VerdictUnverified},
		{"pays somebody else", "accept", []string{"wrong-destination"}, payload.StatusSigned, payload.VerdictUnverified},
		{"declines", "reject", nil, payload.StatusRejected, payload.VerdictNone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			site, platform := openTeaHouse(t)
			v := newVisitor(t, site.URL)
			asked := v.order("tea")
			options := sandbox.PhoneOptions{Misbehave: tt.misbehave}
			if _, err := platform.Phone(t.Context(), string(asked.UUID), tt.act, options); err != nil {
				t.Fatal(err)
			}
			if got := v.await(asked.UUID); got.Status != tt.status || got.Verdict != tt.verdict {
				t.Errorf("got %s, %s, want %s, %s", got.Status, got.Verdict, tt.status, tt.verdict)
			}
		})
	}
}

// end

// snippet: visitor
// visitor is a browser: it keeps the cookies by which the site knows whose request is whose.
type visitor struct {
	t    *testing.T
	site string
	http.Client
}

func newVisitor(t *testing.T, site string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, site + "/api/sign-requests", http.Client{Jar: jar}}
}

func (v *visitor) order(offer string) payload.Answer {
	return v.read(v.Post(v.site, "application/json", strings.NewReader(`{"demo":"`+offer+`"}`)))
}

// await asks until no later answer can differ.
func (v *visitor) await(uuid payload.UUID) (a payload.Answer) {
	for a = v.read(v.Get(v.site + "/" + string(uuid))); !a.Final(); a = v.read(v.Get(v.site + "/" + string(uuid))) {
		select {
		case <-v.t.Context().Done():
			v.t.Fatal("the test ends too early")
		case <-time.After(50 * time.Millisecond):
		}
	}
	return a
}

func (v *visitor) read(res *http.Response, err error) (a payload.Answer) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		v.t.Fatal(err)
	}
	return a
}

// end
