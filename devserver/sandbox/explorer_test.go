package sandbox

import (
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestExplorer(t *testing.T) {
	validated := []string{
		"<h1>Payment</h1>", "2.5 <small>XRP delivered", "tesSUCCESS", wallet[0].address, demoShop, "4711", "0.000012 XRP",
		"100001", "1 January 2000, 00:00:03 UTC",
	}
	type page struct {
		network, misbehave string
		closed             bool
		status             int
		want, without      []string
	}
	inWorlds(t, map[string]page{
		"on its way": {
			"testnet", "", false, 200,
			[]string{"On its way", "not validated yet", "Refresh: 1"}, []string{"Closed"},
		},
		"validated":           {"testnet", "", true, 200, validated, []string{"Refresh: 1"}},
		"network in capitals": {"TESTNET", "", true, 200, []string{"tesSUCCESS"}, nil},
		"delivers less":       {"testnet", "delivers-less", true, 200, []string{"1.25 <small>XRP delivered"}, nil},
		"failed": {
			"testnet", "submit-fails", true, 200, []string{"it failed", "tecPATH_DRY"}, []string{"delivered"},
		},
		"never sent":      {"testnet", "never-submits", true, 404, []string{"Not on this ledger"}, nil},
		"another network": {"mainnet", "", true, 404, []string{"Not on this ledger"}, nil},
		"no network":      {"nonsense", "", true, 404, []string{"Not on this ledger"}, nil},
	}, func(w world, c page) {
		uuid := w.create(tagged)
		how := PhoneOptions{Misbehave: strings.Fields(c.misbehave)}
		state, err := w.platform.Phone(w.t.Context(), uuid, "accept", how)
		if err != nil {
			w.t.Fatal(err)
		}
		if c.closed {
			time.Sleep(engine.UsualClose)
		}
		a := w.do("GET", "/explorer/"+c.network+"/"+strings.ToLower(state.TxID), "", nil)
		checkPage(w.t, a, c.status, c.want, c.without)
	})
}
