package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// asPlatform in the environment makes the test binary a platform with this configuration, to be killed.
const asPlatform = "SANDBOX_TEST_AS_PLATFORM"

func serveToBeKilled(config string) error {
	var c Config
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return err
	}
	l, err := net.Listen("tcp", strings.TrimPrefix(c.BaseURL, "http://"))
	if err != nil {
		return err
	}
	p, err := New(context.Background(), c)
	if err != nil {
		return err
	}
	io.WriteString(os.Stdout, "ready\n")
	return http.Serve(l, p)
}

// killed is a platform in a process of its own, and a shop that refuses the first attempt of each
// webhook.
type killed struct {
	world
	uuid   string
	config Config
	cmd    *exec.Cmd
	shop   shop
}

func newKilled(t *testing.T) *killed {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	k := &killed{}
	k.shop.answer = func(*http.Request) (*http.Response, error) { return nil, nil }
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.shop.RoundTrip(r)
		if r.Header.Get("X-Xumm-Attempt") == "1" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(hook.Close)
	k.config = Config{
		BaseURL: "http://" + addr, Data: filepath.Join(t.TempDir(), "data", "sandbox.db"), CloseEvery: time.Second,
		WebhookURL: hook.URL, WebhookWaits: []time.Duration{200 * time.Millisecond, 200 * time.Millisecond},
	}
	k.world = world{t: t, client: &http.Client{
		Transport:     leadingTo(addr),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	k.start()
	k.uuid = k.create(tagged)
	return k
}

// leadingTo is a transport on which every name leads to one address.
type leadingTo string

func (addr leadingTo) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host, r.Host, r.Close = string(addr), "", true
	return http.DefaultTransport.RoundTrip(r)
}

func (k *killed) start() {
	k.t.Helper()
	k.cmd = exec.Command(os.Args[0])
	k.cmd.Env = append(os.Environ(), asPlatform+"="+string(engine.JSON(k.config)))
	k.cmd.Stderr = os.Stderr
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	cmd := k.cmd
	k.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		k.t.Fatalf("start: got %q, %v", line, err)
	}
}

// crash gives the platform no chance to do anything more, and starts it again.
func (k *killed) crash() {
	k.t.Helper()
	if err := k.cmd.Process.Kill(); err != nil {
		k.t.Fatal(err)
	}
	k.cmd.Wait()
	k.start()
}

// until waits for a condition.
func (k *killed) until(what string, met func() bool) {
	k.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-deadline:
			k.t.Fatalf("never: %s", what)
		}
	}
}

// acceptUntil has the phone accept, at the pace of the sign page, until a message is heard that
// contains text.
func (k *killed) acceptUntil(text string) {
	k.t.Helper()
	l := k.listen(k.uuid)
	k.form(k.uuid, "act=accept")
	k.until(text, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return strings.Contains(strings.Join(l.heard, ""), text)
	})
}

func (k *killed) hooks() []hooked {
	k.shop.mu.Lock()
	defer k.shop.mu.Unlock()
	return slices.Clone(k.shop.got)
}

// Whenever the platform is killed, it goes on as if it had not been.
func TestKilled(t *testing.T) {
	for name, act := range map[string]func(k *killed){
		"created": func(k *killed) {
			k.crash()
			k.must(k.uuid, "accept")
		},
		"opened": func(k *killed) {
			k.must(k.uuid, "open")
			k.crash()
			a := k.api("GET", "payload/"+k.uuid, "")
			if pick(a.json, "meta.app_opened meta.opened_by_deeplink meta.resolved") != "true true false" {
				k.t.Errorf("got %s, want it opened", a.body)
			}
			k.must(k.uuid, "accept")
		},
		"accepted": func(k *killed) {
			k.acceptUntil("pre_signed")
			k.crash()
			if a := k.act(k.uuid, "reject"); a.status != http.StatusConflict {
				k.t.Errorf("got %d %s, want the phone busy", a.status, a.body)
			}
		},
		"sending": func(k *killed) {
			k.acceptUntil("dispatched")
			k.crash()
		},
		"resolved, not recorded": func(k *killed) {
			k.acceptUntil("payload_uuidv4")
			k.crash()
		},
		"submitted, not validated": func(k *killed) {
			k.must(k.uuid, "accept")
			k.crash()
		},
		"webhook undelivered": func(k *killed) {
			k.must(k.uuid, "accept")
			k.until("an attempt", func() bool { return len(k.hooks()) > 0 })
			k.crash()
		},
		"again and again": func(k *killed) {
			k.form(k.uuid, "act=accept")
			for n := range 8 {
				<-time.After(time.Duration(n) * 50 * time.Millisecond)
				k.crash()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKilled(t)
			act(k)

			var txid, validated string
			k.until("the outcome, as the phone reports it", func() bool {
				doc := k.api("GET", "payload/"+k.uuid, "").json
				txid = pick(doc, "response.txid")
				return pick(doc, "response.dispatched_result") == "tesSUCCESS"
			})
			k.until("the payment, validated", func() bool {
				tx := k.rpc("tx", `{"transaction":"`+txid+`"}`)
				validated = pick(tx, "meta.TransactionResult meta.delivered_amount DestinationTag")
				return tx["validated"] == true
			})
			if validated != "tesSUCCESS 2500000 4711" {
				t.Errorf("got %s", validated)
			}
			payer := k.rpc("account_info", `{"account":"`+wallet[0].address+`","ledger_index":"validated"}`)
			if pick(payer, "account_data.Balance account_data.Sequence") != "999997499988 2" {
				t.Errorf("got %s, want one payment", show(payer))
			}
			k.until("the webhook, taken", func() bool {
				hooks := k.hooks()
				return len(hooks) > 0 && hooks[len(hooks)-1].header.Get("X-Xumm-Attempt") == "2"
			})
			for _, h := range k.hooks() {
				now := h.header.Get("X-Xumm-Request-Timestamp")
				signed := h.header.Get("X-Xumm-Request-Signature") == webhookSignature(Secret, now, []byte(h.body))
				if h.body != k.hooks()[0].body || !strings.Contains(h.body, txid) || !signed {
					t.Errorf("got webhook %+v", h)
				}
			}
		})
	}
}
