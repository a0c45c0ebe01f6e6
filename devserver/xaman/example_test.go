package xaman_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// A payment is asked for, and declined on the phone, which the sandbox's page does in place of a person.
func ExampleClient() {
	server := httptest.NewUnstartedServer(nil)
	platform, err := sandbox.New(context.Background(), sandbox.Config{
		BaseURL: "http://" + server.Listener.Addr().String(), Lag: time.Millisecond,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer platform.Close()
	server.Config.Handler = platform
	server.Start()
	defer server.Close()

	credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	if err != nil {
		log.Fatal(err)
	}
	client := xaman.NewClient(server.URL, credentials, nil)
	ctx, end := context.WithTimeout(context.Background(), 10*time.Second)
	defer end()
	created, err := client.Create(ctx, xaman.Request{
		TxJSON: json.RawMessage(
			`{"TransactionType":"Payment","Destination":"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe","Amount":"1500000"}`),
		Options: xaman.Options{Submit: true, Expire: 5, ForceNetwork: "TESTNET"},
	})
	if err != nil {
		log.Fatal(err)
	}
	res, err := http.Post(server.URL+"/phone/"+string(created.UUID)+"/reject", "", nil)
	if err != nil {
		log.Fatal(err)
	}
	res.Body.Close()
	p := xaman.Payload{}
	for !p.Meta.Resolved { // the platform's database follows its messages
		if p, err = client.Get(ctx, created.UUID); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(p.Meta.Resolved, p.Meta.Signed)
	fmt.Println(credentials)
	// Output:
	// true false
	// application 5a6d0c1e-0000-4000-8000-000000000001
}
