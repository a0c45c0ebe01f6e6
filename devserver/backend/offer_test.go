package backend

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestEveryOrderIsOneOfAKind(t *testing.T) {
	for name, order := range testOrders {
		t.Run(name, func(t *testing.T) {
			f := &fakePlatform{}
			b, _ := newTestBackend(t, t.TempDir(), f, nil, nil)
			b.random = rand.Reader
			browser := browserOf(t, b)
			var asked []json.RawMessage
			for range 2 {
				browser.create(name)
				r := f.request.Load()
				asked = append(asked, r.TxJSON)
				if !strings.Contains(r.CustomMeta.Instruction, "shop.example") || strings.Contains(r.CustomMeta.Instruction, "{") {
					t.Errorf("got instruction %q, want it to name the site's host", r.CustomMeta.Instruction)
				}
			}
			if bytes.Equal(asked[0], asked[1]) || bytes.Equal(asked[0], order.TxJSON) {
				t.Errorf("got %s twice, want another each time", asked[0])
			}
			record, err := b.requests.get(t.Context(), testUUID)
			if err != nil || !bytes.Equal(record.Order.TxJSON, asked[0]) || !record.Order.Marked() {
				t.Errorf("got order %+v, %v, want what was asked for: %s", record, err, asked[0])
			}
			host := strings.ToUpper(hex.EncodeToString([]byte("shop.example")))
			if name == "sign-in" && !strings.Contains(string(asked[0]), host) {
				t.Errorf("got %s, want the site's host in it", asked[0])
			}
		})
	}
}

func TestOrderThatCannotBeMadeIsNotAskedFor(t *testing.T) {
	bad := map[string]json.RawMessage{
		"bad":      json.RawMessage(`{"TransactionType":"Payment","Amount":"1.5"}`),
		"no price": json.RawMessage(`{"TransactionType":"Payment","Destination":"` + testShop + `"}`),
	}
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	for name, template := range bad {
		order := Order{TxJSON: template, Options: xaman.Options{Submit: true}, Network: testNetwork}
		if o, err := b.demand(order, "id", time.Now(), 0); err == nil {
			t.Errorf("%s: got %+v, want an error", name, o)
		}
	}
	f := &fakePlatform{}
	b, _ = newTestBackend(t, t.TempDir(), f, nil, nil)
	b.random = iotest.ErrReader(errors.New("no entropy"))
	w := browserOf(t, b).call("POST", "/api/sign-requests", `{"demo":"pay"}`)
	if w.Code != http.StatusInternalServerError {
		t.Errorf("got %d %s, want an error without randomness", w.Code, w.Body)
	}
	if n := f.calls.Load(); n > 0 {
		t.Errorf("the platform was called %d times for what cannot be verified", n)
	}
}

// A page that names an amount has shown one, which is not what the visitor would be asked for.
func TestFixedOfferTakesNoAmount(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		before := v.f.calls.Load()
		checkError(v.T, v.call("POST", "/api/sign-requests", `{"demo":"pay","amount":"5"}`), api.AmountRefused)
		if calls := v.f.calls.Load() - before; calls != 0 {
			v.Errorf("got %d calls, want none for what was refused", calls)
		}
	})
}

func TestOrderThatWantsNoMark(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	order := testOrders["sign-in"]
	order.Unmarked, order.Network = true, testNetwork
	o, err := b.demand(order, "id", time.Now(), 0)
	if err != nil || !bytes.Equal(o.TxJSON, order.TxJSON) || !o.Unmarked || o.Marked() {
		t.Errorf("got %+v, %v, want the template as it is", o, err)
	}
}

func TestWhatIsUsedUp(t *testing.T) {
	const memo = `{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"AB"}}]}`
	tests := []struct {
		name, kind, template string
		unmarked             bool
		want                 string
	}{
		{"payment", "Payment", `{"TransactionType":"Payment"}`, false, signatures["Payment"].txid},
		{"payment without a mark", "Payment", `{"TransactionType":"Payment"}`, true, signatures["Payment"].txid},
		{"sign-in", "SignIn", memo, false, signatures["SignIn"].txid},
		{"sign-in without a mark", "SignIn", `{"TransactionType":"SignIn"}`, true, ""},
		{"sign-in with a memo that is no mark", "SignIn", memo, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := verify.Order{TxJSON: json.RawMessage(tt.template), Unmarked: tt.unmarked}
			if got := usedUp(o, verify.ReadBlob(signatures[tt.kind].blob)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
