package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestExplorer(t *testing.T) {
	tests := []struct {
		name      string
		network   string
		misbehave []string
		closed    bool
		status    int
		want      []string
		without   []string
	}{
		{"on its way", "testnet", nil, false, 200, []string{"On its way", "not validated yet", `http-equiv="refresh"`}, []string{"Closed"}},
		{
			"validated", "testnet", nil, true, 200,
			[]string{"<h1>Payment</h1>", "2.5 <small>XRP delivered", "tesSUCCESS", wallet[0].address, demoShop, "4711", "12 drops", "100001", "1 January 2000, 00:00:03 UTC"},
			[]string{"refresh"},
		},
		{"network in capitals", "TESTNET", nil, true, 200, []string{"tesSUCCESS"}, nil},
		{"delivers less", "testnet", []string{"delivers-less"}, true, 200, []string{"1.25 <small>XRP delivered"}, nil},
		{"failed", "testnet", []string{"submit-fails"}, true, 200, []string{"it failed", "tecPATH_DRY"}, []string{"delivered"}},
		{"never sent", "testnet", []string{"never-submits"}, true, 404, []string{"Not on this ledger"}, nil},
		{"another network", "mainnet", nil, true, 404, []string{"Not on this ledger"}, nil},
		{"no network", "nonsense", nil, true, 404, []string{"Not on this ledger"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(tagged)
				body := string(engine.JSON(map[string]any{"misbehave": tt.misbehave}))
				if a := w.do("POST", "/phone/"+uuid+"/accept", body, nil); a.status != http.StatusOK {
					w.t.Fatalf("accept: got %d %s", a.status, a.body)
				}
				if tt.closed {
					time.Sleep(engine.UsualClose)
				}
				hash := w.payload(uuid).Outcome.Signature.TxID
				a := w.do("GET", "/explorer/"+tt.network+"/"+strings.ToLower(hash), "", nil)
				checkPage(w.t, a, tt.status)
				for _, want := range tt.want {
					if !strings.Contains(a.body, want) {
						w.t.Errorf("want %q in\n%s", want, a.body)
					}
				}
				for _, without := range tt.without {
					if strings.Contains(a.body, without) {
						w.t.Errorf("want no %q in\n%s", without, a.body)
					}
				}
			})
		})
	}
}
