package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// visitor is a browser's client of the contract, with its own cookies.
func (d devserver) visitor(t testing.TB) api.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return clientOf(&http.Client{Jar: jar, Transport: transport(t)}, d.site)
}

// clientOf is a client of the contract that a site has, with the cookies of a browser.
func clientOf(browser *http.Client, site string) api.Client {
	fetch := func(
		ctx context.Context, method, url string, header map[string]string, body []byte,
	) (int, []byte, error) {
		r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		for name, value := range header {
			r.Header.Set(name, value)
		}
		res, err := browser.Do(r)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		return res.StatusCode, data, err
	}
	return api.Client{Base: site + "/api", Fetch: fetch}
}

// create makes a sign request for an offer.
func create(t testing.TB, c api.Client, demo string) api.SignRequest {
	t.Helper()
	made, err := c.Create(t.Context(), api.Create{Demo: demo}, "")
	if err != nil {
		t.Fatal(err)
	}
	return *made
}

// await asks until the backend's answer is final.
func await(t testing.TB, c api.Client, uuid payload.UUID) payload.Answer {
	t.Helper()
	return awaitAnswer(t, c, uuid, final)
}

// awaitAnswer asks until the answer is as wanted.
func awaitAnswer(t testing.TB, c api.Client, uuid payload.UUID, want func(payload.Answer) bool) payload.Answer {
	t.Helper()
	deadline := time.After(maxWait)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := c.Get(t.Context(), uuid)
		if err != nil {
			t.Fatal(err)
		}
		if want(r.Answer) {
			return r.Answer
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("got %+v, want something else", r.Answer)
		}
	}
}

func transport(t testing.TB) *http.Transport {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// send makes a call without cookies and returns the body of the answer, which has to be a good one.
func send(t testing.TB, method, url, body string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: transport(t)}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s %s: got %s %s, %v", method, url, body, res.Status, answer, err)
	}
	return answer
}

func (d devserver) phone(t testing.TB, uuid payload.UUID, acts ...string) {
	t.Helper()
	for _, act := range acts {
		send(t, "POST", d.sandbox+"/phone/"+string(uuid)+"/"+act, "")
	}
}

const (
	everyday = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh" // secp256k1
	savings  = "rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD" // Ed25519
	company  = "rMPrYipfRHJryWfwYARAwhsVGvHwpUDjgA" // has a regular key
	newcomer = "rPPdduC9MRTrXZP1J7MQyEKKEYiFigWZ6Q" // is not on the ledger
)

// accept has the phone sign with an account.
func (d devserver) accept(t testing.TB, uuid payload.UUID, account string, misbehave ...string) {
	t.Helper()
	misbehave = slices.DeleteFunc(misbehave, func(m string) bool { return m == "" })
	send(t, "POST", d.sandbox+"/phone/"+string(uuid)+"/accept",
		toJSON(map[string]any{"account": account, "misbehave": misbehave}))
}

// setFaults makes the platform err about a payload, the next one, or the node.
func setFaults(t testing.TB, platform, of string, names ...string) {
	t.Helper()
	send(t, "PUT", platform+"/faults/"+of, toJSON(map[string][]string{"faults": append([]string{}, names...)}))
}

// listed returns the names in one of the lists that a page of the sandbox holds.
func listed(t testing.TB, url, list string) map[string]bool {
	t.Helper()
	var lists map[string][]struct{ Name string }
	if err := json.Unmarshal(send(t, "GET", url, ""), &lists); err != nil || len(lists[list]) == 0 {
		t.Fatalf("got %+v, %v, want the list %s", lists, err, list)
	}
	names := map[string]bool{}
	for _, entry := range lists[list] {
		names[entry.Name] = true
	}
	return names
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
