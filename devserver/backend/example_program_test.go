package backend_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// bakery is a program with users of its own.
type bakery struct {
	baskets map[string]int // loaves, by user
	paid    chan string    // what was paid for
}

// user is who has signed in to the bakery.
func (s *bakery) user(r *http.Request) (name string, ok bool) {
	c, err := r.Cookie("bakery")
	if err != nil {
		return "", false
	}
	_, ok = s.baskets[c.Value]
	return c.Value, ok
}

// snippet: bakery
// basket asks a user to pay for the loaves in his basket.
func (s *bakery) basket(_ context.Context, v backend.Visitor) (backend.Order, error) {
	loaves := s.baskets[v.ID]
	if loaves == 0 {
		return backend.Order{}, &api.Error{Code: api.Forbidden, Message: "There is nothing in your basket."}
	}
	return backend.Order{
		TxJSON: fmt.Appendf(nil, `{"TransactionType":"Payment","Destination":"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
			"Amount":"%d"}`, loaves*500_000),
		Options:     xaman.Options{Submit: true, Expire: 5},
		Instruction: "Bread, at {host}",
		Reference:   v.ID + "'s basket",
	}, nil
}

// told hears what became of each order, at least once.
func (s *bakery) told(_ context.Context, v backend.Verdict) error {
	if v.Event == backend.EventVerified {
		s.paid <- v.Reference + ": " + v.Result.Amount + " " + v.Result.Currency
	}
	return nil
}

// mount adds what the bakery's pages need to its handler.
func (s *bakery) mount(ctx context.Context, mux *http.ServeMux, o backend.Options) (*backend.Backend, error) {
	o.Visitor = s.user
	o.Offers = map[string]backend.Offer{"basket": {Label: "Your basket", Type: "Payment", Order: s.basket}}
	o.OnVerdict = s.told
	b, err := backend.New(ctx, o)
	if err == nil {
		mux.Handle("/api/", b)
	}
	return b, err
}

// end

// A program whose users have baskets asks each to pay for his own, and hears when he has.
func Example_program() {
	platform, site := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	offline, err := sandbox.New(context.Background(), sandbox.Config{
		BaseURL:    "http://" + platform.Listener.Addr().String(),
		WebhookURL: "http://" + site.Listener.Addr().String() + backend.Webhook,
		CloseEvery: 10 * time.Millisecond,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer offline.Close()
	platform.Config.Handler = offline
	platform.Start()
	defer platform.Close()
	data, err := os.MkdirTemp("", "bakery")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(data)
	remembered, err := record.Open(data, func(err error) { log.Fatal(err) })
	if err != nil {
		log.Fatal(err)
	}
	defer remembered.Close()
	credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	if err != nil {
		log.Fatal(err)
	}
	shop := &bakery{baskets: map[string]int{"alice": 3, "bob": 0}, paid: make(chan string, 1)}
	mux := http.NewServeMux()
	b, err := shop.mount(context.Background(), mux, backend.Options{
		Origin: "http://" + site.Listener.Addr().String(), Site: "Bakery", Network: "TESTNET",
		Networks: map[string]backend.Network{"TESTNET": {ID: 1, Node: ledger.NewClient(platform.URL+"/ledger", nil)}},
		Platform: xaman.NewClient(platform.URL, credentials, nil), Record: remembered,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	site.Config.Handler = mux
	site.Start()
	defer site.Close()

	order := func(user string) (status int, a payload.Answer) {
		r, _ := http.NewRequest("POST", site.URL+"/api/sign-requests", strings.NewReader(`{"demo":"basket"}`))
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: "bakery", Value: user})
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			log.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
			log.Fatal(err)
		}
		return res.StatusCode, a
	}
	status, _ := order("bob")
	fmt.Println(status)
	status, a := order("alice")
	fmt.Println(status, a.Summary.Amount)
	if _, err := offline.Phone(context.Background(), string(a.UUID), "accept", sandbox.PhoneOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-shop.paid)
	// Output:
	// 403
	// 201 1.5
	// alice's basket: 1.5 XRP
}
