package sandbox

import (
	"slices"
	"time"
)

const (
	// keepExpired is how long a payload outlives its expiry, for late signing and for looking back.
	keepExpired = 24 * time.Hour
	// maxFinished bounds the payloads that nobody can act on any more; beyond it the oldest are forgotten.
	maxFinished = 1000
	// maxUnfinished bounds the others, none of which is forgotten; beyond it no more can be created.
	maxUnfinished = 5000
	maxBytes      = 64 << 20 // for both, as far as their templates go
)

// store holds the payloads of all applications. It is bounded, but forgets only what is finished, and what was opened
// in time and not signed a day after its expiry.
type store struct {
	payloads    map[string]*payload
	order       []*payload // oldest first
	bytes       int
	identifiers map[identifierKey]*payload
	tokens      map[string]*userToken // by app key, as there is one user
	issued      map[string]*payload   // by app key: the payload that last issued the token
	forgotten   []*payload            // since the last save
}

type identifierKey struct{ app, identifier string }

func newStore() store {
	return store{payloads: map[string]*payload{}, identifiers: map[identifierKey]*payload{}, tokens: map[string]*userToken{}, issued: map[string]*payload{}}
}

// add stores a payload. It reports false when its identifier is taken: like the real platform it
// then keeps the payload all the same, findable by uuid only.
func (s *store) add(pl *payload) (unique bool) {
	unique = pl.Meta.Identifier == nil || s.identifiers[identifierKey{pl.app.key, *pl.Meta.Identifier}] == nil
	s.put(pl, unique)
	return unique
}

// put stores a payload, under its identifier too if it is the one that has it.
func (s *store) put(pl *payload, identified bool) {
	s.payloads[pl.UUID] = pl
	s.order = append(s.order, pl)
	s.bytes += pl.size()
	if pl.Meta.Identifier != nil && identified {
		s.identifiers[identifierKey{pl.app.key, *pl.Meta.Identifier}] = pl
	}
}

// identified reports whether a payload can be found by its identifier.
func (s *store) identified(pl *payload) bool {
	return pl.Meta.Identifier != nil && s.identifiers[identifierKey{pl.app.key, *pl.Meta.Identifier}] == pl
}

// makeRoom forgets what the store need not keep beside one more payload of a size. It reports false if there is no
// room.
func (s *store) makeRoom(size int, now time.Time) bool {
	finished := 0
	for _, pl := range s.order {
		if pl.finished(now) {
			finished++
		}
	}
	unfinished := len(s.order) - finished
	s.order = slices.DeleteFunc(s.order, func(pl *payload) bool {
		if !pl.finished(now) || finished <= maxFinished && s.bytes+size <= maxBytes && now.Sub(pl.Expires) <= keepExpired {
			return false
		}
		finished--
		s.remove(pl)
		return true
	})
	return unfinished < maxUnfinished && s.bytes+size <= maxBytes
}

func (s *store) remove(pl *payload) {
	delete(s.payloads, pl.UUID)
	s.forgotten = append(s.forgotten, pl)
	if s.issued[pl.app.key] == pl {
		delete(s.issued, pl.app.key)
	}
	s.bytes -= pl.size()
	if s.identified(pl) {
		delete(s.identifiers, identifierKey{pl.app.key, *pl.Meta.Identifier})
	}
}
