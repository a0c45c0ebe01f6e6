package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

var faultTable = []fault{
	dropAfter("drop-after-welcome", "Welcome", engine.Welcome),
	dropAfter("drop-after-expires-in-seconds", "expires_in_seconds message", engine.ExpiresIn),
	dropAfter("drop-after-opened", "opened message", engine.Opened),
	dropAfter("drop-after-pre-signed", "pre_signed message", engine.PreSigned),
	dropAfter("drop-after-dispatched", "dispatched message", engine.Dispatched),
	dropAfter("drop-after-resolved", "resolved message", engine.Resolved),
	dropAfter("drop-after-expired", "expired message", engine.Expired),
	endAfter(
		"close-with-code", "Every connection is closed, with code 1001, right after the next opened message.",
		goAway, engine.Opened,
	),
	endAfter(
		"close-without-code", "Every connection is closed, without a code, right after the next opened message.",
		hangUp, engine.Opened,
	),
	rewriting( // the second frame says one of these
		"two-frames-then-close", "Every connection is closed, without a code, after its first two messages.",
		then(hangUp), engine.ExpiresIn, engine.Expired,
	),
	{
		name: "refused", sentence: "Connections are refused: the handshake is answered with HTTP 503.",
		dial: func(_ *Sandbox, w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return nil
		},
	},
	{
		name: "hanging-handshake", sentence: "The handshake of a connection is never answered.",
		dial: func(s *Sandbox, _ http.ResponseWriter, r *http.Request) http.ResponseWriter {
			s.life.block(r.Context())
			return nil
		},
	},
	rewriting(
		"silent", "After Welcome the socket stays open and says nothing more, not even an echo.",
		func(m engine.Message, frames []frame) []frame {
			if m.Event == engine.Welcome {
				return frames
			}
			return nil
		},
	),
	endAfter(
		"silent-after-opened", "After the next opened message every connection stays open and says nothing more: "+
			"no keep-alive, no echo.", mute, engine.Opened,
	),
	rewriting("no-opened", "There is no opened message.", drop, engine.Opened),
	rewriting("no-pre-signed", "There is no pre_signed message.", drop, engine.PreSigned),
	rewriting("no-dispatched", "There is no dispatched message.", drop, engine.Dispatched),
	rewriting("no-resolved", "The resolved message is lost.", drop, engine.Resolved),
	rewriting(
		"late-stages", "opened, pre_signed and dispatched come after the resolved message, in reverse.",
		func(m engine.Message, frames []frame) []frame {
			if m.Event != engine.Resolved {
				return nil
			}
			for _, late := range []string{`{"dispatched":true}`, `{"pre_signed":true}`, `{"opened":true}`} {
				frames = append(frames, frame{data: []byte(late)})
			}
			return frames
		}, engine.Opened, engine.PreSigned, engine.Dispatched, engine.Resolved,
	),
	rewriting(
		"reordered-frames", "Welcome, opened and dispatched come a second late, after what follows them.",
		delayed(time.Second), engine.Welcome, engine.Opened, engine.Dispatched,
	),
	rewriting("delayed-frames", "Every message comes three seconds late.", delayed(3*time.Second)),
	rewriting(
		"duplicate-frames", "Every message comes twice.",
		func(_ engine.Message, frames []frame) []frame { return append(slices.Clone(frames), frames...) },
	),
	{
		name:     "split-frames",
		sentence: "Every message comes in fragments of five bytes, and every fragment in packets of three.",
		rewrite:  eachFrame(func(f *frame) { f.split = true }),
		dial: func(_ *Sandbox, w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			return splitting{w}
		},
	},
	rewriting("large-frame", "A message of 1 MB follows Welcome.", thenSays(largeMessage), engine.Welcome),
	rewriting("huge-frame", "A message of 10 MB follows Welcome.", thenSays(hugeMessage), engine.Welcome),
	rewriting(
		"unknown-keys", "Every message has keys that no documentation mentions.", eachFrame(func(f *frame) {
			if rest, ok := bytes.CutPrefix(f.data, []byte("{")); ok {
				f.data = append([]byte(`{"x_new":{"nested":[1,null]},"x_seen":true,`), rest...)
			}
		}),
	),
	rewriting(
		"not-json", "A frame that is not JSON follows Welcome and every opened message.",
		thenSays(func() []byte { return []byte("<html>502 Bad Gateway</html>") }), engine.Welcome, engine.Opened,
	),
	rewriting(
		"misprinted-expired", `The expired message has the stray quote of the documentation: {"expired":true"}.`,
		func(engine.Message, []frame) []frame { return []frame{{data: []byte(`{"expired":true"}`)}} }, engine.Expired,
	),
	rewriting(
		"resolved-without-txid", "The resolved message has no txid, as before 2022.",
		func(m engine.Message, _ []frame) []frame {
			doc := m.Payload.Resolution(m.Payload.Outcome)
			doc.TxID = nil
			return []frame{{data: engine.JSON(doc)}}
		}, engine.Resolved,
	),
	forging(
		"forge-signed", "After Welcome comes a resolved message that says signed although nobody signed.",
		func(pl *engine.Payload) engine.Resolution { return pl.Resolution(forge(pl)) },
	),
	forging(
		"forge-rejected", "After Welcome comes a resolved message that says rejected although nobody declined.",
		func(pl *engine.Payload) engine.Resolution { return pl.Resolution(&engine.Outcome{CallRef: newUUID()}) },
	),
	forging(
		"forge-other-payload", "After Welcome comes a resolved message that says signed of another payload.",
		func(pl *engine.Payload) engine.Resolution {
			doc := pl.Resolution(forge(pl))
			doc.PayloadUUIDv4 = newUUID()
			return doc
		},
	),
	rewriting(
		"silent-unknown", "A socket of an unknown uuid stays open and silent, as it did in 2021, instead of a message "+
			"and a close.", drop, engine.NotFound, engine.Echo,
	),
	{
		name: "not-found", sentence: "To the REST API and to new sockets there is no such payload.",
		hides: func(*engine.Payload, time.Time) bool { return true },
	},
	{
		name: "early-404",
		sentence: "To the REST API and to new sockets there is no such payload in the first two seconds " +
			"after its creation.",
		hides: func(pl *engine.Payload, now time.Time) bool { return now.Sub(pl.Created) < 2*time.Second },
	},
	{
		name: "rest-slow", sentence: "The REST API takes five seconds to answer about the payload.",
		rest: func(s *Sandbox, c call, next func(call) reply) reply {
			ctx, cancel := context.WithTimeout(c.r.Context(), 5*time.Second)
			defer cancel()
			s.life.block(ctx)
			return next(c)
		},
	},
	{
		name:     "rest-429",
		sentence: "The REST API refuses to answer about the payload, with status 429 and Retry-After: 2.",
		rest: func(s *Sandbox, c call, _ func(call) reply) reply {
			c.w.Header().Set("Retry-After", "2")
			return s.refuse(c, errTooManyCalls)
		},
	},
	{
		name: "rest-500", sentence: "The REST API answers about the payload with status 500.",
		rest: func(s *Sandbox, c call, _ func(call) reply) reply {
			return s.refuse(c, fatal(http.StatusInternalServerError, "internal server error"))
		},
	},
	{
		name: "rest-timeout", sentence: "The REST API never answers about the payload.",
		rest: func(s *Sandbox, c call, _ func(call) reply) reply {
			s.life.block(c.r.Context())
			panic(http.ErrAbortHandler) // returning would answer
		},
	},
	{
		name: "rest-odd-types", rest: document(withOddTypes),
		sentence: "The REST API writes numbers as strings and booleans as 0 and 1, but whether the application is " +
			"disabled as a boolean.",
	},
	{
		name: "rest-odd-template", rest: document(withOddTemplate),
		sentence: "The REST API shows the template in another order, with the hex digits in lower case and " +
			"numbers as strings.",
	},
	{
		name: "rest-unknown-keys", rest: document(withUnknownKeys),
		sentence: "The REST API answers about the payload with keys that no documentation mentions.",
	},
	{
		name: "rest-sparse", rest: document(withoutEmpty),
		sentence: `The REST API leaves out what is null, false, 0 or "".`,
	},
	{
		name: "repeated-uuid",
		sentence: "The creation is answered with the uuid and the links of the payload before. The new one exists, " +
			"and nobody knows of it.",
		created: func(e *engine.Engine, made *engine.Payload) *engine.Payload {
			for pl := range e.Payloads() {
				if pl.UUID != made.UUID && pl.App == made.App {
					return pl
				}
			}
			return made
		},
	},
	{
		// Payloads live for whole minutes, longer than anybody wants to watch.
		name:     "expire-soon",
		sentence: "The payload expires three seconds from now. Sockets that are open go on with the old countdown.",
		begin: func(_ *Sandbox, e *engine.Engine, uuid string, now time.Time) {
			e.ExpireAt(uuid, now.Add(3*time.Second))
		},
	},
	{
		name:     "database-lag",
		sentence: "The database shows the outcome five seconds after the resolved message, and after the webhook.",
		begin: func(_ *Sandbox, e *engine.Engine, uuid string, _ time.Time) {
			e.Delay(uuid, databaseLag)
		},
	},
	{
		name:     "cancel-races",
		sentence: "The payload can be cancelled although a phone has it open, and the phone may sign it all the same.",
		begin:    func(_ *Sandbox, e *engine.Engine, uuid string, _ time.Time) { e.Race(uuid) },
	},
	{
		name: "platform-restarted",
		sentence: "At once, all connections to all payloads are cut, and for two seconds the API, the sockets and " +
			"the sign pages cannot be reached.",
		begin: func(s *Sandbox, _ *engine.Engine, _ string, now time.Time) {
			s.faults.takeDown(now.Add(2 * time.Second))
			s.sockets.cutAll()
		},
	},
	{
		name: "webhook-lost", sentence: "The webhook is never sent.",
		webhook: func(engine.Webhook) []engine.Webhook { return nil },
	},
	{
		name: "webhook-twice", sentence: "The webhook is sent twice at once.",
		webhook: func(h engine.Webhook) []engine.Webhook { return []engine.Webhook{h, h} },
	},
	{
		name: "webhook-bad-signature", sentence: "The webhook is signed with another secret.",
		webhook: changed(func(h *engine.Webhook) { h.Secret = newUUID() }),
	},
	{
		name: "webhook-late", sentence: "The webhook is sent ten seconds late, when everybody knows already.",
		webhook: changed(func(h *engine.Webhook) { h.Due = h.Due.Add(10 * time.Second) }),
	},
}

// databaseLag is longer than a verifier that asks once would wait.
const databaseLag = 5 * time.Second

type rewriter = func(m engine.Message, frames []frame) []frame

// rewriting is a fault of what a socket says about some events, or about all if none is named.
func rewriting(name, sentence string, rewrite rewriter, on ...engine.Event) fault {
	return fault{name: name, sentence: sentence, rewrite: rewrite, on: on}
}

// endAfter ends the connections that there are after a message, once.
func endAfter(name, sentence string, end ending, e engine.Event) fault {
	f := rewriting(name, sentence+" Later connections live.", then(end), e)
	f.once = true
	return f
}

func dropAfter(name, message string, e engine.Event) fault {
	sentence := "Every connection is cut, without a close frame, right after the next " + message + "."
	return endAfter(name, sentence, cut, e)
}

func then(end ending) rewriter {
	return func(_ engine.Message, frames []frame) []frame { return append(frames, frame{then: end}) }
}

func thenSays(message func() []byte) rewriter {
	return func(_ engine.Message, frames []frame) []frame { return append(frames, frame{data: message()}) }
}

func eachFrame(change func(*frame)) rewriter {
	return func(_ engine.Message, frames []frame) []frame {
		for i := range frames {
			change(&frames[i])
		}
		return frames
	}
}

func delayed(by time.Duration) rewriter { return eachFrame(func(f *frame) { f.delay += by }) }

func drop(engine.Message, []frame) []frame { return nil }

// forging has a resolved message of its own follow Welcome.
func forging(name, sentence string, doc func(pl *engine.Payload) engine.Resolution) fault {
	return rewriting(name, sentence, func(m engine.Message, frames []frame) []frame {
		return append(frames, frame{data: engine.JSON(doc(m.Payload))})
	}, engine.Welcome)
}

// forge is an outcome that looks like one of a payload.
func forge(pl *engine.Payload) *engine.Outcome {
	// What cannot be signed is forged without a signature.
	s, _ := newAttempt(pl, wallet[0], networks[0], nil, engine.Signature{}).sign(1, 1)
	return &engine.Outcome{Signed: true, CallRef: newUUID(), Signature: s}
}

func changed(change func(h *engine.Webhook)) func(engine.Webhook) []engine.Webhook {
	return func(h engine.Webhook) []engine.Webhook {
		change(&h)
		return []engine.Webhook{h}
	}
}

// document changes what the REST API says of a payload.
func document(change func(doc fields)) func(*Sandbox, call, func(call) reply) reply {
	return func(_ *Sandbox, c call, next func(call) reply) reply {
		answer := next(c)
		if answer.status == http.StatusOK {
			doc, err := decodeBody(engine.JSON(answer.doc))
			if err != nil {
				panic(err) // it has just been encoded
			}
			change(doc.(fields))
			answer.doc = doc
		}
		return answer
	}
}

var (
	largeMessage = sync.OnceValue(func() []byte { return messageOf(1_000_000) })
	hugeMessage  = sync.OnceValue(func() []byte { return messageOf(10_000_000) })
)

func messageOf(size int) []byte {
	return []byte(`{"message":"` + strings.Repeat("x", size) + `"}`)
}
