package payload

import (
	"bytes"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/decimal"
)

// Kind says what an [Event] reports.
type Kind int

const (
	Unknown       Kind = iota // not understood; the frame is kept in Event.Frame
	Welcome                   // first message to a listener of an existing payload
	Echo                      // the platform's reply to any frame that a client sends
	Message                   // any other text: the payload is said not to exist, the socket closes next
	ExpiresIn                 // seconds until a phone can no longer open the payload, every 15 s
	Opened                    // a phone fetched the payload; comes again when the user accepts
	DevAppFetched             // the site's backend fetched the payload. Asking the backend because of it never ends
	PreSigned                 // the user began to sign
	Dispatched                // the phone began to submit the transaction
	Resolved                  // the user signed or declined, it says
	Expired                   // the time to open is over, or the payload was resolved before this connection
	Answered                  // the site's backend answered
	NotFound                  // the site's backend, or the platform's socket after retries, knows no such payload
)

// Event is a fact about one payload, with the time it was learned.
type Event struct {
	Kind      Kind
	At        time.Time
	ExpiresIn int     // ExpiresIn: seconds, negative once expired
	Signed    bool    // Resolved: what it says
	UUID      UUID    // Resolved: the payload it speaks of
	Answer    *Answer // Answered; nobody changes it
	Stale     bool    // Answered: it is how things were, as the platform could not be asked
	Frame     []byte  // as received; nil if the event did not come from the socket
}

// A century of seconds. More is nonsense, and would overflow a time.Duration.
const farAway = 100 * 366 * 24 * 60 * 60

// Decode reads one frame of the status socket, received at the given time. It never fails: a frame that is not
// understood is an event of kind [Unknown], and the frame is always kept.
//
// What a frame reports is told by the presence of a key. Other keys are ignored, as the platform may add some.
func Decode(frame []byte, at time.Time) Event {
	e := Event{At: at, Frame: frame}
	v, err := fastjson.ParseBytes(frame)
	if err != nil {
		// The documentation prints {"expired":true"}, with a stray quotation mark.
		if bytes.Contains(frame, []byte(`"expired"`)) {
			e.Kind = Expired
		}
		return e
	}
	isTrue := func(key string) bool { return v.GetBool(key) }
	switch {
	case v.Exists("payload_uuidv4"):
		uuid, err := ParseUUID(string(v.GetStringBytes("payload_uuidv4")))
		signed := v.Get("signed")
		if err == nil && signed != nil && (signed.Type() == fastjson.TypeTrue || signed.Type() == fastjson.TypeFalse) {
			e.Kind, e.UUID, e.Signed = Resolved, uuid, signed.Type() == fastjson.TypeTrue
		}
	case isTrue("expired"):
		e.Kind = Expired
	case isTrue("dispatched"):
		e.Kind = Dispatched
	case isTrue("pre_signed"):
		e.Kind = PreSigned
	case isTrue("opened"):
		e.Kind = Opened
	case isTrue("devapp_fetched"):
		e.Kind = DevAppFetched
	case v.Exists("expires_in_seconds"):
		if n, ok := number(v.Get("expires_in_seconds")); ok && n > -farAway && n < farAway {
			e.Kind, e.ExpiresIn = ExpiresIn, int(n)
		}
	case v.Exists("message"):
		switch text := string(v.GetStringBytes("message")); {
		case v.Get("message").Type() != fastjson.TypeString:
		case strings.HasPrefix(text, "Welcome"):
			e.Kind = Welcome
		case text == "Right back at you!":
			e.Kind = Echo
		default:
			e.Kind = Message
		}
	}
	return e
}

// number reads a JSON number. Float64 needs strconv.ParseFloat.
func number(v *fastjson.Value) (n float64, ok bool) {
	if v.Type() != fastjson.TypeNumber {
		return 0, false
	}
	return decimal.Parse(string(v.MarshalTo(nil)))
}
