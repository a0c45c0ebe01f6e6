package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// A shop's test has payments asked for, signed or declined, and read back.
func Example() {
	ctx := context.Background()
	platform, err := sandbox.New(ctx, sandbox.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer platform.Close()
	server := httptest.NewServer(platform)
	defer server.Close()

	// The shop, with the sandbox's address and credentials in the place of the platform's.
	credentials, _ := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	shop := xaman.NewClient(server.URL, credentials, nil)
	template := json.RawMessage(`{
		"TransactionType": "Payment", "Destination": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe", "Amount": "2500000"
	}`)

	for _, act := range []string{"accept", "reject"} {
		created, err := shop.Create(ctx, xaman.Request{TxJSON: template})
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := platform.Phone(ctx, string(created.UUID), act, sandbox.PhoneOptions{}); err != nil {
			fmt.Println(err)
			return
		}
		answer, err := shop.Get(ctx, created.UUID)
		fmt.Println(act, answer.Meta.Signed, answer.Response.Account, err)
	}

	// Output:
	// accept true rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh <nil>
	// reject false  <nil>
}
