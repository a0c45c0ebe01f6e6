package sandbox

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// inLives runs a platform in virtual time, again and again on the same file, each life after the end of
// the one before.
func inLives(t *testing.T, lives ...func(w world)) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data", "sandbox.db")
	synctest.Test(t, func(t *testing.T) {
		for _, life := range lives {
			run(t, Config{BaseURL: base, Data: data}, life)
		}
	})
}

// seen is what others can see of a platform, but for what changes with time.
func (w world) seen() string {
	w.t.Helper()
	var b strings.Builder
	var payloads []*engine.Payload
	w.platform.look(func(e *engine.Engine, _ time.Time) { payloads = slices.Collect(e.Payloads()) })
	slices.SortFunc(payloads, func(a, b *engine.Payload) int { return strings.Compare(a.UUID, b.UUID) })
	for _, pl := range payloads {
		uuid := pl.UUID
		doc := w.get(uuid)
		delete(doc["payload"].(map[string]any), "expires_in_seconds")
		fmt.Fprintln(&b, show(doc))
		fmt.Fprintln(&b, w.do("GET", "/sign/"+uuid, "", nil).body)
		if o := pl.Outcome; o != nil && o.Signature.TxID != "" {
			fmt.Fprintln(&b, show(w.rpc("tx", `{"api_version":2,"transaction":"`+o.Signature.TxID+`"}`)))
		}
	}
	for _, a := range wallet {
		params := `{"ledger_index":"validated","signer_lists":true,"account":"` + a.address + `"}`
		fmt.Fprintln(&b, show(w.rpc("account_info", params)["account_data"]))
	}
	fmt.Fprintln(&b, w.api("GET", "user-token/"+w.userToken(), "").body)
	fmt.Fprintln(&b, w.api("GET", "payload/ci/order", "").json["meta"])
	return b.String()
}

func TestRestart(t *testing.T) {
	const rich = `{"txjson":{"TransactionType":"Payment","Destination":"` + demoShop + `","Amount":"2500000"},` +
		`"options":{"expire":5,"return_url":{"web":"https://shop.example/?{txid}"},"signers":["` + address + `"],` +
		`"force_network":"TESTNET"},` +
		`"custom_meta":{"identifier":"order","instruction":"pay","blob":{"a":[1,"<"]}}}`
	inDollars := payWith(`"Destination":"` + demoShop + `","Amount":{"currency":"USD","issuer":"` + demoShop +
		`","value":"12.5"}`)
	var before, token string
	inLives(t, func(w world) {
		token = w.token()
		w.must(w.create(rich), "accept")
		w.api("POST", "payload", strings.Replace(rich, "5,", "6,", 1)) // whose identifier is taken
		w.must(w.create(tagged), "reject")
		w.create(tagged)
		w.must(w.create(tagged), "open")
		w.do("GET", "/sign/"+w.create(tagged)+"/qr", "", nil)
		w.api("DELETE", "payload/"+w.create(tagged), "")
		w.misbehave(w.create(inDollars), "delivers-less", "wrong-txid")
		w.create(`{"txblob":"` + signedBy(t, wallet[0].key, engine.Transaction{
			"TransactionType": "AccountSet", "Account": wallet[0].address, "Fee": "12", "Sequence": 9,
		}) + `"}`)
		w.create(signInWith(`"user_token":"` + token + `"`))
		time.Sleep(engine.UsualClose)
		before = w.seen()
	}, func(w world) {
		if after := w.seen(); after != before {
			t.Errorf("got\n%s\nwant\n%s", after, before)
		}
		if got := w.token(); got != token {
			t.Errorf("got another token, %s for %s", got, token)
		}
		if a := w.api("POST", "payload", rich); a.status != http.StatusBadRequest {
			t.Errorf("an identifier that is taken: got %d", a.status)
		}
		uuid := w.create(tagged)
		v := w.misbehave(uuid, "replay")
		if got := pick(v, "response.dispatched_result"); pick(v, "response.txid") == "" || got != "tesSUCCESS" {
			t.Errorf("got %s", show(v))
		}
	})
}

// The ledger closes while there is no platform, too.
func TestRestartLater(t *testing.T) {
	var uuid string
	inLives(t, func(w world) {
		uuid = w.create(payment)
		w.must(w.create(payment), "open")
		w.must(w.create(tagged), "accept")
	}, func(world) {
		time.Sleep(time.Hour)
	}, func(w world) {
		got := w.rpc("account_info", `{"account":"`+wallet[0].address+`","ledger_index":"validated"}`)
		if pick(got, "account_data.Sequence") != "2" {
			t.Errorf("got %s, want sequence 2: the payment is validated", show(got))
		}
		w.listen(uuid).expect("welcome expired")
		if a := w.act(uuid, "open"); a.status != http.StatusGone {
			t.Errorf("got %d, want it expired", a.status)
		}
		if got := w.ledger().Newest; got < 100_000+1200 {
			t.Errorf("got ledger %d after an hour", got)
		}
	})
}

func TestRestartForgets(t *testing.T) {
	var old, used string
	inLives(t, func(w world) {
		old = w.create(signInWith(`"options":{"expire":1}`))
		w.platform.step(func(e *engine.Engine, now time.Time) error {
			for range engine.MaxFinished {
				e.Create(now, engine.Request{App: Key, Options: engine.Options{Expire: time.Minute}})
			}
			return nil
		})
		time.Sleep(time.Hour)
		used = w.create(payment)
	}, func(w world) {
		for uuid, want := range map[string]int{old: http.StatusNotFound, used: http.StatusOK} {
			if a := w.api("GET", "payload/"+uuid, ""); a.status != want {
				t.Errorf("got %d, want %d", a.status, want)
			}
		}
	})
}

func TestDataIsInUse(t *testing.T) {
	inLives(t, func(w world) {
		_, err := New(w.t.Context(), Config{Data: w.platform.core.disk.db.Path()})
		if err == nil || !strings.Contains(err.Error(), "another sandbox is using it") {
			t.Errorf("got %v", err)
		}
	})
}

// What cannot be stored is not heard of, nor is anything after it.
func TestDataCannotBeWritten(t *testing.T) {
	inLives(t, func(w world) {
		uuid := w.create(payment)
		l := w.listen(uuid)
		l.take()
		w.platform.core.disk.db.Close()
		if a := w.act(uuid, "open"); a.status != http.StatusInternalServerError {
			t.Errorf("got %d %s", a.status, a.body)
		}
		l.expect("")
		if a := w.api("GET", "payload/"+uuid, ""); a.status != http.StatusServiceUnavailable {
			t.Errorf("afterwards: got %d %s", a.status, a.body)
		}
	})
}

// Whenever the process ends, what comes of a payment is the same. A copy of the file after each time that it is written
// is what every possible end leaves behind.
func TestKilled(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var ends []string
		s := &shop{answer: answering(http.StatusInternalServerError)}
		config := Config{
			BaseURL: base, Data: filepath.Join(folder, "sandbox.db"), WebhookURL: hookURL, Transport: s,
			WebhookWaits: []time.Duration{time.Second, time.Second},
		}
		var uuid string
		run(t, config, func(w world) {
			tell := w.platform.core.tell
			w.platform.core.tell = func(out engine.Output) {
				if len(out.Changed) > 0 {
					ends = append(ends, fmt.Sprintf("%s.%d", config.Data, len(ends)))
					err := w.platform.core.disk.db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(ends[len(ends)-1], 0o600) })
					if err != nil {
						t.Error(err)
					}
				}
				tell(out)
			}
			uuid = w.create(tagged)
			w.must(uuid, "open")
			w.form(uuid, "act=accept")
			time.Sleep(10 * time.Second)
		})
		if len(ends) != 8 { // created, opened, accepted, signed, reported, and three attempts of the webhook
			t.Errorf("got %d writes", len(ends))
		}
		s.answer = answering(http.StatusOK)
		for _, config.Data = range ends {
			s.take()
			run(t, config, func(w world) {
				if pl := w.payload(uuid); pl.Outcome == nil && pl.Signing == nil {
					w.must(uuid, "accept")
				}
				time.Sleep(time.Minute)
				doc := w.get(uuid)
				tx := w.rpc("tx", `{"transaction":"`+pick(doc, "response.txid")+`"}`)
				payer := w.rpc("account_info", `{"account":"`+wallet[0].address+`","ledger_index":"validated"}`)
				got := pick(doc, "response.dispatched_result ") + " " + pick(tx, "validated meta.delivered_amount DestinationTag") +
					" " + pick(payer, "account_data.Balance account_data.Sequence")
				if got != "tesSUCCESS true 2500000 4711 999997499988 2" {
					t.Errorf("%s: got %s, want one payment", config.Data, got)
				}
				hooks := s.take()
				if last := config.Data == ends[len(ends)-1]; len(hooks) != map[bool]int{true: 0, false: 1}[last] {
					t.Errorf("%s: got %d webhooks", config.Data, len(hooks))
				}
				for _, h := range hooks {
					if !h.genuine() || !strings.Contains(h.body, pick(doc, "response.txid")) {
						t.Errorf("%s: got %+v", config.Data, h)
					}
				}
			})
		}
	})
}
