package orders

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/openapi"
	"github.com/xaman-live/xaman-live/site"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// members are those of a schema of the document.
type members struct {
	Properties map[string]any
	Required   []string
}

// strict is the document of the contract, in which objects have no other members than those that it names.
var strict = sync.OnceValues(func() (*openapi.Document, error) {
	var d map[string]any
	if err := json.Unmarshal(site.Contract, &d); err != nil {
		return nil, err
	}
	for _, s := range d["components"].(map[string]any)["schemas"].(map[string]any) {
		if s := s.(map[string]any); s["properties"] != nil {
			s["additionalProperties"] = false
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return openapi.Read(text)
})

// wantContract wants that an answer of the private address is one that the document describes.
func (w *world) wantContract(res *http.Response, body []byte) {
	w.Helper()
	d, err := strict()
	if err != nil {
		w.Fatal(err)
	}
	c, ok := d.Find(res.Request.Method, res.Request.URL.Path)
	if !ok || c.Tag != "orders" {
		return // nobody should call that here
	}
	if err := c.Check(res.StatusCode, body); err != nil {
		w.Errorf("%s %s: got %s %s: %v", res.Request.Method, res.Request.URL, res.Status, body, err)
	}
}

// The document has each call, with all that it may fail with.
func TestContractHasTheCalls(t *testing.T) {
	d, err := strict()
	if err != nil {
		t.Fatal(err)
	}
	var document, code []string
	for _, c := range d.Calls {
		if c.Tag != "orders" {
			continue
		}
		call := c.Method + " " + c.Path
		document = append(document, call)
		for status, r := range c.Responses {
			for _, one := range r.Codes {
				document = append(document, fmt.Sprint(call, ": ", status, " ", one))
			}
		}
	}
	for _, c := range calls {
		call := c.method + " " + c.path
		code = append(code, call)
		for _, one := range slices.Concat(c.fails, ofEvery, []payload.Code{api.MethodNotAllowed}) {
			code = append(code, fmt.Sprint(call, ": ", statusOf(t, one), " ", one))
		}
	}
	slices.Sort(document)
	slices.Sort(code)
	if !slices.Equal(document, code) {
		t.Errorf("site/openapi.json: rule: the calls of programs are those of the code:\n got %q\nwant %q", document, code)
	}
}

// statusOf is the status that a code is answered with.
func statusOf(t *testing.T, code payload.Code) int {
	t.Helper()
	own := map[payload.Code]int{
		BadOrder: 400, UnknownOffer: 400, IdempotencyConflict: 409, OrderExists: 409,
	}
	if status, ok := own[code]; ok {
		return status
	}
	e, _ := explained(&api.Error{Code: code})
	return e.Status
}

// What may be ordered has the members of the document, and no others.
func TestContractHasTheBodies(t *testing.T) {
	var in struct {
		Components struct{ Schemas map[string]members }
	}
	if err := json.Unmarshal(site.Contract, &in); err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]reflect.Type{
		"OrderBody": reflect.TypeFor[order](), "View": reflect.TypeFor[view](), "Delivery": reflect.TypeFor[delivery](),
		"ViewKey": reflect.TypeFor[shown](),
	} {
		var want []string
		for field := range of.Fields() {
			tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			want = append(want, tag)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(in.Components.Schemas[name].Properties)); !slices.Equal(got, want) {
			t.Errorf("site/openapi.json: %s has the members %q, want %q", name, got, want)
		}
	}
}
