package verify

import (
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/xaman"
)

func TestDescribes(t *testing.T) {
	fee := []byte(templateWith(`,"Fee":"1"`))
	type change = func(o *Order, p *xaman.Payload)
	for name, tt := range map[string]struct {
		change change
		why    string // "": it does
	}{
		"as made":                 {func(o *Order, p *xaman.Payload) {}, ""},
		"not opened yet":          {func(o *Order, p *xaman.Payload) { p.Response = xaman.Response{} }, ""},
		"on its network":          {func(o *Order, p *xaman.Payload) { p.Meta.ForceNetwork = "TESTNET" }, ""},
		"on another network":      {func(o *Order, p *xaman.Payload) { p.Meta.ForceNetwork = "MAINNET" }, "is MAINNET"},
		"of another application":  {func(o *Order, p *xaman.Payload) { p.Application.UUID = "x" }, "belongs to another"},
		"of nobody":               {func(o *Order, p *xaman.Payload) { p.Application.UUID = "" }, "does not say whose"},
		"another payload":         {func(o *Order, p *xaman.Payload) { o.UUID = "x" }, "answered for another request"},
		"with another identifier": {func(o *Order, p *xaman.Payload) { o.Identifier = "x" }, "another identifier"},
		"nothing asked for":       {func(o *Order, p *xaman.Payload) { p.Payload.RequestJSON = nil }, "does not say what"},
		"another fee asked for":   {func(o *Order, p *xaman.Payload) { o.TxJSON = fee }, "differs in Fee"},
		"not submitted":           {func(o *Order, p *xaman.Payload) { o.Submit = false }, "submit is true"},
		"paid with anything":      {func(o *Order, p *xaman.Payload) { p.Meta.Pathfinding = true }, "pathfinding is true"},
	} {
		f := payment(t)
		f.payload.Meta.Submit = true
		tt.change(&f.order, &f.payload)
		err := f.order.Describes(f.payload)
		if (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: got %v, want %q", name, err, tt.why)
		}
		if err != nil && (strings.HasSuffix(err.Error(), ".") || strings.ToLower(err.Error()[:1]) != err.Error()[:1]) {
			t.Errorf("%s: got %v, want a part of a sentence", name, err)
		}
	}
}
