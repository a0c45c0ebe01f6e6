package main

import (
	"sync"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// store remembers the sign requests of this run, the newest of them up to a limit.
type store struct {
	limit int

	mu      sync.Mutex
	records map[payload.UUID]*record
	order   []payload.UUID // oldest first
}

func newStore(limit int) *store {
	return &store{limit: limit, records: map[payload.UUID]*record{}}
}

func (s *store) add(r *record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == s.limit {
		delete(s.records, s.order[0])
		s.order = s.order[1:]
	}
	s.records[r.order.UUID] = r
	s.order = append(s.order, r.order.UUID)
}

// get returns the record that session made. It does not tell a record of another session from none.
func (s *store) get(uuid payload.UUID, session string) (*record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[uuid]
	if !ok || r.session != session {
		return nil, false
	}
	return r, true
}
