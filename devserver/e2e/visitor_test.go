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
	browser := &http.Client{Jar: jar, Transport: transport(t)}
	return api.Client{Base: d.site + "/api", Fetch: func(ctx context.Context, method, url string,
		header map[string]string, body []byte) (int, []byte, error) {
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
	}}
}

func transport(t testing.TB) *http.Transport {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func (d devserver) phone(t testing.TB, uuid payload.UUID, acts ...string) {
	t.Helper()
	for _, act := range acts {
		client := &http.Client{Transport: transport(t)}
		res, err := client.Post(d.sandbox+"/phone/"+string(uuid)+"/"+act, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %s", act, res.Status)
		}
	}
}

// await asks until the backend's answer is final.
func await(t *testing.T, c api.Client, uuid payload.UUID) payload.Answer {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := c.Get(t.Context(), uuid)
		if err != nil {
			t.Fatal(err)
		}
		if r.Final() {
			return r.Answer
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("got %+v, want it to become final", r.Answer)
		}
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
	body := toJSON(map[string]any{"account": account, "misbehave": slices.DeleteFunc(misbehave,
		func(m string) bool { return m == "" })})
	res, err := (&http.Client{Transport: transport(t)}).Post(
		d.sandbox+"/phone/"+string(uuid)+"/accept", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("accept %s: got %s", body, res.Status)
	}
}

// setFaults makes the platform err about a payload, the next one, or the node.
func setFaults(t *testing.T, platform, of string, names ...string) {
	t.Helper()
	body := toJSON(map[string][]string{"faults": append([]string{}, names...)})
	r, err := http.NewRequestWithContext(t.Context(), "PUT", platform+"/faults/"+of, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: transport(t)}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("set faults %s: got %s", body, res.Status)
	}
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
