package payload_test

import (
	"bufio"
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

const (
	uuid  = payloadtest.UUID
	other = payload.UUID("0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11")
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func TestDecode(t *testing.T) {
	expired := payload.Event{Kind: payload.Expired}
	message := payload.Event{Kind: payload.Message}
	signed := payload.Event{Kind: payload.Resolved, UUID: uuid, Signed: true}
	rejected := payload.Event{Kind: payload.Resolved, UUID: uuid}
	expiresIn := func(n int) payload.Event { return payload.Event{Kind: payload.ExpiresIn, ExpiresIn: n} }
	type test struct {
		name, frame string
		want        payload.Event
	}
	tests := []test{
		{"welcome", payloadtest.Welcome, payload.Event{Kind: payload.Welcome}},
		{"echo", payloadtest.Echo, payload.Event{Kind: payload.Echo}},
		{"no such payload", payloadtest.NoSuchPayload, message},
		{"no such payload, in words", `{"message":"Payload not found"}`, message},
		{"empty message", `{"message":""}`, message},
		{"seconds left", payloadtest.ExpiresIn(54), expiresIn(54)},
		{"no seconds left", payloadtest.ExpiresIn(0), expiresIn(0)},
		{"seconds over", payloadtest.ExpiresIn(-15), expiresIn(-15)},
		{"a day", payloadtest.ExpiresIn(86399), expiresIn(86399)},
		{"expired", payloadtest.Expired, expired},
		{"opened", payloadtest.Opened, payload.Event{Kind: payload.Opened}},
		{"fetched by the backend", payloadtest.DevAppFetched, payload.Event{Kind: payload.DevAppFetched}},
		{"pre-signed", payloadtest.PreSigned, payload.Event{Kind: payload.PreSigned}},
		{"dispatched", payloadtest.Dispatched, payload.Event{Kind: payload.Dispatched}},
		{"signed, every key", payloadtest.Resolved(uuid, true), signed},
		{"rejected, every key", payloadtest.Resolved(uuid, false), rejected},
		{"signed, another payload", payloadtest.Resolved(other, true),
			payload.Event{Kind: payload.Resolved, UUID: other, Signed: true}},

		{"signed without txid", `{"payload_uuidv4":"` + string(uuid) + `","signed":true}`, signed},
		{"rejected with null txid", `{"payload_uuidv4":"` + string(uuid) + `","signed":false,"txid":null}`, rejected},
		{"rejected with empty txid", `{"payload_uuidv4":"` + string(uuid) + `","signed":false,"txid":""}`, rejected},
		{"rejected with a user token", `{"payload_uuidv4":"` + string(uuid) + `","signed":false,"user_token":true}`,
			rejected},
		{"resolved, null members",
			`{"payload_uuidv4":"` + string(uuid) +
				`","signed":true,"return_url":null,"custom_meta":null,"opened_by_deeplink":null}`, signed},
		{"resolved, keys in another order", `{"signed":true,"payload_uuidv4":"` + string(uuid) + `"}`, signed},
		{"resolved, upper-case uuid", `{"payload_uuidv4":"` + strings.ToUpper(string(uuid)) + `","signed":true}`, signed},
		{"resolved, escaped uuid", `{"payload_uuidv4":"\u0039` + string(uuid[1:]) + `","signed":true}`, signed},
		{"resolved, escaped key", `{"payload\u005fuuidv4":"` + string(uuid) + `","signed":true}`, signed},
		{"resolved larger than a kilobyte",
			`{"payload_uuidv4":"` + string(uuid) + `","signed":true,"custom_meta":{"blob":"` + strings.Repeat("x", 1500) + `"}}`,
			signed},

		{"unknown keys beside a known one", `{"v":2,"opened":true,"by":{"expired":true}}`,
			payload.Event{Kind: payload.Opened}},
		{"resolved counts more than expired", `{"expired":true,"payload_uuidv4":"` + string(uuid) + `","signed":true}`,
			signed},
		{"resolved counts more than a message",
			`{"message":"Welcome","payload_uuidv4":"` + string(uuid) + `","signed":false}`, rejected},
		{"an event counts more than the countdown", `{"expires_in_seconds":5,"opened":true}`,
			payload.Event{Kind: payload.Opened}},
		{"the later stage counts more", `{"opened":true,"pre_signed":true,"dispatched":true}`,
			payload.Event{Kind: payload.Dispatched}},
		{"a false key does not hide a true one", `{"expired":false,"opened":true}`, payload.Event{Kind: payload.Opened}},

		{"seconds with a fraction", `{"expires_in_seconds":54.9}`, expiresIn(54)},
		{"seconds with an exponent", `{"expires_in_seconds":5.4e1}`, expiresIn(54)},
		{"seconds with a signed exponent", `{"expires_in_seconds":-549E-1}`, expiresIn(-54)},
		{"seconds with a large exponent", `{"expires_in_seconds":0.000054E+6}`, expiresIn(54)},
		{"almost a century of seconds", payloadtest.ExpiresIn(3162239999), expiresIn(3162239999)},
		{"almost a century of seconds ago", payloadtest.ExpiresIn(-3162239999), expiresIn(-3162239999)},

		{"misprint of the documentation", `{"expired":true"}`, expired},
		{"byte order mark", "\ufeff" + `{"expired":true}`, expired},
		{"white space around", " \r\n\t" + `{"opened":true}` + "\n ", payload.Event{Kind: payload.Opened}},
		{"nested deeply beside a known key",
			`{"opened":true,"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
			payload.Event{Kind: payload.Opened}},
	}
	for _, frame := range []string{
		`{"payload_uuidv4":"` + string(uuid) + `"}`, `{"payload_uuidv4":"` + string(uuid) + `","signed":null}`,
		`{"payload_uuidv4":"` + string(uuid) + `","signed":"true"}`,
		`{"payload_uuidv4":"` + string(uuid) + `","signed":1}`, `{"payload_uuidv4":null,"signed":true}`,
		`{"payload_uuidv4":"latest","signed":true}`,
		`{"custom_meta":{"payload_uuidv4":"` + string(uuid) + `"},"signed":true}`, `{"cancelled":true}`,
		`{"event":"expired"}`, `{"meta":{"expired":true}}`, `{"Expired":true}`, `{"expired":false}`, `{"opened":false}`,
		`{"pre_signed":false}`, `{"dispatched":false}`, `{"devapp_fetched":false}`, `{"expired":null}`, `{"opened":null}`,
		`{"opened":"true"}`, `{"message":null}`, `{"message":{"text":"Welcome"}}`, `{"expires_in_seconds":null}`,
		`{"expires_in_seconds":"54"}`, `{"expires_in_seconds":[54]}`, payloadtest.ExpiresIn(3162240000),
		payloadtest.ExpiresIn(-3162240000), `{"expires_in_seconds":3200000000}`, `{"expires_in_seconds":-3200000000}`,
		`{"expires_in_seconds":99999999999999999999999}`, `{"expires_in_seconds":1e999}`, `{"expires_in_seconds":NaN}`,
		`{"expires_in_seconds":5-4}`, `{"expires_in_seconds":5.4.1}`, `{"expires_in_seconds":5e1e1}`,
		`{"expires_in_seconds":1e-999999999999}`,
		"\ufeff" + `{"opened":true}`, `{"opened":true}{"pre_signed":true}`, `{"opened":tr`, `Bad Gateway`,
		`the payload expired`, "\xff\xfe{\x00", ``, " \n", `[{"opened":true}]`, `[]`, `{}`, `null`, `true`, `54`,
		`"opened"`, strings.Repeat("[", 100_000),
	} {
		tests = append(tests, test{"unknown " + frame[:min(len(frame), 50)], frame, payload.Event{}})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := payload.Decode([]byte(test.frame), noon)
			if string(got.Frame) != test.frame {
				t.Errorf("got frame %q, want %q", got.Frame, test.frame)
			}
			want := test.want
			want.At, got.Frame = noon, nil
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, frame := range frames(f) {
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		kept := bytes.Clone(frame)
		e := payload.Decode(frame, noon)
		if !bytes.Equal(e.Frame, kept) || !bytes.Equal(frame, kept) {
			t.Errorf("got frame %q, want %q, byte for byte", e.Frame, kept)
		}
		if !e.At.Equal(noon) || e.Answer != nil {
			t.Errorf("got %+v, want no answer, and time %v", e, noon)
		}
		switch e.Kind {
		case payload.Answered, payload.NotFound:
			t.Errorf("got kind %v, which is not the socket's to say", e.Kind)
		case payload.Resolved:
			if u, err := payload.ParseUUID(string(e.UUID)); err != nil || u != e.UUID {
				t.Errorf("got resolved with uuid %q, want a version 4 UUID in lower case", e.UUID)
			}
		default:
			if e.UUID != "" || e.Signed {
				t.Errorf("got %+v, want an outcome in nothing but a resolved message", e)
			}
		}
		if e.Kind != payload.ExpiresIn && e.ExpiresIn != 0 {
			t.Errorf("got %+v, want seconds in nothing but a countdown", e)
		}
		if framed := payload.Decode([]byte("\n "+string(frame)+"\r\n"), noon); framed.Kind != e.Kind {
			t.Errorf("got kind %v with white space around, want %v", framed.Kind, e.Kind)
		}

		s := payload.State{UUID: uuid}
		s.Add(&e)
		if p := s.Phase(); p == payload.PhaseVerified || p == payload.PhaseUnverified || p == payload.PhaseCancelled {
			t.Errorf("got phase %s, which is the backend's to say", p)
		}
		if e.Kind == payload.ExpiresIn && (e.ExpiresIn > 0) != s.Deadline.After(noon) {
			t.Errorf("got deadline %v for %d seconds after %v", s.Deadline, e.ExpiresIn, noon)
		}
		if e.Kind == payload.DevAppFetched && s.Asks(&e) {
			t.Error("got a question to the backend because the backend asked")
		}
	})
}

// frames lists the sample frames in testdata.
func frames(tb testing.TB) [][]byte {
	tb.Helper()
	file, err := os.Open("testdata/frames.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var all [][]byte
	for lines := bufio.NewScanner(file); lines.Scan(); {
		all = append(all, bytes.Clone(lines.Bytes()))
	}
	return all
}
