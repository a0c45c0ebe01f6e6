package payload_test

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"path"
	"reflect"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestParseCreated(t *testing.T) {
	sample := string(createdSample(t))
	const (
		page   = "https://xumm.app/sign/" + string(uuid)
		always = `"always": "` + page + `"`
		noPush = `"no_push_msg_received": "` + page + `/qr"`
		png    = `"qr_png": "` + page + `_q.png"`
		status = `"websocket_status": "wss://xumm.app/sign/` + string(uuid) + `"`
		id     = `"uuid": "` + string(uuid) + `"`
	)
	full := payload.Created{
		UUID: uuid, Link: page,
		Socket: "wss://xumm.app/sign/" + string(uuid), Pushed: true,
	}
	notPushed := full
	notPushed.Pushed = false

	type replace struct{ old, new string } // in the sample
	accepted := []struct {
		name string
		replace
		want payload.Created
	}{
		{"pushed", replace{}, full},
		{"not pushed", replace{`"pushed": true`, `"pushed": false`}, notPushed},
		{"pushed missing", replace{`"pushed": true`, `"v": 1`}, notPushed},
		{"pushed is not a bool", replace{`"pushed": true`, `"pushed": "true"`},
			notPushed},
		{"no page for a lost push", replace{noPush, `"v": 1`}, full},
		{"page for a lost push is null", replace{noPush, `"no_push_msg_received": null`},
			full},
		{"no image", replace{png, `"v": 1`}, full},
		{"upper-case uuid", replace{id, `"uuid": "` + strings.ToUpper(string(uuid)) + `"`}, full},
		{"escaped slashes", replace{always, `"always": "https:\/\/xumm.app\/sign\/` + string(uuid) + `"`}, full},
	}
	for _, test := range accepted {
		t.Run(test.name, func(t *testing.T) {
			in := []byte(replaceOnce(t, sample, test.old, test.new))
			got, err := payload.ParseCreated(in)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.JSON(), in) {
				t.Errorf("got JSON %s, want %s", got.JSON(), in)
			}
			if got := fields(got); !reflect.DeepEqual(got, fields(test.want)) {
				t.Errorf("got %+v, want %+v", got, fields(test.want))
			}
		})
	}

	for code, changes := range map[payload.Code][]replace{
		payload.BadPayload: {
			{sample, ""}, {sample, "<!doctype html>"}, {sample, sample[:len(sample)/2]}, {sample, sample + "{}"},
			{sample, "null"}, {sample, "[" + sample + "]"}, {sample, `"` + string(uuid) + `"`},
			{sample, strings.Repeat(`{"a":`, 100_000)}, {`"next"`, `"v"`}, {`"refs"`, `"v"`}, {always, `"v": 1`},
			{always, `"always": ""`}, {always, `"always": {"url": "` + page + `"}`}, {status, `"v": 1`},
			{status, `"websocket_status": null`},
		},
		payload.BadUUID: {
			{sample, `{"error":{"reference":"x","code":603}}`}, {id, `"v": 1`}, {id, `"uuid": null`}, {id, `"uuid": 9`},
			{id, `"uuid": "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77"`}, {id, `"uuid": "../sign/` + string(uuid) + `"`},
		},
		payload.UnsafeLink: {
			{noPush, `"no_push_msg_received": "javascript:alert(1)"`},
			{noPush, `"no_push_msg_received": "https://evil.example/sign/` + string(uuid) + `"`},
			{noPush, `"no_push_msg_received": "https://xumm.app/sign/x"`}, {png, `"qr_png": "javascript:alert(1)"`},
		},
		payload.InsecureSocket: {
			{status, `"websocket_status": "ws://xumm.app/sign/` + string(uuid) + `"`},
			{status, `"websocket_status": "wss://[::1"`},
		},
	} {
		for _, change := range changes {
			t.Run(change.new[:min(len(change.new), 60)], func(t *testing.T) {
				got, err := payload.ParseCreated([]byte(replaceOnce(t, sample, change.old, change.new)))
				var e *payload.Error
				if !errors.As(err, &e) || e.Code != code || !reflect.DeepEqual(got, payload.Created{}) {
					t.Errorf("got %+v, %v, want nothing but an error of code %s", got, err, code)
				}
			})
		}
	}
}

// A developer learns what is wrong from the message.
func TestMessagesSayWhat(t *testing.T) {
	sample := string(createdSample(t))
	const page = "https://xumm.app/sign/" + string(uuid)
	where := " to its request at Xaman, or at an origin that is allowed"
	for _, test := range []struct{ old, new, want string }{
		{sample, "null", "payload is not the JSON object that the platform answers on creation"},
		{`"uuid": "`, `"uuid": "x`, "uuid is not a version 4 UUID"},
		{`"next"`, `"v"`, "payload lacks next.always or refs.websocket_status"},
		{page + "_q.png", "x", "payload has a link that does not lead" + where},
		{"wss://xumm.app", "ws://xumm.app", "refs.websocket_status does not lead" + where},
	} {
		if _, err := payload.ParseCreated([]byte(replaceOnce(t, sample, test.old, test.new))); err == nil ||
			err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func FuzzParseCreated(f *testing.F) {
	sample := createdSample(f)
	f.Add(sample)
	for _, u := range []string{"javascript:alert(1)", "http://127.0.0.1:8081/", "https://a@b", "//x", "data:,"} {
		f.Add(bytes.ReplaceAll(sample, []byte("https://xumm.app/sign/"), []byte(u)))
		f.Add(bytes.ReplaceAll(sample, []byte("wss://xumm.app/sign/"), []byte(u)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := payload.ParseCreated(data)
		if err != nil {
			var e *payload.Error
			if !errors.As(err, &e) || e.Message == "" {
				t.Fatalf("got %#v, want a *payload.Error with a message", err)
			}
			switch e.Code {
			case payload.BadPayload, payload.BadUUID, payload.UnsafeLink, payload.InsecureSocket:
			default:
				t.Errorf("got code %q", e.Code)
			}
			return
		}
		if u, err := payload.ParseUUID(string(c.UUID)); err != nil || u != c.UUID {
			t.Errorf("got uuid %q, want a version 4 UUID in lower case", c.UUID)
		}
		if !bytes.Equal(c.JSON(), data) {
			t.Errorf("got JSON %q, want %q", c.JSON(), data)
		}
		if c.Link == "" || c.Socket == "" {
			t.Errorf("got %+v, want a link and a socket", c)
		}
		read := fastjson.MustParseBytes(data)
		for _, link := range []string{
			c.Link, string(read.GetStringBytes("next", "no_push_msg_received")), string(read.GetStringBytes("refs", "qr_png")),
		} {
			if link != "" && (!harmless(link, "https") || uuidIn(link) != c.UUID) {
				t.Errorf("got link %q", link)
			}
		}
		if !harmless(c.Socket, "wss") || uuidIn(c.Socket) != c.UUID {
			t.Errorf("got socket %q", c.Socket)
		}
	})
}

// harmless has a browser's idea of a URL, where ParseCreated looks at the text.
func harmless(link, scheme string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Scheme == scheme && (u.Host == "xumm.app" || u.Host == "xaman.app") && u.User == nil &&
		path.Clean(u.Path) == strings.TrimSuffix(u.Path, "/") &&
		strings.Contains(strings.ToLower(u.Path), "/"+string(uuidIn(u.Path)))
}

// uuidIn returns the first UUID that a text has.
func uuidIn(text string) payload.UUID {
	for i := range text {
		if uuid, err := payload.ParseUUID(text[i:min(i+36, len(text))]); err == nil {
			return uuid
		}
	}
	return "no UUID"
}

// createdSample is the platform's answer in testdata.
func createdSample(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/created.json")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func replaceOnce(t *testing.T, text, old, new string) string {
	t.Helper()
	if old == "" {
		return text
	}
	if strings.Count(text, old) != 1 {
		t.Fatalf("sample has %q %d times, want once", old, strings.Count(text, old))
	}
	return strings.Replace(text, old, new, 1)
}

// fields is c without the JSON that it came from.
func fields(c payload.Created) payload.Created {
	return payload.Created{UUID: c.UUID, Link: c.Link, Socket: c.Socket,
		Pushed: c.Pushed}
}
