package openapi_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/openapi"
)

const small = `{"info":{"version":"1"},"servers":[{"url":"/api"}],"paths":{
	"/cups/{name}":{"get":{"tags":["shop"],"parameters":[{"name":"Size","in":"header"},{"name":"x","in":"query"}],
		"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Cup"}}}},
			"404":{"$ref":"#/components/responses/None"},"204":{}}}},
	"/alive":{"servers":[{"url":"https://shop.example/"}],"post":{"responses":{"200":{}}}}},
	"components":{"responses":{"None":{"headers":{"Retry-After":{}},"content":{"application/json":{"schema":{"allOf":[
			{"type":"object","required":["error"]},{"$ref":"#/components/schemas/Sorry"},
			{"properties":{"error":{"properties":{"code":{"enum":["gone","broken"]}}}}}]}}}}},
		"schemas":{"Sorry":{},"Other":{},"Cup":{"type":"object","required":["of"],
			"properties":{"of":{"$ref":"#/components/schemas/Of"}}},
			"Of":{"type":["string","null"],"minLength":2}}}}`

func read(t *testing.T) *openapi.Document {
	t.Helper()
	d, err := openapi.Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRead(t *testing.T) {
	d := read(t)
	if d.Version != "1" || len(d.Calls) != 2 {
		t.Fatalf("got %+v", d)
	}
	get, ok := d.Find("GET", "/api/cups/blue")
	if !ok || get.Path != "/api/cups/{name}" || get.Tag != "shop" || !slices.Equal(get.Headers, []string{"Size"}) {
		t.Errorf("got %+v, %t", get, ok)
	}
	if !slices.Equal(get.Schemas, []string{"Cup", "Of", "Sorry"}) {
		t.Errorf("got the schemas %q", get.Schemas)
	}
	none := get.Responses[404]
	if !slices.Equal(none.Codes, []string{"gone", "broken"}) || !slices.Equal(none.Headers, []string{"Retry-After"}) {
		t.Errorf("got %+v", none)
	}
	for _, other := range []string{
		"GET /alive", "POST /api/alive", "GET /api/cups", "GET /api/cups/", "GET /api/cups/a/b",
	} {
		method, path, _ := strings.Cut(other, " ")
		if c, ok := d.Find(method, path); ok {
			t.Errorf("%s: got %+v", other, c)
		}
	}
	if _, ok := d.Find("POST", "/alive"); !ok {
		t.Error("the call at another server is not there")
	}
}

func TestCheck(t *testing.T) {
	get, _ := read(t).Find("GET", "/api/cups/blue")
	for _, tt := range []struct {
		status int
		body   string
		says   string // "": it is right
	}{
		{200, `{"of":"tea"}`, ""}, {200, `{"of":null,"more":1}`, ""}, {204, "", ""}, {404, `{"error":{"code":"gone"}}`, ""},
		{200, `{}`, "of"}, {200, `{"of":"t"}`, "minLength"}, {200, `{"of":7}`, "type"}, {200, `[]`, "type"},
		{200, `{"of":"tea"`, "not JSON"}, {404, `{"error":{"code":"other"}}`, "enum"}, {404, `{}`, "error"},
	} {
		err := get.Check(tt.status, []byte(tt.body))
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%d %s: got %v, want %q", tt.status, tt.body, err, tt.says)
		}
	}
	if err := get.Check(500, nil); !errors.Is(err, openapi.ErrUndocumented) {
		t.Errorf("got %v for a status that is not in the document", err)
	}
}

func TestReadRefuses(t *testing.T) {
	for what, change := range map[string][2]string{
		"what is not JSON":                   {`{"info"`, `"info"`},
		"a response that is not there":       {"responses/None", "responses/Nobody"},
		"a schema that is not there":         {"schemas/Of", "schemas/Nothing"},
		"a status that is not a number":      {`"404":{"$ref"`, `"4XX":{"$ref"`},
		"a server's URL that is none":        {"https://shop.example/", "https://shop.example:x"},
		"an operation that is not an object": {`"post":{"responses":{"200":{}}}`, `"post":1`},
		"a list of servers that is none":     {`[{"url":"https://shop.example/"}]`, `7`},
	} {
		text := strings.Replace(small, change[0], change[1], 1)
		if d, err := openapi.Read([]byte(text)); err == nil || text == small {
			t.Errorf("%s: got %+v", what, d)
		}
	}
}
