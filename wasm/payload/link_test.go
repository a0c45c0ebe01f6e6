package payload_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// linkCase is a case of testdata/links.json, the table for the rules in Go and in JavaScript. What is null is as the
// platform sends it.
type linkCase struct {
	Name, Code, Platform string
	UUID, Link, Image    *string
}

func linkCases(t *testing.T) []linkCase {
	t.Helper()
	data, err := os.ReadFile("testdata/links.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []linkCase
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 150 {
		t.Fatalf("got %d cases, %v", len(cases), err)
	}
	return cases
}

func (c linkCase) created(t *testing.T) []byte {
	t.Helper()
	const page = "https://xumm.app/sign/" + string(uuid)
	or := func(text *string, usual string) string {
		if text == nil {
			return usual
		}
		return *text
	}
	data, err := json.Marshal(map[string]any{
		"uuid": or(c.UUID, string(uuid)),
		"next": map[string]any{"always": or(c.Link, page)},
		"refs": map[string]any{"qr_png": or(c.Image, page+"_q.png"),
			"websocket_status": "wss://xumm.app/sign/" + string(uuid)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLinks(t *testing.T) {
	for _, test := range linkCases(t) {
		got, err := payload.ParseCreated(test.created(t), strings.Fields(test.Platform)...)
		code := ""
		var e *payload.Error
		if errors.As(err, &e) {
			code = string(e.Code)
		}
		if code != test.Code {
			t.Errorf("%s: got %q, %v, want %q", test.Name, code, err, test.Code)
		}
		if err == nil && test.Link != nil && got.Link != *test.Link {
			t.Errorf("%s: got link %q", test.Name, got.Link)
		}
	}
}

// A socket is where its origin's links are, and of the scheme that goes with theirs. The table is for the rules in Go
// and in JavaScript.
func TestSockets(t *testing.T) {
	data, err := os.ReadFile("testdata/sockets.json")
	if err != nil {
		t.Fatal(err)
	}
	var tests []struct {
		Name, Socket, Platform string
		Safe                   bool
	}
	if err := json.Unmarshal(data, &tests); err != nil || len(tests) < 25 {
		t.Fatalf("got %d cases, %v", len(tests), err)
	}
	sample := string(createdSample(t))
	for _, test := range tests {
		quoted, err := json.Marshal(test.Socket)
		if err != nil {
			t.Fatal(err)
		}
		in := replaceOnce(t, sample, `"wss://xumm.app/sign/`+string(uuid)+`"`, string(quoted))
		got, err := payload.ParseCreated([]byte(in), strings.Fields(test.Platform)...)
		var e *payload.Error
		switch {
		case test.Safe && (err != nil || got.Socket != test.Socket):
			t.Errorf("%s: got %q, %v", test.Name, got.Socket, err)
		case !test.Safe && (!errors.As(err, &e) || e.Code != payload.InsecureSocket):
			t.Errorf("%s: got %q, %v, want %s", test.Name, got.Socket, err, payload.InsecureSocket)
		}
	}
}

// Of two keys that are alike, another program may take the other one.
func TestAmbiguousKeys(t *testing.T) {
	sample := string(createdSample(t))
	tests := map[string][2]string{
		"uuid twice":             {`"uuid":`, `"uuid": "1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", "uuid":`},
		"uuid in capitals":       {`"uuid":`, `"UUID": "1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", "uuid":`},
		"uuid only in capitals":  {`"uuid":`, `"UUID":`},
		"uuid with an escape":    {`"uuid":`, `"\u0075uid": "1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", "uuid":`},
		"uuid in other letters":  {`"next":`, `"Next": {}, "next":`},
		"next twice":             {`"next":`, `"next": {"always": "https://evil.example/"}, "next":`},
		"refs twice":             {`"refs":`, `"refs": {}, "refs":`},
		"link twice":             {`"always":`, `"always": "https://evil.example/", "always":`},
		"link in capitals":       {`"always":`, `"Always": "https://evil.example/", "always":`},
		"page of the code twice": {`"no_push_msg_received":`, `"no_push_msg_received": "", "no_push_msg_received":`},
		"image twice":            {`"qr_png":`, `"qr_png": "", "qr_png":`},
		"socket twice":           {`"websocket_status":`, `"websocket_status": "wss://evil.example/", "websocket_status":`},
		"socket in capitals":     {`"websocket_status":`, `"websocket_Status": "wss://evil.example/", "websocket_status":`},
		"pushed twice":           {`"pushed":`, `"pushed": true, "pushed":`},
	}
	for name, test := range tests {
		got, err := payload.ParseCreated([]byte(replaceOnce(t, sample, test[0], test[1])))
		var e *payload.Error
		key := strings.Trim(test[0], `":`)
		if !errors.As(err, &e) || e.Code != payload.BadPayload || !strings.Contains(e.Message, "the key "+key+" twice") {
			t.Errorf("%s: got %+v, %v, want %s, and the key's name", name, got, err, payload.BadPayload)
		}
	}
	in := replaceOnce(t, sample, `"uuid":`, `"custom": 1, "custom": 2, "Custom": 3, "uuid":`)
	if _, err := payload.ParseCreated([]byte(in)); err != nil {
		t.Errorf("keys that nobody reads: got %v", err)
	}
}

// What the site's own backend names may lead anywhere, but encrypted.
func TestSafeLink(t *testing.T) {
	tests := map[string]bool{
		"https://testnet.xrpl.org/transactions/0A": true, "https://a.example:8443/": true, "https://localhost/": true,
		"http://localhost:8080/": true, "http://127.0.0.1/": true, "http://[::1]:8080/": true, "https://[::1]/": true,
		"": false, "/transactions/0A": false, "//a.example/": false, "https:///": false, "https://:8080/": false,
		"http://a.example/": false, "http://localhost.a.example/": false, "ftp://localhost/": false,
		"javascript:alert(1)": false, "https://user@a.example/": false, "http://user@localhost/": false,
		"https://a.example/%zz": false, "https://a.example/%2": false, "https:a.example": false,
		"https://a.example/%2Fb%41": true, "https://a.example?b#c": true, "https://a.example": true,
		"https://a.example\\b/": false, "https://a.example/ b": false, "https://\u0430.example/": false,
		"https://a.example:/": false, "https://a.example:654321/": false, "https://[::2]/": false,
		"https://A.example/":           false,
		"https://a.example@b.example/": false, "https://a.example/\n": false, "https://a.example/://b": true,
	}
	for link, want := range tests {
		if got := payload.SafeLink(link); got != want {
			t.Errorf("%q: got safe %t, want %t", link, got, want)
		}
	}
}
