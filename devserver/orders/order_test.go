package orders

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	testShop    = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
	testPayment = `{"TransactionType":"Payment","Destination":"` + testShop + `","Amount":"2500000"}`
	testSignIn  = `{"TransactionType":"SignIn"}`
)

func TestReadOrder(t *testing.T) {
	tests := map[string]struct {
		body string
		want backend.Order
	}{
		"payment": {`{"txjson":` + testPayment + `}`, backend.Order{
			TxJSON: json.RawMessage(testPayment), Options: xaman.Options{Submit: true},
		}},
		"sign-in is not submitted": {`{"txjson":` + testSignIn + `}`, backend.Order{TxJSON: json.RawMessage(testSignIn)}},
		"not to be submitted": {`{"txjson":` + testPayment + `,"options":{"submit":false}}`, backend.Order{
			TxJSON: json.RawMessage(testPayment),
		}},
		"sign-in to be submitted": {`{"txjson":` + testSignIn + `,"options":{"submit":true}}`, backend.Order{
			TxJSON: json.RawMessage(testSignIn), Options: xaman.Options{Submit: true},
		}},
		"all": {`{"txjson":` + testPayment + `,"options":{"submit":true,"expire":10,` +
			`"return_url":{"app":"https://a.example","web":"https://w.example"}},"custom_meta":{"instruction":"Two coffees",` +
			`"blob":{"table":4}},"reference":"117",` +
			`"network":"TESTNET","account":"` + testShop + `","callback":"till","user_token":"T","view":{"expires_in":60}}`,
			backend.Order{
				TxJSON: json.RawMessage(testPayment), Instruction: "Two coffees", Custom: json.RawMessage(`{"table":4}`),
				Options: xaman.Options{Submit: true, Expire: 10, ReturnURL: xaman.ReturnURL{
					App: "https://a.example", Web: "https://w.example",
				}},
				Network: "TESTNET", Account: testShop, Reference: "117", Callback: "till", UserToken: "T",
			}},
		"offer": {`{"offer":"tip","amount":"5","reference":"117","callback":"till","user_token":"T"}`, backend.Order{
			Offer: "tip", Amount: "5", Reference: "117", Callback: "till", UserToken: "T",
		}},
		"null for what is left out": {`{"txjson":` + testPayment + `,"options":null,"custom_meta":null,"network":null,` +
			`"account":null,"created":null,"offer":null,"amount":null,"reference":null,"callback":null,"user_token":null,` +
			`"view":null}`,
			backend.Order{TxJSON: json.RawMessage(testPayment), Options: xaman.Options{Submit: true}}},
		"null for a created payload, and a user told": {`{"txjson":` + testPayment + `,"created":null,"user_token":"T"}`,
			backend.Order{TxJSON: json.RawMessage(testPayment), Options: xaman.Options{Submit: true}, UserToken: "T"}},
		"null for what is the offer's": {`{"offer":"tip","txjson":null,"created":null,"options":null,"custom_meta":null}`,
			backend.Order{Offer: "tip"}},
		"null in custom_meta": {`{"txjson":` + testSignIn + `,"custom_meta":{"instruction":null,"blob":null}}`,
			backend.Order{TxJSON: json.RawMessage(testSignIn)}},
		"payload that is there": {`{"txjson":` + testPayment + `,"created":{"uuid":"u"}}`, backend.Order{
			TxJSON: json.RawMessage(testPayment), Options: xaman.Options{Submit: true}, Created: json.RawMessage(`{"uuid":"u"}`),
		}},
	}
	for name, tt := range tests {
		o, err := readOrder([]byte(tt.body))
		if err != nil {
			t.Errorf("%s: got %v", name, err)
		} else if got := o.wanted(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, tt.want)
		}
	}
}

func TestReadOrderRefuses(t *testing.T) {
	tests := map[string]struct {
		body string
		code payload.Code
		want string
	}{
		"nothing":             {``, api.BadRequest, "was expected: it is empty, or ends too early."},
		"a list":              {`[]`, api.BadRequest, "was expected: it is an array."},
		"a number":            {`1.5`, api.BadRequest, "was expected: it is a number."},
		"a form":              {`txjson=1`, api.BadRequest, "was expected: it is not JSON."},
		"not quite JSON":      {`{"offer":"a",}`, api.BadRequest, "was expected: it is not JSON."},
		"null":                {`null`, api.BadRequest, "Say what is to be signed"},
		"empty":               {`{}`, api.BadRequest, "Say what is to be signed"},
		"null to sign":        {`{"txjson":null}`, api.BadRequest, "Say what is to be signed"},
		"cut off":             {`{"txjson":`, api.BadRequest, "was expected: it is empty, or ends too early."},
		"something behind":    {`{"offer":"a"}{}`, api.BadRequest, "something behind"},
		"unknown member":      {`{"offer":"a","refrence":"1"}`, api.BadRequest, `"refrence" is not known`},
		"unknown option":      {`{"txjson":{},"options":{"expires":5}}`, api.BadRequest, `"expires" is not known`},
		"unknown return URL":  {`{"txjson":{},"options":{"return_url":{"ap":""}}}`, api.BadRequest, `"ap" is not known`},
		"identifier":          {`{"txjson":{},"custom_meta":{"identifier":"x"}}`, api.BadRequest, "is not known"},
		"doubled":             {`{"offer":"a","offer":"b"}`, api.BadRequest, `"offer" is doubled`},
		"doubled in txjson":   {`{"txjson":{"Amount":"1","Amount":"2"}}`, api.BadRequest, `"Amount" is doubled`},
		"other letter case":   {`{"Offer":"a"}`, api.BadRequest, `has to be spelled "offer"`},
		"another type":        {`{"offer":1}`, api.BadRequest, "The member offer cannot be a number."},
		"a list of a type":    {`{"offer":[]}`, api.BadRequest, "The member offer cannot be an array."},
		"an object of a type": {`{"txjson":{},"options":{"submit":{}}}`, api.BadRequest, "cannot be an object."},
		"a word of a type":    {`{"offer":true}`, api.BadRequest, "The member offer cannot be true or false."},
		"both":                {`{"offer":"a","txjson":{}}`, api.BadRequest, "An offer says itself"},
		"offer with options":  {`{"offer":"a","options":{}}`, api.BadRequest, "An offer says itself"},
		"offer with a text":   {`{"offer":"a","custom_meta":{}}`, api.BadRequest, "An offer says itself"},
		"offer on a network":  {`{"offer":"a","network":"TESTNET"}`, api.BadRequest, "An offer says itself"},
		"offer to an account": {`{"offer":"a","account":"r"}`, api.BadRequest, "An offer says itself"},
		"offer that is there": {`{"offer":"a","created":{}}`, api.BadRequest, "An offer says itself"},
		"amount of none":      {`{"txjson":{},"amount":"5"}`, api.BadRequest, "An amount is for an offer"},
		"told and there":      {`{"txjson":{},"created":{},"user_token":"T"}`, api.BadRequest, "leave out user_token"},
		"expired":             {`{"txjson":{},"options":{"expire":0}}`, api.BadRequest, "options.expire is in minutes"},
		"never expires":       {`{"txjson":{},"options":{"expire":43201}}`, api.BadRequest, "options.expire is in minutes"},
		"expires in between":  {`{"txjson":{},"options":{"expire":1.5}}`, api.BadRequest, "cannot be the number 1.5."},
		"long reference": {`{"offer":"a","reference":"` + strings.Repeat("é", 101) + `"}`, api.BadRequest,
			"200 bytes"},
		"view of a minute": {`{"offer":"a","view":{"expires_in":59}}`, api.BadRequest, "from 60 to"},
		"view for ever":    {`{"offer":"a","view":{"expires_in":2592001}}`, api.BadRequest, "from 60 to"},
		"view with more":   {`{"offer":"a","view":{"key":"x"}}`, api.BadRequest, `"key" is not known`},
	}
	for name, tt := range tests {
		_, err := readOrder([]byte(tt.body))
		e, ok := errors.AsType[*api.Error](err)
		if !ok || e.Code != tt.code || e.Status != 400 || !strings.Contains(e.Message, tt.want) {
			t.Errorf("%s: got %v, want %s with %q in it", name, err, tt.code, tt.want)
		}
	}
}

// Whatever is sent, the answer says what is wrong with it, or it is an order.
func FuzzReadOrder(f *testing.F) {
	for _, body := range []string{
		`{"txjson":` + testPayment + `,"options":{"submit":true,"expire":10}}`, `{"offer":"tip","amount":"5"}`, `{}`, ``,
		`{"txjson":null,"view":{"expires_in":60}}`, `{"created":{"uuid":1},"txjson":[]}`, `{"offer":"a","offer":"b"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := readOrder(data)
		if err != nil {
			e, ok := errors.AsType[*api.Error](err)
			if !ok || e.Status != 400 || e.Message == "" || strings.Contains(e.Message, "json: ") {
				t.Fatalf("got %v, want a refusal that says why, in words for programmers of any language", err)
			}
			return
		}
		if w := o.wanted(); len(w.TxJSON) == 0 && w.Offer == "" {
			t.Fatalf("got %+v, which orders nothing", w)
		}
	})
}
