package sandbox

import "time"

const (
	// keepExpired is how long a payload outlives its expiry, for late signing and for looking back.
	keepExpired = 24 * time.Hour
	// maxPayloads and maxBytes bound the store; beyond either the oldest payload is forgotten.
	maxPayloads = 5000
	maxBytes    = 64 << 20
)

// store holds the payloads of all applications. It is bounded: a payload is dropped a day
// after its expiry, and earlier when there are more than 5000 of them or their templates take more
// than 64 MiB.
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
func (s *store) add(pl *payload, now time.Time) (unique bool) {
	unique = pl.Meta.Identifier == nil || s.identifiers[identifierKey{pl.app.key, *pl.Meta.Identifier}] == nil
	s.put(pl, unique)
	s.prune(now)
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

func (s *store) prune(now time.Time) {
	kept := s.order[:0]
	excess := len(s.order) - maxPayloads
	for i, pl := range s.order {
		if i < excess || s.bytes > maxBytes || now.Sub(pl.Expires) > keepExpired {
			s.remove(pl)
			continue
		}
		kept = append(kept, pl)
	}
	clear(s.order[len(kept):])
	s.order = kept
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
