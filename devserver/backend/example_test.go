package backend_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// teaHouse is a whole site, with one page and one offer, on a platform that has an XRPL node at /ledger.
func teaHouse(
	ctx context.Context, origin, platform, key, secret, data string,
) (site http.Handler, end func(), err error) {
	credentials, err := xaman.ParseCredentials(key, secret)
	if err != nil {
		return nil, nil, err
	}
	remembered, err := record.Open(data, func(err error) { log.Fatal(err) })
	if err != nil {
		return nil, nil, err
	}
	b, err := backend.New(ctx, backend.Options{
		Origin: origin, Site: "Tea House",
		Offers: map[string]backend.Offer{"tea": backend.Fixed("A pot of tea", backend.Order{
			TxJSON: json.RawMessage(`{"TransactionType":"Payment",
				"Destination":"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe","Amount":"1500000"}`),
			Options:     xaman.Options{Submit: true, Expire: 5},
			Instruction: "A pot of tea, at {host}",
		})},
		Networks: map[string]backend.Network{"TESTNET": {ID: 1, Node: ledger.NewClient(platform+"/ledger", nil)}},
		Network:  "TESTNET",
		Platform: xaman.NewClient(platform, credentials, nil),
		Record:   remembered,
	})
	if err != nil {
		remembered.Close()
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", b)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		b.Session(w, r)
		fmt.Fprint(w, `<xaman-sign-request demo="tea" backend="/api"></xaman-sign-request>`)
	})
	return mux, func() { b.Close(); remembered.Close() }, nil
}

// A visitor of a site orders a pot of tea, and pays for it with the sandbox's phone.
func Example() {
	platform, site := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	offline, err := sandbox.New(context.Background(), sandbox.Config{
		BaseURL: "http://" + platform.Listener.Addr().String(), CloseEvery: 10 * time.Millisecond,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer offline.Close()
	platform.Config.Handler = offline
	platform.Start()
	defer platform.Close()
	data, err := os.MkdirTemp("", "tea")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(data)
	handler, end, err := teaHouse(
		context.Background(), "http://"+site.Listener.Addr().String(), platform.URL, sandbox.Key, sandbox.Secret, data)
	if err != nil {
		log.Fatal(err)
	}
	defer end()
	site.Config.Handler = handler
	site.Start()
	defer site.Close()

	jar, _ := cookiejar.New(nil)
	visitor := &http.Client{Jar: jar}
	ask := func(res *http.Response, err error) (a payload.Answer) {
		if err != nil {
			log.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
			log.Fatal(err)
		}
		return a
	}
	a := ask(visitor.Post(site.URL+"/api/sign-requests", "application/json", strings.NewReader(`{"demo":"tea"}`)))
	fmt.Println(a.Status, a.Verdict)
	ask(http.Post(platform.URL+"/phone/"+string(a.UUID)+"/accept", "", nil))
	for !a.Final() {
		time.Sleep(100 * time.Millisecond)
		a = ask(visitor.Get(site.URL + "/api/sign-requests/" + string(a.UUID)))
	}
	fmt.Println(a.Status, a.Verdict, a.Result.Amount, a.Result.Currency)
	// Output:
	// pending none
	// signed verified 1.5 XRP
}
