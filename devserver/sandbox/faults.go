package sandbox

import (
	"net/http"
	"slices"
	"strconv"
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

// setFaults switches on what a payload's faults have to do at once. The caller holds Platform.mu.
func (p *Platform) setFaults(pl *payload, now time.Time) {
	for _, f := range p.faults[pl.UUID] {
		if f.set != nil {
			p.log.Info("fault", "name", f.name, "uuid", short(pl.UUID))
			f.set(p, pl, now)
		}
	}
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
	if !uuidV4.MatchString(uuid) && uuid != nextPayload {
		complain(w, http.StatusBadRequest, "bad-uuid", `The path ends neither in a version 4 UUID nor in "next".`)
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
		p.setFaults(pl, time.Now())
		if err := p.save(pl); err != nil {
			complain(w, http.StatusInternalServerError, "internal", "The sandbox failed; its log says how.")
			return
		}
	}
	respond(w, http.StatusOK, map[string]any{"uuid": uuid, "faults": append([]string{}, in.Faults...)})
}
