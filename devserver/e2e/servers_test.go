//go:build e2e && unix

package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// manyServers are servers of one site, with one record, and what they work with.
type manyServers struct {
	t         testing.TB
	platform  string
	processes []*process
	private   []string // where the site's program reaches them
	next      atomic.Int64
	receiver  *receiver
}

// startServers starts so many servers on a record, with a sandbox of their own that allows what they need.
func startServers(t *testing.T, count int, record string) *manyServers {
	t.Helper()
	m := &manyServers{t: t, receiver: startReceiver(t)}
	m.platform = startPlatform(t, sandbox.Config{
		CloseEvery: 300 * time.Millisecond, Lag: 20 * time.Millisecond, Calls: 6000,
	})
	file := filepath.Join(t.TempDir(), "shop.toml")
	text := shopOffers + fmt.Sprintf(shopAnswers, m.receiver.url)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range count {
		private := freeAddr(t)
		p := newProcess(t, freeAddr(t), t.TempDir(), m.platform)
		p.args = append(p.args, "-config", file, "-record", record, "-private-addr", private)
		p.env = map[string]string{"XAMAN_LIVE_KEY": programKey, "SHOP_SECRET": programKey}
		for name, value := range sandboxCredentials {
			p.env[name] = value
		}
		p.start(t)
		m.processes, m.private = append(m.processes, p), append(m.private, "http://"+private)
	}
	return m
}

// call has the servers answer in turn, as a load balancer does: the next one if one does not answer, or cannot.
func (m *manyServers) call(method, path, key string, body, answer any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var last string
	for range 40 * len(m.private) {
		to := m.private[m.next.Add(1)%int64(len(m.private))]
		req, err := http.NewRequest(method, to+path, bytes.NewReader(sent))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+programKey)
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		if key != "" {
			req.Header.Set("Idempotency-Key", key)
		}
		var data []byte
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			data, err = io.ReadAll(res.Body)
			res.Body.Close()
		}
		switch {
		case err != nil, res.StatusCode >= 500, res.StatusCode == http.StatusTooManyRequests:
			last = fmt.Sprint(err, string(data))
			time.Sleep(50 * time.Millisecond) // nothing tells when the server is back
		case res.StatusCode >= 300:
			return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, data)
		default:
			return json.Unmarshal(data, answer)
		}
	}
	return fmt.Errorf("%s %s: no server answers: %s", method, path, last)
}

// soldOrder is what the servers say of an order.
type soldOrder struct {
	payload.Answer
	Reference string `json:"reference"`
}

// buy orders, has the phone pay, and waits for the verdict.
func (m *manyServers) buy(reference string) (o soldOrder, err error) {
	order := map[string]any{"offer": "coffee", "reference": reference}
	if err := m.call("POST", "/api/orders", reference, order, &o); err != nil {
		return o, err
	}
	res, err := http.Post(m.platform+"/phone/"+string(o.UUID)+"/accept", "", nil)
	if err != nil {
		return o, err
	}
	res.Body.Close()
	for deadline := time.Now().Add(2 * maxWait); time.Now().Before(deadline); {
		if err := m.call("GET", "/api/orders/"+string(o.UUID), "", nil, &o); err != nil || o.Final() {
			return o, err
		}
		time.Sleep(300 * time.Millisecond) // as a program does
	}
	return o, fmt.Errorf("%s: no verdict: %+v", reference, o.Answer)
}

// buyAll has so many orders paid at a time, and tells during of each that was verified.
func (m *manyServers) buyAll(orders, atOnce int, during func(verified int)) (all []soldOrder, rate float64) {
	m.t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	slots := make(chan struct{}, atOnce)
	began := time.Now()
	for n := range orders {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			o, err := m.buy(fmt.Sprintf("order-%d", n))
			mu.Lock()
			defer mu.Unlock()
			if err != nil || o.Verdict != payload.VerdictVerified {
				m.t.Errorf("order %d: got %+v, %v, want it verified", n, o.Answer, err)
				return
			}
			all = append(all, o)
			during(len(all))
		})
	}
	wg.Wait()
	return all, float64(orders) / time.Since(began).Seconds()
}

// receiver is the program that is told of verdicts.
type receiver struct {
	url string

	mu   sync.Mutex
	told map[string]map[string]int // how often, by reference and by the callback's id
}

func startReceiver(t *testing.T) *receiver {
	r := &receiver{told: map[string]map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		var it struct{ ID, Event, Reference string }
		if err := json.NewDecoder(in.Body).Decode(&it); err != nil || it.Event != "verified" {
			t.Errorf("got the callback %+v, %v, want one of a verified order", it, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.told[it.Reference] == nil {
			r.told[it.Reference] = map[string]int{}
		}
		r.told[it.Reference][it.ID]++
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// await waits until so many orders were told of.
func (r *receiver) await(t testing.TB, orders int) {
	t.Helper()
	deadline := time.Now().Add(maxWait)
	for {
		r.mu.Lock()
		got := len(r.told)
		r.mu.Unlock()
		if got == orders {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("got callbacks of %d orders, want %d", got, orders)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// serversOrders is how many are paid while a server is killed.
var serversOrders = flag.Int("servers.orders", 1000, "orders that three servers share")

// Three servers share a record, and the work. One is killed in the middle and started again: every order is verified,
// none counts twice, and every verdict is told of.
func TestEndToEndServers(t *testing.T) {
	t.Parallel()
	orders := *serversOrders
	database := startDatabase(t)
	m := startServers(t, 3, database)
	back := make(chan struct{})
	all, rate := m.buyAll(orders, 100, func(verified int) {
		switch verified {
		case orders / 3:
			m.processes[1].kill(t)
		case orders * 2 / 3:
			go func() { // the others go on meanwhile
				defer close(back)
				m.processes[1].start(t)
			}()
		}
	})
	<-back
	t.Logf("%.0f orders a second", rate)
	txids := make([]string, 0, orders)
	for _, o := range all {
		txids = append(txids, o.Result.TxID)
	}
	if slices.Sort(txids); len(slices.Compact(txids)) != orders {
		t.Errorf("got %d transactions for %d orders", len(slices.Compact(txids)), orders)
	}
	m.receiver.await(t, orders)
	for reference, ids := range m.receiver.told {
		var kept struct{ Orders []soldOrder }
		if err := m.call("GET", "/api/orders?reference="+cmp.Or(reference, "none"), "", nil, &kept); err != nil {
			t.Fatal(err)
		}
		if len(ids) != 1 || len(kept.Orders) != 1 {
			t.Errorf("%s: got %d orders and callbacks %v, want one of each", reference, len(kept.Orders), ids)
		}
	}
}

// startDatabase returns the URL of an empty database, which ends with the test.
func startDatabase(t testing.TB) string {
	t.Helper()
	s, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Remove(); err != nil {
			t.Error(err)
		}
	})
	url, err := s.Create(t.Context(), "shop", "")
	if err != nil {
		t.Fatal(err)
	}
	return url
}
