package backend

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestWrongOptionsAreRefused(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	pay := func(txJSON string) map[string]Offer {
		return map[string]Offer{"pay": Fixed("Pay", Order{TxJSON: json.RawMessage(txJSON)})}
	}
	tests := []struct {
		name  string
		wrong func(*Options)
		want  string
	}{
		{"no platform", func(o *Options) { o.Platform = nil }, "Options.Platform"},
		{"no record", func(o *Options) { o.Record = nil }, "Options.Record"},
		{"no origin", func(o *Options) { o.Origin = "shop.example" }, `"shop.example"`},
		{"a page that is no origin", func(o *Options) { o.Pages = []string{"shop"} }, `"shop"`},
		{"unknown network", func(o *Options) { o.Network = "MAINNET" }, `"MAINNET"`},
		{"network without a node", func(o *Options) { o.Networks = map[string]Network{testNetwork: {}} }, "needs a node"},
		{"offer without a function", func(o *Options) { o.Offers = map[string]Offer{"pay": {}} }, `"pay"`},
		{"offer without a transaction", func(o *Options) { o.Offers = pay("") }, `"pay"`},
		{"offer of nonsense", func(o *Options) { o.Offers = pay(`{"TransactionType":"Paiement"}`) }, `"pay"`},
		{"offer on an unknown network", func(o *Options) {
			o.Offers = map[string]Offer{"pay": Fixed("Pay", Order{TxJSON: testOrders["pay"].TxJSON, Network: "DEVNET"})}
		}, `"DEVNET"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{
				Origin: "http://shop.example", Offers: testOffers, Networks: b.networks, Network: testNetwork,
				Platform: b.platform, Record: b.record,
			}
			tt.wrong(&o)
			got, err := New(context.WithoutCancel(t.Context()), o)
			if err == nil {
				got.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want a sentence that names %s", err, tt.want)
			}
		})
	}
}

// What was signed on a network that is configured no more stays in doubt.
func TestNetworkThatIsGone(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		v.stop()
		other := v.options
		other.Network, other.Networks = "MAINNET", map[string]Network{"MAINNET": {Node: &fakeNode{}}}
		v.start(other)
		v.says(metaSigned)
		v.browser = browserOf(v.T, v.backend).with(v.cookies)
		v.announce()
		v.pass(time.Minute)
		v.wantKept(payload.VerdictChecking)
		v.stop()
		v.start(v.options)
		v.pass(steadily)
		v.wantKept(payload.VerdictVerified)
	})
}
