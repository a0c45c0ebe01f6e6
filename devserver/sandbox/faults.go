package sandbox

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fault is a way for the platform to err that a client must survive. A new one is a row in
// faultTable: rewrite, given what a socket is about to send for one event, returns what it sends
// instead; set changes the payload itself, if it exists, when the fault is switched on; webhook
// changes the webhook about its outcome.
type fault struct {
	name     string
	sentence string
	on       []event // the events it distorts; empty for every event
	once     bool    // it happens once and is then switched off
	rewrite  func(p *Platform, uuid string, e event, frames []frame) []frame
	set      func(pl *payload, now time.Time)
	webhook  func(h *webhook)
}

var faultTable = []fault{
	{
		name: "drop-after-welcome", sentence: "The connection is cut, without a close frame, right after the next Welcome. Later connections live.",
		on: []event{welcome}, once: true, rewrite: thenCut,
	},
	{
		name: "drop-after-opened", sentence: "Every connection is cut, without a close frame, right after the next opened message. Later connections live.",
		on: []event{opened}, once: true, rewrite: thenCut,
	},
	{
		name: "drop-after-pre-signed", sentence: "Every connection is cut, without a close frame, right after the next pre_signed message. Later connections live.",
		on: []event{preSigned}, once: true, rewrite: thenCut,
	},
	{
		name: "forge-signed", sentence: "After Welcome comes a resolved message that says signed although nobody signed.",
		on: []event{welcome}, rewrite: func(p *Platform, uuid string, _ event, frames []frame) []frame {
			pl := p.store.payloads[uuid]
			o := &outcome{signed: true, callRef: newUUID(), signature: p.forge(pl)}
			return append(frames, frame{data: marshal(pl.resolved(o))})
		},
	},
	{
		name: "resolved-without-txid", sentence: "The resolved message has no txid, as before 2022.",
		on: []event{resolved}, rewrite: func(p *Platform, uuid string, _ event, _ []frame) []frame {
			pl := p.store.payloads[uuid]
			doc := pl.resolved(pl.outcome)
			doc.TxID = nil
			return []frame{{data: marshal(doc)}}
		},
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
		on: []event{welcome, opened}, rewrite: func(_ *Platform, _ string, _ event, frames []frame) []frame {
			return append(frames, frame{data: []byte("<html>502 Bad Gateway</html>")})
		},
	},
	{
		name: "misprinted-expired", sentence: `The expired message has the stray quote of the documentation: {"expired":true"}.`,
		on: []event{expired}, rewrite: func(_ *Platform, _ string, _ event, _ []frame) []frame {
			return []frame{{data: []byte(`{"expired":true"}`)}}
		},
	},
	{
		name: "huge-frame", sentence: "A message of 10 MB follows Welcome.",
		on: []event{welcome}, rewrite: func(_ *Platform, _ string, _ event, frames []frame) []frame {
			return append(frames, frame{data: hugeMessage()})
		},
	},
	{
		name: "duplicate-frames", sentence: "Every message comes twice.",
		rewrite: func(_ *Platform, _ string, _ event, frames []frame) []frame {
			return append(slices.Clone(frames), frames...)
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
		// Payloads live for whole minutes, longer than anybody wants to watch.
		name: "expire-soon", sentence: "The payload expires three seconds from now. Sockets that are open go on with the old countdown.",
		set: func(pl *payload, now time.Time) { pl.expires = now.Add(3 * time.Second) },
	},
	{
		name: "database-lag", sentence: "The database shows the outcome five seconds after the resolved message, and after the webhook.",
		set: func(pl *payload, _ time.Time) { pl.lag = databaseLag },
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
		webhook: func(h *webhook) { h.secret = newUUID() },
	},
	{
		name: "webhook-late", sentence: "The webhook is sent ten seconds late, when everybody knows already.",
		webhook: func(h *webhook) { h.delay += 10 * time.Second },
	},
	{
		name: "silent-unknown", sentence: "A socket of an unknown uuid stays open and silent, as it did in 2021, instead of a message and a close.",
		on: []event{notFound, echo}, rewrite: drop,
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
}

// databaseLag is longer than a verifier that asks once would wait.
const databaseLag = 5 * time.Second

// forge is a signature that looks like one for a payload. The caller holds Platform.mu.
func (p *Platform) forge(pl *payload) signature {
	sequence, current := p.ledger.next(wallet[0].address, time.Now())
	s, err := newAttempt(pl, wallet[0], networks[0], nil, signature{}).sign(sequence, current)
	if err != nil {
		p.log.Info("forge", "uuid", short(pl.uuid), "err", err)
	}
	return s
}

func thenCut(_ *Platform, _ string, _ event, frames []frame) []frame {
	return append(frames, frame{then: cut})
}

func drop(*Platform, string, event, []frame) []frame { return nil }

var hugeMessage = sync.OnceValue(func() []byte {
	return []byte(`{"message":"` + strings.Repeat("x", 10_000_000) + `"}`)
})

// distort turns an event into the frames that carry it, after the payload's faults had their way.
// The caller holds Platform.mu.
func (p *Platform) distort(uuid string, e event, data []byte) []frame {
	frames := []frame{{data: data}}
	if e == notFound {
		frames[0].then = hangUp
	}
	active := p.faults[uuid]
	for i := 0; i < len(active); i++ {
		f := active[i]
		if f.rewrite == nil || len(f.on) > 0 && !slices.Contains(f.on, e) {
			continue
		}
		frames = f.rewrite(p, uuid, e, frames)
		p.log.Info("fault", "name", f.name, "uuid", short(uuid), "event", e)
		if f.once {
			active = slices.Delete(active, i, i+1)
			i--
			p.faults[uuid] = active
		}
	}
	return frames
}

func faultNamed(name string) (fault, bool) {
	i := slices.IndexFunc(faultTable, func(f fault) bool { return f.name == name })
	if i < 0 {
		return fault{}, false
	}
	return faultTable[i], true
}

type namedDoc struct {
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
}

func (p *Platform) listFaults(w http.ResponseWriter, r *http.Request) {
	docs := []namedDoc{}
	for _, f := range faultTable {
		docs = append(docs, namedDoc{f.name, f.sentence})
	}
	respond(w, http.StatusOK, map[string]any{"faults": docs})
}

// maxFaulty bounds how many payloads, which need not exist, can have faults.
const maxFaulty = 1000

func (p *Platform) putFaults(w http.ResponseWriter, r *http.Request) {
	uuid := strings.ToLower(r.PathValue("uuid"))
	if !uuidV4.MatchString(uuid) {
		complain(w, http.StatusBadRequest, "bad-uuid", "The path does not end in a version 4 UUID.")
		return
	}
	var in struct {
		Faults []string `json:"faults"`
	}
	if err := readJSON(w, r, &in); err != nil {
		complain(w, http.StatusBadRequest, "bad-body", `The body must be JSON like {"faults":["drop-after-opened"]}.`)
		return
	}
	set := []fault{}
	for _, name := range in.Faults {
		f, ok := faultNamed(name)
		if !ok {
			complain(w, http.StatusBadRequest, "unknown-fault", "There is no fault named "+strconv.Quote(name)+"; GET /faults lists them.")
			return
		}
		set = append(set, f)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.faults, uuid)
	if len(set) > 0 {
		if len(p.faults) >= maxFaulty {
			complain(w, http.StatusInsufficientStorage, "too-many", "Too many payloads have faults; clear some.")
			return
		}
		p.faults[uuid] = set
	}
	if pl := p.store.payloads[uuid]; pl != nil {
		for _, f := range set {
			if f.set != nil {
				f.set(pl, time.Now())
			}
		}
	}
	respond(w, http.StatusOK, map[string]any{"uuid": uuid, "faults": append([]string{}, in.Faults...)})
}
