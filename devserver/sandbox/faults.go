package sandbox

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// fault is a way for the platform to err that a client must survive. A new one is a row in faultTable; each function is
// an interceptor at one edge of the platform.
type fault struct {
	name     string
	sentence string

	// rewrite, given what a socket is about to say, returns the frames in the place of frames.
	rewrite func(m engine.Message, frames []frame) []frame
	on      []engine.Event // what it rewrites; empty for everything
	once    bool           // it rewrites one message and is then switched off
	// dial returns what the handshake of a socket is written to; nil if it is answered, or never will be.
	dial func(s *Sandbox, w http.ResponseWriter, r *http.Request) http.ResponseWriter
	// rest answers a call of the REST API about the payload, or has next do so.
	rest func(s *Sandbox, c call, next func(call) reply) reply
	// created is the payload that a creation answers with, in the place of the one that it made.
	created func(e *engine.Engine, made *engine.Payload) *engine.Payload
	// hides tells whether the REST API and new sockets deny the payload.
	hides func(pl *engine.Payload, now time.Time) bool
	// webhook returns what is sent in the place of the webhook about the outcome.
	webhook func(h engine.Webhook) []engine.Webhook
	// begin does something when the fault is switched on, once the payload exists.
	begin func(s *Sandbox, e *engine.Engine, uuid string, now time.Time)
}

const (
	// nextPayload stands for the uuid of the payload that will be created next.
	nextPayload = "next"
	// theNode stands in the path of a call for the faults of the ledger's node, which has no payloads.
	theNode = "node"
	// maxUnknown bounds how many uuids of no payload can have faults. Those of a payload go with it.
	maxUnknown = 1000
)

// faults are those that are switched on.
type faults struct {
	log *slog.Logger

	mu        sync.Mutex
	of        map[string][]fault // by uuid, or nextPayload
	ofNode    []nodeFault
	downUntil time.Time // the API and all that belongs to a payload cannot be reached
}

func newFaults(log *slog.Logger) *faults { return &faults{log: log, of: map[string][]fault{}} }

// active returns the faults of a payload, which need not exist, that are about something.
func (f *faults) active(uuid string, about func(fault) bool) (active []fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.of[uuid] {
		if about(fault) {
			f.log.Info("fault", "name", fault.name, "uuid", short(uuid))
			active = append(active, fault)
		}
	}
	return active
}

// set switches the faults of a uuid on, in the place of others. It reports false if there are too many of uuids that no
// payload has.
func (f *faults) set(uuid string, chosen []fault, exists func(uuid string) bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.of, uuid)
	if len(chosen) == 0 {
		return true
	}
	unknown := 0
	for uuid := range f.of {
		if !exists(uuid) {
			unknown++
		}
	}
	if !exists(uuid) && unknown >= maxUnknown {
		return false
	}
	f.of[uuid] = chosen
	return true
}

// moveNext gives the faults of the next payload to the one that has just been made.
func (f *faults) moveNext(uuid string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if next, some := f.of[nextPayload]; some {
		delete(f.of, nextPayload)
		f.of[uuid] = next
	}
}

// names are those of the faults of a payload.
func (f *faults) names(uuid string) (names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.of[uuid] {
		names = append(names, fault.name)
	}
	return names
}

func (f *faults) forget(uuid string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.of, uuid)
}

func (f *faults) setNode(chosen []nodeFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ofNode = chosen
}

// node returns those of the node's faults that are about a method.
func (f *faults) node(method string) (about []nodeFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.ofNode {
		if len(fault.of) == 0 || slices.Contains(fault.of, method) {
			about = append(about, fault)
		}
	}
	return about
}

func (f *faults) takeDown(until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.downUntil = until
}

func (f *faults) down(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.downUntil)
}

// rewrite turns what a socket is about to say into frames, after the payload's faults had their way.
func (f *faults) rewrite(uuid string, m engine.Message) []frame {
	frames := []frame{{data: m.Data}}
	if m.Event == engine.NotFound {
		frames[0].then = hangUp
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	active := f.of[uuid]
	for i := 0; i < len(active); i++ {
		fault := active[i]
		if fault.rewrite == nil || len(fault.on) > 0 && !slices.Contains(fault.on, m.Event) {
			continue
		}
		frames = fault.rewrite(m, frames)
		f.log.Info("fault", "name", fault.name, "uuid", short(uuid), "event", m.Event)
		if fault.once {
			active = slices.Delete(slices.Clone(active), i, i+1)
			i--
			f.of[uuid] = active
		}
	}
	return frames
}

// webhook is what is sent in the place of a webhook.
func (f *faults) webhook(h engine.Webhook) []engine.Webhook {
	hooks := []engine.Webhook{h}
	for _, fault := range f.active(h.Payload, func(f fault) bool { return f.webhook != nil }) {
		var changed []engine.Webhook
		for _, h := range hooks {
			changed = append(changed, fault.webhook(h)...)
		}
		hooks = changed
	}
	return hooks
}

// hide reports whether others are told that there is no such payload.
func (f *faults) hide(pl *engine.Payload, now time.Time) bool {
	return len(f.active(pl.UUID, func(f fault) bool { return f.hides != nil && f.hides(pl, now) })) > 0
}

// begin does what the faults of a payload have to do at once.
func (s *Sandbox) begin(e *engine.Engine, uuid string, now time.Time) {
	if e.Payload(uuid) == nil {
		return
	}
	for _, f := range s.faults.active(uuid, func(fault) bool { return true }) {
		s.wire.say(uuid, faultSwitch, f.name, []byte(f.sentence))
		if f.begin != nil {
			f.begin(s, e, uuid, now)
		}
	}
}

// row is one of a table that is chosen from by name.
type row interface{ doc() namedDoc }

func (f fault) doc() namedDoc        { return namedDoc{f.name, f.sentence} }
func (f nodeFault) doc() namedDoc    { return namedDoc{f.name, f.sentence} }
func (m misbehaviour) doc() namedDoc { return namedDoc{m.name, m.sentence} }

// choose finds rows by name. An error names the first that is not there.
func choose[R row](table []R, names []string) ([]R, error) {
	chosen := []R{}
	for _, name := range names {
		i := slices.IndexFunc(table, func(r R) bool { return r.doc().Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is none named %q", name)
		}
		chosen = append(chosen, table[i])
	}
	return chosen, nil
}

func docsOf[R row](table []R) (docs []namedDoc) {
	for _, r := range table {
		docs = append(docs, r.doc())
	}
	return docs
}

type namedDoc struct {
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
}

func (s *Sandbox) listFaults(w http.ResponseWriter, r *http.Request) {
	respond(w, http.StatusOK, struct {
		Faults []namedDoc `json:"faults"`
		Node   []namedDoc `json:"node"`
	}{docsOf(faultTable), docsOf(nodeFaultTable)})
}

func (s *Sandbox) putFaults(w http.ResponseWriter, r *http.Request) {
	of := strings.ToLower(r.PathValue("of"))
	if !uuidV4.MatchString(of) && of != nextPayload && of != theNode {
		complain(w, http.StatusBadRequest, "bad-uuid", `The path ends neither in a version 4 UUID nor in "next" or "node".`)
		return
	}
	var in struct {
		Faults []string `json:"faults"`
	}
	if err := readJSON(w, r, &in); err != nil || in.Faults == nil {
		complain(w, http.StatusBadRequest, "bad-body",
			`The body must be JSON like {"faults":["drop-after-opened"]}, with no other names.`)
		return
	}
	if err := s.setFaults(of, in.Faults); err != nil {
		complainOf(w, err)
		return
	}
	respond(w, http.StatusOK, map[string]any{"uuid": of, "faults": append([]string{}, in.Faults...)})
}

func (s *Sandbox) setFaults(of string, names []string) error {
	if of == theNode {
		chosen, err := choose(nodeFaultTable, names)
		if err != nil {
			return unknownFault(err)
		}
		s.faults.setNode(chosen)
		return nil
	}
	chosen, err := choose(faultTable, names)
	if err != nil {
		return unknownFault(err)
	}
	return s.step(func(e *engine.Engine, now time.Time) error {
		if !s.faults.set(of, chosen, func(uuid string) bool { return e.Payload(uuid) != nil }) {
			return errTooManyFaults
		}
		s.begin(e, of, now)
		return nil
	})
}

var errTooManyFaults = &complaint{
	http.StatusInsufficientStorage, "too-many", "Too many uuids of no payload have faults; clear some.",
}

func unknownFault(err error) error {
	return &complaint{http.StatusBadRequest, "unknown-fault", "Not a fault: " + err.Error() + "; GET /faults lists them."}
}
