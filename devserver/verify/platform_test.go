package verify

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the platform leaves out is waited for, too, and it is known that there is more to ask for.
func TestIncompletePayloads(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			f := *s.fixture
			node := ledger.NewClient("http://node.test", s.node)
			data, err := json.Marshal(f.payload)
			if err != nil {
				t.Fatal(err)
			}
			// What was asked for is one field: a request without one of its own is another request.
			request := string(f.payload.Payload.RequestJSON)
			whole := strings.Replace(string(data), request, `"request"`, 1)
			wait := func(text string) {
				t.Helper()
				spoilt := f
				spoilt.payload = xaman.Payload{}
				text = strings.Replace(text, `"request"`, request, 1)
				if err := json.Unmarshal([]byte(text), &spoilt.payload); err != nil {
					t.Fatal(err)
				}
				if !spoilt.payload.Meta.Resolved || !spoilt.payload.Meta.Signed {
					return // it is not called signed, so nothing is checked
				}
				spoilt.evidence, _ = spoilt.gather(t, node, Evidence{})
				got := Verdict(spoilt.checks())
				if got == payload.VerdictUnverified {
					t.Errorf("%s: got %s: %+v", text, got, spoilt.checks())
				}
				if asks := Incomplete(f.order, spoilt.payload); (got == payload.VerdictChecking) != asks {
					t.Errorf("%s: got %s, and more to ask for: %t", text, got, asks)
				}
			}
			for nth, at := range fields.FindAllStringSubmatchIndex(whole, -1) {
				wait(spoil(whole, nth, ""))
				wait(spoil(whole, nth, `null`))
				if whole[at[2]:at[3]] != "request_json" {
					wait(spoil(whole, nth, `{}`))
					wait(spoil(whole, nth, `[]`))
				}
			}
			random := rand.New(rand.NewPCG(3, 4))
			for range 25 {
				wait(thin(random, whole))
			}
		})
	}
}

// The platform's echo of a template is the template in other words.
func TestEchoesOfATemplate(t *testing.T) {
	want := `{"TransactionType":"Payment","Destination":"` + shop + `","DestinationTag":4711,"Flags":131072,
		"Amount":` + usd("1.5") + `,"InvoiceID":"` + invoice + `","Memos":[{"Memo":{"MemoType":"AB","MemoData":"CD"}}]}`
	compare := func(want, echo string) payload.Check {
		return asked(Order{TxJSON: json.RawMessage(want)}, xaman.Body{RequestJSON: json.RawMessage(echo)})
	}
	tests := []struct {
		name, from, to string
		same           bool
	}{
		{"as it was", ``, ``, true},
		{"hex in lower case", invoice, strings.ToLower(invoice), true},
		{"memo in lower case", `"AB"`, `"ab"`, true},
		{"number as text", `4711`, `"4711"`, true},
		{"flags as text", `131072`, `"131072"`, true},
		{"flags with the canonical one", `131072`, `2147614720`, true},
		{"flags of a signed integer", `131072`, `-2147352576`, true},
		{"value as a number", `"1.5"`, `1.5`, true},
		{"value with more digits", `"1.5"`, `"1.500"`, true},
		{"currency as hex", `"USD"`, `"0000000000000000000000005553440000000000"`, true},
		{"another order", `"MemoType":"AB","MemoData":"CD"`, `"MemoData":"CD","MemoType":"AB"`, true},
		{"another invoice", invoice, strings.Replace(invoice, "F", "0", 1), false},
		{"another tag", `4711`, `4712`, false},
		{"another flag", `131072`, `65536`, false},
		{"another value", `"1.5"`, `"1.51"`, false},
		{"another type", `"Payment"`, `"CheckCreate"`, false},
		{"no flags", `"Flags":131072,`, ``, false},
		{"no tag", `"DestinationTag":4711,`, ``, false},
		{"one field more", `"DestinationTag"`, `"SourceTag":1,"DestinationTag"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := compare(want, strings.Replace(want, tt.from, tt.to, 1))
			if (c.Outcome == payload.Pass) != tt.same || c.Outcome == payload.Pending {
				t.Errorf("got %+v, want the same: %t", c, tt.same)
			}
		})
	}
	bare, zero := strings.Replace(want, `"Flags":131072,`, "", 1), strings.Replace(want, "131072", "0", 1)
	if c, d := compare(bare, zero), compare(zero, bare); c.Outcome != payload.Pass || d.Outcome != payload.Pass {
		t.Errorf("flags of 0 and none: got %+v and %+v", c, d)
	}
}

const invoice = "ABCDEF000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C"
