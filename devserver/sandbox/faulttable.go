package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

var faultTable = []fault{
	dropAfter("drop-after-welcome", "Welcome", welcome),
	dropAfter("drop-after-expires-in-seconds", "expires_in_seconds message", expiresIn),
	dropAfter("drop-after-opened", "opened message", opened),
	dropAfter("drop-after-pre-signed", "pre_signed message", preSigned),
	dropAfter("drop-after-dispatched", "dispatched message", dispatched),
	dropAfter("drop-after-resolved", "resolved message", resolved),
	dropAfter("drop-after-expired", "expired message", expired),
	{
		name: "close-with-code", sentence: "Every connection is closed, with code 1001, right after the next opened message. Later connections live.",
		on: []event{opened}, once: true, rewrite: then(goAway),
	},
	{
		name: "close-without-code", sentence: "Every connection is closed, without a code, right after the next opened message. Later connections live.",
		on: []event{opened}, once: true, rewrite: then(hangUp),
	},
	{
		// The second frame says one of these.
		name: "two-frames-then-close", sentence: "Every connection is closed, without a code, after its first two messages.",
		on: []event{expiresIn, expired}, rewrite: then(hangUp),
	},
	{
		name: "refused", sentence: "Connections are refused: the handshake is answered with HTTP 503.",
		dial: func(_ *Platform, w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return nil
		},
	},
	{
		name: "hanging-handshake", sentence: "The handshake of a connection is never answered.",
		dial: func(p *Platform, _ http.ResponseWriter, r *http.Request) http.ResponseWriter {
			p.hang(r.Context())
			return nil
		},
	},
	{
		name: "silent", sentence: "After Welcome the socket stays open and says nothing more, not even an echo.",
		rewrite: func(_ *Platform, _ string, e event, frames []frame) []frame {
			if e == welcome {
				return frames
			}
			return nil
		},
	},
	{
		name: "silent-after-opened", sentence: "After the next opened message every connection stays open and says nothing more: no keep-alive, no echo. Later connections live.",
		on: []event{opened}, once: true, rewrite: then(mute),
	},
	{name: "no-opened", sentence: "There is no opened message.", on: []event{opened}, rewrite: drop},
	{name: "no-pre-signed", sentence: "There is no pre_signed message.", on: []event{preSigned}, rewrite: drop},
	{name: "no-dispatched", sentence: "There is no dispatched message.", on: []event{dispatched}, rewrite: drop},
	{name: "no-resolved", sentence: "The resolved message is lost.", on: []event{resolved}, rewrite: drop},
	{
		name: "late-stages", sentence: "opened, pre_signed and dispatched come after the resolved message, in reverse.",
		on: []event{opened, preSigned, dispatched, resolved}, rewrite: func(_ *Platform, _ string, e event, frames []frame) []frame {
			if e != resolved {
				return nil
			}
			return append(frames, frame{data: dispatchedMessage}, frame{data: preSignedMessage}, frame{data: openedMessage})
		},
	},
	{
		name: "reordered-frames", sentence: "Welcome, opened and dispatched come a second late, after what follows them.",
		on: []event{welcome, opened, dispatched}, rewrite: delayed(time.Second),
	},
	{
		name: "delayed-frames", sentence: "Every message comes three seconds late.",
		rewrite: delayed(3 * time.Second),
	},
	{
		name: "duplicate-frames", sentence: "Every message comes twice.",
		rewrite: func(_ *Platform, _ string, _ event, frames []frame) []frame {
			return append(slices.Clone(frames), frames...)
		},
	},
	{
		name: "split-frames", sentence: "Every message comes in fragments of five bytes, and every fragment in packets of three.",
		rewrite: func(_ *Platform, _ string, _ event, frames []frame) []frame {
			for i := range frames {
				frames[i].split = true
			}
			return frames
		},
		dial: func(_ *Platform, w http.ResponseWriter, _ *http.Request) http.ResponseWriter { return splitting{w} },
	},
	{
		name: "large-frame", sentence: "A message of 1 MB follows Welcome.",
		on: []event{welcome}, rewrite: thenSays(largeMessage),
	},
	{
		name: "huge-frame", sentence: "A message of 10 MB follows Welcome.",
		on: []event{welcome}, rewrite: thenSays(hugeMessage),
	},
	{
		name: "unknown-keys", sentence: "Every message has keys that no documentation mentions.",
		rewrite: func(_ *Platform, _ string, _ event, frames []frame) []frame {
			for i, f := range frames {
				if rest, ok := bytes.CutPrefix(f.data, []byte("{")); ok {
					frames[i].data = append([]byte(`{"x_new":{"nested":[1,null]},"x_seen":true,`), rest...)
				}
			}
			return frames
		},
	},
	{
		name: "not-json", sentence: "A frame that is not JSON follows Welcome and every opened message.",
		on: []event{welcome, opened}, rewrite: thenSays(func() []byte { return []byte("<html>502 Bad Gateway</html>") }),
	},
	{
		name: "misprinted-expired", sentence: `The expired message has the stray quote of the documentation: {"expired":true"}.`,
		on: []event{expired}, rewrite: func(_ *Platform, _ string, _ event, _ []frame) []frame {
			return []frame{{data: []byte(`{"expired":true"}`)}}
		},
	},
	{
		name: "resolved-without-txid", sentence: "The resolved message has no txid, as before 2022.",
		on: []event{resolved}, rewrite: func(p *Platform, uuid string, _ event, _ []frame) []frame {
			pl := p.store.payloads[uuid]
			doc := pl.resolved(pl.Outcome)
			doc.TxID = nil
			return []frame{{data: marshal(doc)}}
		},
	},
	{
		name: "forge-signed", sentence: "After Welcome comes a resolved message that says signed although nobody signed.",
		on: []event{welcome}, rewrite: forging(func(p *Platform, pl *payload) resolvedDoc {
			return pl.resolved(p.forge(pl))
		}),
	},
	{
		name: "forge-rejected", sentence: "After Welcome comes a resolved message that says rejected although nobody declined.",
		on: []event{welcome}, rewrite: forging(func(_ *Platform, pl *payload) resolvedDoc {
			return pl.resolved(&outcome{CallRef: newUUID()})
		}),
	},
	{
		name: "forge-other-payload", sentence: "After Welcome comes a resolved message that says signed of another payload.",
		on: []event{welcome}, rewrite: forging(func(p *Platform, pl *payload) resolvedDoc {
			doc := pl.resolved(p.forge(pl))
			doc.PayloadUUIDv4 = newUUID()
			return doc
		}),
	},
	{
		name: "silent-unknown", sentence: "A socket of an unknown uuid stays open and silent, as it did in 2021, instead of a message and a close.",
		on: []event{notFound, echo}, rewrite: drop,
	},
	{
		name: "not-found", sentence: "To the REST API and to new sockets there is no such payload.",
		hides: func(*payload, time.Time) bool { return true },
	},
	{
		name: "early-404", sentence: "To the REST API and to new sockets there is no such payload in the first two seconds after its creation.",
		hides: func(pl *payload, now time.Time) bool { return now.Sub(pl.Created) < 2*time.Second },
	},
	{
		name: "rest-slow", sentence: "The REST API takes five seconds to answer about the payload.",
		answer: func(p *Platform, c call) bool {
			ctx, cancel := context.WithTimeout(c.r.Context(), 5*time.Second)
			defer cancel()
			p.hang(ctx)
			return c.r.Context().Err() != nil
		},
	},
	{
		name: "rest-429", sentence: "The REST API refuses to answer about the payload, with status 429 and Retry-After: 2.",
		answer: func(p *Platform, c call) bool {
			c.w.Header().Set("Retry-After", "2")
			p.fail(c, errTooManyCalls)
			return true
		},
	},
	{
		name: "rest-500", sentence: "The REST API answers about the payload with status 500.",
		answer: func(_ *Platform, c call) bool {
			fatal(c.w, c.r, http.StatusInternalServerError, "internal server error", c.ref)
			return true
		},
	},
	{
		name: "rest-timeout", sentence: "The REST API never answers about the payload.",
		answer: func(p *Platform, c call) bool {
			p.hang(c.r.Context())
			panic(http.ErrAbortHandler) // returning would answer
		},
	},
	{
		name: "rest-odd-types", document: withOddTypes,
		sentence: "The REST API writes numbers as strings and booleans as 0 and 1, but whether the application is " +
			"disabled as a boolean.",
	},
	{
		name: "rest-odd-template", document: withOddTemplate,
		sentence: "The REST API shows the template in another order, with the hex digits in lower case and numbers as strings.",
	},
	{
		name: "rest-unknown-keys", document: withUnknownKeys,
		sentence: "The REST API answers about the payload with keys that no documentation mentions.",
	},
	{
		name: "rest-sparse", document: withoutEmpty,
		sentence: `The REST API leaves out what is null, false, 0 or "".`,
	},
	{
		name: "repeated-uuid",
		sentence: "The creation is answered with the uuid and the links of the payload before. The new one exists, " +
			"and nobody knows of it.",
		created: func(p *Platform, made *payload) *payload {
			for _, pl := range slices.Backward(p.store.order) {
				if pl != made && pl.app == made.app {
					return pl
				}
			}
			return made
		},
	},
	{
		// Payloads live for whole minutes, longer than anybody wants to watch.
		name: "expire-soon", sentence: "The payload expires three seconds from now. Sockets that are open go on with the old countdown.",
		set: func(_ *Platform, pl *payload, now time.Time) { pl.Expires = now.Add(3 * time.Second) },
	},
	{
		name: "database-lag", sentence: "The database shows the outcome five seconds after the resolved message, and after the webhook.",
		set: func(_ *Platform, pl *payload, _ time.Time) { pl.Lag = databaseLag },
	},
	{
		name: "platform-restarted", sentence: "At once, all connections to all payloads are cut, and for two seconds the API, the sockets and the sign pages cannot be reached.",
		set: func(p *Platform, _ *payload, now time.Time) {
			p.downUntil = now.Add(2 * time.Second)
			for _, listeners := range p.sockets {
				for s := range listeners {
					s.send([]frame{{then: cut}})
				}
			}
		},
	},
	{
		name: "webhook-lost", sentence: "The webhook is never sent.",
		webhook: func(h *webhook) { h.copies = 0 },
	},
	{
		name: "webhook-twice", sentence: "The webhook is sent twice at once.",
		webhook: func(h *webhook) { h.copies = 2 },
	},
	{
		name: "webhook-bad-signature", sentence: "The webhook is signed with another secret.",
		webhook: func(h *webhook) { h.Secret = newUUID() },
	},
	{
		name: "webhook-late", sentence: "The webhook is sent ten seconds late, when everybody knows already.",
		webhook: func(h *webhook) { h.delay += 10 * time.Second },
	},
}

// databaseLag is longer than a verifier that asks once would wait.
const databaseLag = 5 * time.Second

func dropAfter(name, message string, e event) fault {
	return fault{
		name: name, sentence: "Every connection is cut, without a close frame, right after the next " + message + ". Later connections live.",
		on: []event{e}, once: true, rewrite: then(cut),
	}
}

func then(end ending) func(*Platform, string, event, []frame) []frame {
	return func(_ *Platform, _ string, _ event, frames []frame) []frame {
		return append(frames, frame{then: end})
	}
}

func thenSays(message func() []byte) func(*Platform, string, event, []frame) []frame {
	return func(_ *Platform, _ string, _ event, frames []frame) []frame {
		return append(frames, frame{data: message()})
	}
}

func delayed(by time.Duration) func(*Platform, string, event, []frame) []frame {
	return func(_ *Platform, _ string, _ event, frames []frame) []frame {
		for i := range frames {
			frames[i].delay += by
		}
		return frames
	}
}

func forging(doc func(p *Platform, pl *payload) resolvedDoc) func(*Platform, string, event, []frame) []frame {
	return func(p *Platform, uuid string, _ event, frames []frame) []frame {
		return append(frames, frame{data: marshal(doc(p, p.store.payloads[uuid]))})
	}
}

// forge is an outcome that looks like one of a payload. The caller holds Platform.mu.
func (p *Platform) forge(pl *payload) *outcome {
	sequence, current := p.ledger.next(wallet[0].address, time.Now())
	s, err := newAttempt(pl, wallet[0], networks[0], nil, signature{}).sign(sequence, current)
	if err != nil {
		p.log.Info("forge", "uuid", short(pl.UUID), "err", err)
	}
	return &outcome{Signed: true, CallRef: newUUID(), Signature: s}
}

func drop(*Platform, string, event, []frame) []frame { return nil }

var (
	largeMessage = sync.OnceValue(func() []byte { return messageOf(1_000_000) })
	hugeMessage  = sync.OnceValue(func() []byte { return messageOf(10_000_000) })
)

func messageOf(size int) []byte {
	return []byte(`{"message":"` + strings.Repeat("x", size) + `"}`)
}

// hang waits until the caller has gone or the platform closes.
func (p *Platform) hang(caller context.Context) {
	select {
	case <-caller.Done():
	case <-p.ctx.Done():
	}
}
