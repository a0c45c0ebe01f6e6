package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	shopSecret  = "f0e1d2c3b4a5968778695a4b3c2d1e0f11223344"
	shopOffers  = "[offers.coffee]\nkind = \"payment\"\nto = \"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe\"\namount = \"2.5\"\n"
	shopAnswers = "[callbacks.shop]\nurl = %q\nsecrets = [{ env = \"SHOP_SECRET\" }]\nall = true\n"
)

// bookkeeper is a site's own program, which is told of verdicts. Until it is open, it takes calls and answers none.
type bookkeeper struct {
	*testing.T
	url    string
	called chan struct{} // when it is for the first time
	open   chan struct{}

	mu   sync.Mutex
	once sync.Once
	paid map[payload.UUID]string // ids of what was told, by the order
}

func newBookkeeper(t *testing.T) *bookkeeper {
	b := &bookkeeper{
		T: t, called: make(chan struct{}), open: make(chan struct{}), paid: map[payload.UUID]string{},
	}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	b.url = s.URL
	return b
}

func (b *bookkeeper) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the server has ended
	}
	b.once.Do(func() { close(b.called) })
	select {
	case <-b.open:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
	mac := hmac.New(sha256.New, []byte(shopSecret))
	fmt.Fprintf(mac, "%s.%s", r.Header.Get("Xaman-Live-Time"), body)
	if got, want := r.Header.Get("Xaman-Live-Signature"), "v1="+hex.EncodeToString(mac.Sum(nil)); got != want {
		b.Errorf("got the signature %s, want %s", got, want)
	}
	var told struct {
		ID, Event string
		UUID      payload.UUID
	}
	if err := json.Unmarshal(body, &told); err != nil || told.Event != "verified" || told.ID == "" {
		b.Errorf("got %s, %v, want a verified order", body, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if before := b.paid[told.UUID]; before != "" && before != told.ID {
		b.Errorf("got %s and %s for the same", before, told.ID)
	}
	b.paid[told.UUID] = told.ID
}

func (b *bookkeeper) booked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.paid)
}

// order has the server make an order, once for each number, and returns it if there is an answer.
func (p *process) order(t *testing.T, private string, number int) (uuid payload.UUID, ok bool) {
	r, err := http.NewRequest("POST", private+"/api/orders", strings.NewReader(`{"offer":"coffee"}`))
	if err != nil {
		t.Error(err)
		return "", false
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+programKey)
	r.Header.Set("Idempotency-Key", fmt.Sprint("order-", number))
	res, err := (&http.Client{Transport: transport(t)}).Do(r)
	if err != nil {
		return "", false // it does not run
	}
	defer res.Body.Close()
	var made struct{ UUID payload.UUID }
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 || json.Unmarshal(data, &made) != nil {
		t.Errorf("order %d: got %s %s, %v", number, res.Status, data, err)
		return "", false
	}
	return made.UUID, true
}

// The server is told to end while it makes orders, verifies others, and waits for somebody whom it tells of verdicts.
// It ends well, and the next one does all that is left to do.
func TestStopped(t *testing.T) {
	t.Parallel()
	const before, meanwhile = 24, 12
	shop := newBookkeeper(t)
	file := filepath.Join(t.TempDir(), "xaman-live.toml")
	if err := os.WriteFile(file, fmt.Appendf(nil, shopOffers+shopAnswers, shop.url), 0o600); err != nil {
		t.Fatal(err)
	}
	addr, privately := freeAddr(t), freeAddr(t)
	p := newProcess(t, addr, t.TempDir(), startPlatform(t, sandbox.Config{
		CloseEvery: 300 * time.Millisecond, Lag: 20 * time.Millisecond, WebhookURL: "http://" + addr + "/api/webhook",
	}))
	p.args = append(p.args, "-private-addr", privately, "-config", file)
	p.env = maps.Clone(p.env)
	p.env["XAMAN_LIVE_KEY"], p.env["SHOP_SECRET"] = programKey, shopSecret
	private := "http://" + privately
	p.start(t)

	// Half of the orders are paid, and one of them has been told of, when the server hears that it has to end.
	orders := make([]payload.UUID, before+meanwhile)
	for n := range before {
		orders[n], _ = p.order(t, private, n)
	}
	for _, uuid := range orders[:before/2] {
		p.accept(t, uuid, everyday)
	}
	<-shop.called
	var making sync.WaitGroup
	for n := before; n < before+meanwhile; n++ {
		making.Go(func() { orders[n], _ = p.order(t, private, n) })
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	making.Wait()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v, want it to end well", err)
	}
	if n := shop.booked(); n > 0 {
		t.Errorf("%d orders were told, want none before somebody answers", n)
	}

	// Whoever got no answer asks the next server again. The others pay.
	close(shop.open)
	p.start(t)
	answered := 0
	for n, uuid := range orders {
		again, ok := p.order(t, private, n)
		if !ok || uuid != "" && again != uuid {
			t.Fatalf("order %d: got %s, want %s", n, again, uuid)
		}
		if uuid != "" {
			answered++
		}
		if orders[n] = again; n >= before/2 {
			p.accept(t, again, everyday)
		}
	}
	t.Logf("%d of %d orders were answered by the server that ended", answered, len(orders))
	deadline := time.After(maxWait)
	for shop.booked() < len(orders) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			t.Fatalf("%d of %d orders were told", shop.booked(), len(orders))
		}
	}
	if strings.Contains(p.log.String(), "level=ERROR") {
		t.Errorf("got errors in the log:\n%s", p.log.String())
	}
	for n, uuid := range orders {
		if id := shop.paid[uuid]; !strings.HasPrefix(id, string(uuid)+"-verified-") {
			t.Errorf("order %d: got the id %q", n, id)
		}
	}
}
