package payload_test

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

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
		UUID: uuid, Link: page, NoPush: page + "/qr", QRImage: page + "_q.png",
		Socket: "wss://xumm.app/sign/" + string(uuid), Pushed: true,
	}
	with := func(change func(*payload.Created)) payload.Created {
		c := full
		change(&c)
		return c
	}
	link := func(u string) payload.Created { return with(func(c *payload.Created) { c.Link = u }) }
	socket := func(u string) payload.Created { return with(func(c *payload.Created) { c.Socket = u }) }

	type replace struct{ old, new string } // in the sample
	accepted := []struct {
		name string
		replace
		want payload.Created
	}{
		{"pushed", replace{}, full},
		{"not pushed", replace{`"pushed": true`, `"pushed": false`}, with(func(c *payload.Created) { c.Pushed = false })},
		{"pushed missing", replace{`"pushed": true`, `"v": 1`}, with(func(c *payload.Created) { c.Pushed = false })},
		{"pushed is not a bool", replace{`"pushed": true`, `"pushed": "true"`}, with(func(c *payload.Created) { c.Pushed = false })},
		{"no page for a lost push", replace{noPush, `"v": 1`}, with(func(c *payload.Created) { c.NoPush = "" })},
		{"page for a lost push is null", replace{noPush, `"no_push_msg_received": null`}, with(func(c *payload.Created) { c.NoPush = "" })},
		{"no image", replace{png, `"v": 1`}, with(func(c *payload.Created) { c.QRImage = "" })},
		{"upper-case uuid", replace{id, `"uuid": "` + strings.ToUpper(string(uuid)) + `"`}, full},
		{"escaped slashes", replace{always, `"always": "https:\/\/xumm.app\/sign\/` + string(uuid) + `"`}, full},
		{"the platform's other host", replace{always, `"always": "https://xaman.app/sign/x"`}, link("https://xaman.app/sign/x")},
		{"scheme in upper case", replace{always, `"always": "HTTPS://xumm.app/sign/x"`}, link("HTTPS://xumm.app/sign/x")},
		{"link to localhost", replace{always, `"always": "http://localhost:8081/sign/x"`}, link("http://localhost:8081/sign/x")},
		{"link to 127.0.0.1", replace{always, `"always": "http://127.0.0.1:8081/sign/x"`}, link("http://127.0.0.1:8081/sign/x")},
		{"link to ::1", replace{always, `"always": "http://[::1]:8081/sign/x"`}, link("http://[::1]:8081/sign/x")},
		{"encrypted link to localhost", replace{always, `"always": "https://localhost/sign/x"`}, link("https://localhost/sign/x")},
		{"socket on localhost", replace{status, `"websocket_status": "ws://localhost:8081/sign/x"`}, socket("ws://localhost:8081/sign/x")},
		{"socket on 127.0.0.1", replace{status, `"websocket_status": "ws://127.0.0.1:8081/sign/x"`}, socket("ws://127.0.0.1:8081/sign/x")},
		{"socket on ::1", replace{status, `"websocket_status": "ws://[::1]:8081/sign/x"`}, socket("ws://[::1]:8081/sign/x")},
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

	refused := []struct {
		name string
		replace
		want payload.Code
	}{
		{"empty", replace{sample, ""}, payload.BadPayload},
		{"not JSON", replace{sample, "<!doctype html>"}, payload.BadPayload},
		{"cut off", replace{sample, sample[:len(sample)/2]}, payload.BadPayload},
		{"something after it", replace{sample, sample + "{}"}, payload.BadPayload},
		{"null", replace{sample, "null"}, payload.BadPayload},
		{"array", replace{sample, "[" + sample + "]"}, payload.BadPayload},
		{"string", replace{sample, `"` + string(uuid) + `"`}, payload.BadPayload},
		{"nested too deeply", replace{sample, strings.Repeat(`{"a":`, 100_000)}, payload.BadPayload},
		{"the platform's error", replace{sample, `{"error":{"reference":"x","code":603}}`}, payload.BadUUID},

		{"no uuid", replace{id, `"v": 1`}, payload.BadUUID},
		{"uuid is null", replace{id, `"uuid": null`}, payload.BadUUID},
		{"uuid is a number", replace{id, `"uuid": 9`}, payload.BadUUID},
		{"version 1 uuid", replace{id, `"uuid": "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77"`}, payload.BadUUID},
		{"uuid is a path", replace{id, `"uuid": "../sign/` + string(uuid) + `"`}, payload.BadUUID},

		{"no next", replace{`"next"`, `"v"`}, payload.BadPayload},
		{"no refs", replace{`"refs"`, `"v"`}, payload.BadPayload},
		{"no link", replace{always, `"v": 1`}, payload.BadPayload},
		{"empty link", replace{always, `"always": ""`}, payload.BadPayload},
		{"link is an object", replace{always, `"always": {"url": "` + page + `"}`}, payload.BadPayload},
		{"no socket", replace{status, `"v": 1`}, payload.BadPayload},
		{"socket is null", replace{status, `"websocket_status": null`}, payload.BadPayload},

		{"link is a script", replace{always, `"always": "javascript:alert(1)"`}, payload.UnsafeLink},
		{"link is a script in disguise", replace{always, `"always": "JaVaScRiPt://xumm.app/%0aalert(1)"`}, payload.UnsafeLink},
		{"link is a script after a space", replace{always, `"always": " javascript:alert(1)"`}, payload.UnsafeLink},
		{"link is a script with a tab", replace{always, `"always": "java\tscript:alert(1)"`}, payload.UnsafeLink},
		{"link is data", replace{always, `"always": "data:text/html,x"`}, payload.UnsafeLink},
		{"link is a blob", replace{always, `"always": "blob:https://xumm.app/x"`}, payload.UnsafeLink},
		{"link is not encrypted", replace{always, `"always": "http://xumm.app/sign/x"`}, payload.UnsafeLink},
		{"link opens an app", replace{always, `"always": "xumm://xumm.app/sign/x"`}, payload.UnsafeLink},
		{"link is relative", replace{always, `"always": "/sign/x"`}, payload.UnsafeLink},
		{"link has no scheme", replace{always, `"always": "//xumm.app/sign/x"`}, payload.UnsafeLink},
		{"link has no host", replace{always, `"always": "https:///sign/x"`}, payload.UnsafeLink},
		{"link has a port only", replace{always, `"always": "https://:443/sign/x"`}, payload.UnsafeLink},
		{"link has no slashes", replace{always, `"always": "https:xumm.app"`}, payload.UnsafeLink},
		{"link has backslashes", replace{always, `"always": "https:\\\\xumm.app"`}, payload.UnsafeLink},
		{"link's host ends in a backslash", replace{always, `"always": "https://evil.example\\@xumm.app/"`}, payload.UnsafeLink},
		{"link has a user", replace{always, `"always": "https://xumm.app@evil.example/"`}, payload.UnsafeLink},
		{"link has a user and a password", replace{always, `"always": "https://a:b@xumm.app/"`}, payload.UnsafeLink},
		{"link has a new line", replace{always, `"always": "https://xumm.app/\nx"`}, payload.UnsafeLink},
		{"link's host only begins like this machine", replace{always, `"always": "http://localhost.evil.com/"`}, payload.UnsafeLink},
		{"link's host only begins like its address", replace{always, `"always": "http://127.0.0.1.evil.com/"`}, payload.UnsafeLink},
		{"link's host only ends like this machine", replace{always, `"always": "http://evil-localhost/"`}, payload.UnsafeLink},
		{"link's user looks like this machine", replace{always, `"always": "http://localhost@evil.com/"`}, payload.UnsafeLink},
		{"link to the local network", replace{always, `"always": "http://192.168.0.1/"`}, payload.UnsafeLink},
		{"link of a socket's scheme", replace{always, `"always": "wss://xumm.app/sign/x"`}, payload.UnsafeLink},
		{"page for a lost push is a script", replace{noPush, `"no_push_msg_received": "javascript:alert(1)"`}, payload.UnsafeLink},
		{"image is a script", replace{png, `"qr_png": "javascript:alert(1)"`}, payload.UnsafeLink},
		{"image is data", replace{png, `"qr_png": "data:image/svg+xml,x"`}, payload.UnsafeLink},
		{"image is not encrypted", replace{png, `"qr_png": "http://xumm.app/q.png"`}, payload.UnsafeLink},

		{"socket is not encrypted", replace{status, `"websocket_status": "ws://xumm.app/sign/x"`}, payload.InsecureSocket},
		{"socket's host only begins like this machine", replace{status, `"websocket_status": "ws://localhost.evil.com/"`}, payload.InsecureSocket},
		{"socket has a user", replace{status, `"websocket_status": "wss://a:b@xumm.app/"`}, payload.InsecureSocket},
		{"socket is a page", replace{status, `"websocket_status": "https://xumm.app/sign/x"`}, payload.InsecureSocket},
		{"socket is relative", replace{status, `"websocket_status": "/sign/x"`}, payload.InsecureSocket},
		{"socket is no URL", replace{status, `"websocket_status": "wss://[::1"`}, payload.InsecureSocket},
	}
	for _, test := range refused {
		t.Run(test.name, func(t *testing.T) {
			got, err := payload.ParseCreated([]byte(replaceOnce(t, sample, test.old, test.new)))
			var e *payload.Error
			if !errors.As(err, &e) || e.Code != test.want {
				t.Errorf("got %+v, %v, want an error of code %s", got, err, test.want)
			}
			if !reflect.DeepEqual(got, payload.Created{}) {
				t.Errorf("got %+v beside an error, want nothing", got)
			}
		})
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
		for _, link := range []string{c.Link, c.NoPush, c.QRImage} {
			if link != "" && !harmless(link, "https", "http") {
				t.Errorf("got link %q", link)
			}
		}
		if !harmless(c.Socket, "wss", "ws") {
			t.Errorf("got socket %q", c.Socket)
		}
	})
}

// harmless looks at the text, where ParseCreated looks at the parsed URL.
func harmless(link, encrypted, plain string) bool {
	lower := strings.ToLower(link)
	if strings.ContainsAny(link, "\t\r\n") {
		return false // browsers drop these, and may then see another URL
	}
	if rest, ok := strings.CutPrefix(lower, encrypted+"://"); ok {
		authority, _, _ := strings.Cut(rest, "/")
		return authority != "" && !strings.Contains(strings.Split(strings.Split(authority, "?")[0], "#")[0], "@")
	}
	if !strings.HasPrefix(lower, plain+"://") {
		return false
	}
	u, err := url.Parse(link)
	return err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
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
	return payload.Created{UUID: c.UUID, Link: c.Link, NoPush: c.NoPush, QRImage: c.QRImage, Socket: c.Socket, Pushed: c.Pushed}
}
