package engine

import (
	"slices"
	"time"
)

const (
	// keepExpired is how long after its expiry a payload that was opened in time may still be signed.
	keepExpired = 24 * time.Hour
	// MaxFinished bounds the payloads that nobody can act on any more; beyond it the oldest are forgotten.
	MaxFinished = 1000
	// maxUnfinished bounds the others, none of which is forgotten; beyond it no more can be created.
	maxUnfinished = 5000
	maxBytes      = 64 << 20 // for both, as far as their templates go
)

// put stores a payload that was not there.
func (e *Engine) put(pl *Payload) {
	e.payloads[pl.UUID] = pl
	e.order = append(e.order, pl.UUID)
	e.bytes += pl.size()
	if pl.Identified {
		e.identifiers[identifier{pl.App, *pl.Meta.Identifier}] = pl.UUID
	}
}

// change stores a changed copy of a payload and returns it.
func (e *Engine) change(pl *Payload, do func(*Payload)) *Payload {
	next := *pl
	do(&next)
	e.payloads[pl.UUID] = &next
	e.changed(&next)
	return &next
}

func (e *Engine) changed(pl *Payload) {
	if e.out.Changed == nil {
		e.out.Changed = map[string]*Payload{}
	}
	e.out.Changed[pl.UUID] = pl
}

// makeRoom forgets what need not be kept beside one more payload of a size. It reports false if there is no room.
func (e *Engine) makeRoom(size int, now time.Time) bool {
	finished := 0
	for _, pl := range e.payloads {
		if pl.finished(now) {
			finished++
		}
	}
	unfinished := len(e.order) - finished
	e.order = slices.DeleteFunc(e.order, func(uuid string) bool {
		pl := e.payloads[uuid]
		few := finished <= MaxFinished && e.bytes+size <= maxBytes
		if few || !pl.finished(now) {
			return false
		}
		finished--
		e.forget(pl)
		return true
	})
	return unfinished < maxUnfinished && e.bytes+size <= maxBytes
}

func (e *Engine) forget(pl *Payload) {
	delete(e.payloads, pl.UUID)
	delete(e.out.Changed, pl.UUID)
	e.out.Forgotten = append(e.out.Forgotten, pl)
	e.bytes -= pl.size()
	if e.issued[pl.App] == pl.UUID {
		delete(e.issued, pl.App)
	}
	if pl.Identified {
		delete(e.identifiers, identifier{pl.App, *pl.Meta.Identifier})
	}
}
