package main

import (
	"io"
	"net/http"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/openapi"
	"github.com/xaman-live/xaman-live/site"
)

// What those ask who watch over the server is answered as the document of the contract says.
func TestContractOfThePrivateAddress(t *testing.T) {
	private := start(t, nil, "-private-addr", "127.0.0.1:0").private
	d, err := openapi.Read(site.Contract)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, c := range d.Calls {
		if c.Tag != "operation" {
			continue
		}
		asked++
		res, err := http.Get(private + c.Path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err == nil {
			err = c.Check(res.StatusCode, body)
		}
		if err != nil || res.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s %s: got %s %s: %v", c.Method, c.Path, res.Status, body, err)
		}
	}
	if asked != 3 {
		t.Errorf("the document has %d such calls, want 3", asked)
	}
}
