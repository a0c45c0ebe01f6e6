package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// fault is a way for the platform to err that a client must survive. A new one is a row in
// faultTable; each field is a place where it may interfere.
type fault struct {
	name     string
	sentence string
	on       []event // the events that it rewrites; empty for every event
	once     bool    // it rewrites one event and is then switched off

	// rewrite, given what a socket is about to send for one event, returns what it sends instead.
	rewrite func(p *Platform, uuid string, e event, frames []frame) []frame
	// set does something when the fault is switched on, if the payload exists.
	set func(p *Platform, pl *payload, now time.Time)
	// hides tells whether the platform denies the payload.
	hides func(pl *payload, now time.Time) bool
	// answer may answer a call of the REST API about the payload, or hold it up.
	answer func(p *Platform, c call) (answered bool)
	// document changes what the REST API says of the payload.
	document func(doc fields)
	// created is the payload that a creation answers with, in the place of the one that it made.
	created func(p *Platform, made *payload) *payload
	// dial returns what the handshake of a socket is written to; nil if it is answered, or never will be.
	dial func(p *Platform, w http.ResponseWriter, r *http.Request) http.ResponseWriter
	// webhook changes the webhook about the outcome.
	webhook func(h *webhook)
}

// nextPayload stands for the uuid of the payload that will be created next.
const nextPayload = "next"

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

// beginFaults does what a payload's faults have to do at once. The caller holds Platform.mu.
func (p *Platform) beginFaults(pl *payload, now time.Time) {
	for _, f := range p.faults[pl.UUID] {
		if f.set != nil {
			p.log.Info("fault", "name", f.name, "uuid", short(pl.UUID))
			f.set(p, pl, now)
		}
	}
}

// shown is a document of the REST API as the payload's faults leave it. The caller holds Platform.mu.
func (p *Platform) shown(uuid string, doc any) any {
	for _, f := range p.faults[uuid] {
		if f.document == nil {
			continue
		}
		changed := fields{}
		d := json.NewDecoder(bytes.NewReader(marshal(doc)))
		d.UseNumber()
		if err := d.Decode(&changed); err != nil {
			panic(err) // it has just been encoded
		}
		p.log.Info("fault", "name", f.name, "uuid", short(uuid))
		f.document(changed)
		doc = changed
	}
	return doc
}

// known finds a payload as the world outside can, from whom faults may hide it. The caller holds
// Platform.mu.
func (p *Platform) known(uuid string, now time.Time) *payload {
	pl := p.store.payloads[uuid]
	if pl != nil && slices.ContainsFunc(p.faults[uuid], func(f fault) bool { return f.hides != nil && f.hides(pl, now) }) {
		return nil
	}
	return pl
}

// faultsOf are the faults of a payload, which need not exist.
func (p *Platform) faultsOf(uuid string) []fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.faults[uuid])
}

// row is an entry of a table that is chosen from by name.
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

func (p *Platform) listFaults(w http.ResponseWriter, r *http.Request) {
	respond(w, http.StatusOK, struct {
		Faults []namedDoc `json:"faults"`
		Node   []namedDoc `json:"node"`
	}{docsOf(faultTable), docsOf(nodeFaultTable)})
}

// maxStrays bounds how many uuids of no payload can have faults. Those of a payload go with it.
const maxStrays = 1000

func (p *Platform) putFaults(w http.ResponseWriter, r *http.Request) {
	of := strings.ToLower(r.PathValue("of"))
	if !uuidV4.MatchString(of) && of != nextPayload && of != theNode {
		complain(w, http.StatusBadRequest, "bad-uuid", `The path ends neither in a version 4 UUID nor in "next" or "node".`)
		return
	}
	var in struct {
		Faults []string `json:"faults"`
	}
	if err := readJSON(w, r, &in); err != nil {
		complain(w, http.StatusBadRequest, "bad-body", `The body must be JSON like {"faults":["drop-after-opened"]}.`)
		return
	}
	set := p.setFaults
	if of == theNode {
		set = p.setNodeFaults
	}
	if refused := set(of, in.Faults); refused != nil {
		complain(w, refused.status, refused.code, refused.message)
		return
	}
	respond(w, http.StatusOK, map[string]any{"uuid": of, "faults": append([]string{}, in.Faults...)})
}

func (p *Platform) setNodeFaults(_ string, names []string) *complaint {
	chosen, err := choose(nodeFaultTable, names)
	if err != nil {
		return unknownFault(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodeFaults = chosen
	return nil
}

func (p *Platform) setFaults(uuid string, names []string) *complaint {
	chosen, err := choose(faultTable, names)
	if err != nil {
		return unknownFault(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.faults, uuid)
	if len(chosen) > 0 {
		if p.store.payloads[uuid] == nil && p.strays() >= maxStrays {
			return &complaint{http.StatusInsufficientStorage, "too-many", "Too many uuids of no payload have faults; clear some."}
		}
		p.faults[uuid] = chosen
	}
	if pl := p.store.payloads[uuid]; pl != nil {
		p.beginFaults(pl, time.Now())
		if err := p.save(pl); err != nil {
			return &complaint{http.StatusInternalServerError, "internal", "The sandbox failed; its log says how."}
		}
	}
	return nil
}

// strays counts the faulty uuids of no payload. The caller holds Platform.mu.
func (p *Platform) strays() (n int) {
	for uuid := range p.faults {
		if p.store.payloads[uuid] == nil {
			n++
		}
	}
	return n
}

func unknownFault(err error) *complaint {
	return &complaint{http.StatusBadRequest, "unknown-fault", "Not a fault: " + err.Error() + "; GET /faults lists them."}
}
