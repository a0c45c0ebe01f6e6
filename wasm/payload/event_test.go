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
	unknown := payload.Event{}
	expired := payload.Event{Kind: payload.Expired}
	message := payload.Event{Kind: payload.Message}
	signed := payload.Event{Kind: payload.Resolved, UUID: uuid, Signed: true}
	rejected := payload.Event{Kind: payload.Resolved, UUID: uuid}
	expiresIn := func(n int) payload.Event { return payload.Event{Kind: payload.ExpiresIn, ExpiresIn: n} }
	tests := []struct {
		name  string
		frame string
		want  payload.Event
	}{
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
		{"resolved without signed", `{"payload_uuidv4":"` + string(uuid) + `"}`, unknown},
		{"resolved, signed is null", `{"payload_uuidv4":"` + string(uuid) + `","signed":null}`, unknown},
		{"resolved, signed is a string", `{"payload_uuidv4":"` + string(uuid) + `","signed":"true"}`, unknown},
		{"resolved, signed is a number", `{"payload_uuidv4":"` + string(uuid) + `","signed":1}`, unknown},
		{"resolved, uuid is null", `{"payload_uuidv4":null,"signed":true}`, unknown},
		{"resolved, uuid is no uuid", `{"payload_uuidv4":"latest","signed":true}`, unknown},
		{"resolved, uuid only nested", `{"custom_meta":{"payload_uuidv4":"` + string(uuid) + `"},"signed":true}`, unknown},
		{"resolved larger than a kilobyte",
			`{"payload_uuidv4":"` + string(uuid) + `","signed":true,"custom_meta":{"blob":"` + strings.Repeat("x", 1500) + `"}}`,
			signed},

		{"unknown keys beside a known one", `{"v":2,"opened":true,"by":{"expired":true}}`,
			payload.Event{Kind: payload.Opened}},
		{"unknown keys only", `{"cancelled":true}`, unknown},
		{"known word as a value", `{"event":"expired"}`, unknown},
		{"known key, nested", `{"meta":{"expired":true}}`, unknown},
		{"key in another case", `{"Expired":true}`, unknown},
		{"resolved counts more than expired", `{"expired":true,"payload_uuidv4":"` + string(uuid) + `","signed":true}`,
			signed},
		{"resolved counts more than a message",
			`{"message":"Welcome","payload_uuidv4":"` + string(uuid) + `","signed":false}`, rejected},
		{"an event counts more than the countdown", `{"expires_in_seconds":5,"opened":true}`,
			payload.Event{Kind: payload.Opened}},
		{"the later stage counts more", `{"opened":true,"pre_signed":true,"dispatched":true}`,
			payload.Event{Kind: payload.Dispatched}},
		{"a false key does not hide a true one", `{"expired":false,"opened":true}`, payload.Event{Kind: payload.Opened}},

		{"expired is false", `{"expired":false}`, unknown},
		{"opened is false", `{"opened":false}`, unknown},
		{"pre_signed is false", `{"pre_signed":false}`, unknown},
		{"dispatched is false", `{"dispatched":false}`, unknown},
		{"devapp_fetched is false", `{"devapp_fetched":false}`, unknown},
		{"expired is null", `{"expired":null}`, unknown},
		{"opened is null", `{"opened":null}`, unknown},
		{"opened is a string", `{"opened":"true"}`, unknown},
		{"message is null", `{"message":null}`, unknown},
		{"message is an object", `{"message":{"text":"Welcome"}}`, unknown},
		{"seconds are null", `{"expires_in_seconds":null}`, unknown},
		{"seconds are a string", `{"expires_in_seconds":"54"}`, unknown},
		{"seconds are an array", `{"expires_in_seconds":[54]}`, unknown},
		{"seconds with a fraction", `{"expires_in_seconds":54.9}`, expiresIn(54)},
		{"seconds with an exponent", `{"expires_in_seconds":5.4e1}`, expiresIn(54)},
		{"almost a century of seconds", payloadtest.ExpiresIn(3162239999), expiresIn(3162239999)},
		{"almost a century of seconds ago", payloadtest.ExpiresIn(-3162239999), expiresIn(-3162239999)},
		{"just a century of seconds", payloadtest.ExpiresIn(3162240000), unknown},
		{"just a century of seconds ago", payloadtest.ExpiresIn(-3162240000), unknown},
		{"a century of seconds", `{"expires_in_seconds":3200000000}`, unknown},
		{"a century of seconds ago", `{"expires_in_seconds":-3200000000}`, unknown},
		{"more seconds than an int64", `{"expires_in_seconds":99999999999999999999999}`, unknown},
		{"infinite seconds", `{"expires_in_seconds":1e999}`, unknown},
		{"not a number of seconds", `{"expires_in_seconds":NaN}`, unknown},

		{"misprint of the documentation", `{"expired":true"}`, expired},
		{"byte order mark", "\ufeff" + `{"expired":true}`, expired},
		{"byte order mark before another message", "\ufeff" + `{"opened":true}`, unknown},
		{"white space around", " \r\n\t" + `{"opened":true}` + "\n ", payload.Event{Kind: payload.Opened}},
		{"two messages in a frame", `{"opened":true}{"pre_signed":true}`, unknown},
		{"cut off", `{"opened":tr`, unknown},
		{"not JSON", `Bad Gateway`, unknown},
		{"not JSON, expired as a word", `the payload expired`, unknown},
		{"not UTF-8", "\xff\xfe{\x00", unknown},
		{"empty", ``, unknown},
		{"white space", " \n", unknown},
		{"array", `[{"opened":true}]`, unknown},
		{"empty array", `[]`, unknown},
		{"empty object", `{}`, unknown},
		{"null", `null`, unknown},
		{"true", `true`, unknown},
		{"number", `54`, unknown},
		{"string", `"opened"`, unknown},
		{"nested deeply", strings.Repeat("[", 100_000), unknown},
		{"nested deeply beside a known key",
			`{"opened":true,"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
			payload.Event{Kind: payload.Opened}},
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
		if !e.At.Equal(noon) || e.Answer.UUID != "" {
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

		s := payload.State{UUID: uuid}.Apply(e)
		if p := s.Phase(); p == payload.PhaseVerified || p == payload.PhaseUnverified || p == payload.PhaseCancelled {
			t.Errorf("got phase %s, which is the backend's to say", p)
		}
		if e.Kind == payload.ExpiresIn && (e.ExpiresIn > 0) != s.Deadline.After(noon) {
			t.Errorf("got deadline %v for %d seconds after %v", s.Deadline, e.ExpiresIn, noon)
		}
		if e.Kind == payload.DevAppFetched && s.Asks(e) {
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
