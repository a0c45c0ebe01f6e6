package backend

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// maxKept is how many requests are kept in memory, besides those in use.
const maxKept = 500

// requests are those in use, and some that were: there is one for all who use it.
type requests struct {
	record record.Record
	most   int

	mu   sync.Mutex
	kept map[payload.UUID]*request
}

func newRequests(r record.Record) *requests {
	return &requests{record: r, most: maxKept, kept: map[payload.UUID]*request{}}
}

// get returns a request, to be given back with release. Its error matches errNotFound if there is none.
func (s *requests) get(ctx context.Context, uuid payload.UUID) (*request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.kept[uuid]
	if !ok {
		e, err := s.record.Get(ctx, uuid)
		if errors.Is(err, record.ErrNotFound) {
			return nil, errNotFound
		}
		if err != nil {
			return nil, err
		}
		s.makeRoom()
		r = newRequest(e)
		s.kept[uuid] = r
	}
	r.users++
	r.used = time.Now()
	return r, nil
}

// makeRoom forgets half of the requests that nobody uses if there are too many, those that were not used for longest.
// The caller holds the lock.
func (s *requests) makeRoom() {
	if len(s.kept) < s.most {
		return
	}
	var idle []*request
	for _, r := range s.kept {
		if r.users == 0 {
			idle = append(idle, r)
		}
	}
	slices.SortFunc(idle, func(a, b *request) int { return a.used.Compare(b.used) })
	for _, r := range idle[:(len(idle)+1)/2] {
		delete(s.kept, r.uuid)
	}
}

// add keeps a new request in the record, and forgets those that the record has dropped for it.
func (s *requests) add(ctx context.Context, e record.Entry, now time.Time) error {
	dropped, err := s.record.Add(ctx, e, now)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, uuid := range dropped {
		delete(s.kept, uuid)
	}
	return err
}

// keep gives a request one more user, who gives it back with release.
func (s *requests) keep(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.users++
}

func (s *requests) release(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.users--
}

// request is a sign request in use. What is below its turn is touched by nobody but who has it.
type request struct {
	uuid    payload.UUID
	session string // fingerprint of the session that made it

	// Of requests, which guards them.
	users int
	used  time.Time

	wake chan struct{} // tells the background that somebody waits for the ledger

	turn chan struct{} // full while somebody has it
	record.Entry
	written  written       // of the last answer
	blob     *verify.Blob  // what the platform showed last
	asked    time.Time     // when the call that brought the answer began
	calls    bucket        // to the platform, for visitors
	denied   bool          // the platform said last that there is no such payload
	followed bool          // in the background
	looked   time.Time     // when the ledger was last asked
	looking  bool          // it has not answered yet
	seen     chan struct{} // closed when it has answered the next time
}

func newRequest(e record.Entry) *request {
	return &request{
		uuid: e.Order.UUID, session: e.Session, Entry: e,
		turn: make(chan struct{}, 1), wake: make(chan struct{}, 1), seen: make(chan struct{}),
	}
}

// held is a request in the hands of the one caller who has its turn, across the caller's call to the platform: whoever
// comes meanwhile waits, and shares what it brings.
type held struct{ *request }

// take waits for the turn, to be given back with end.
func (r *request) take(ctx context.Context) (held, error) {
	select {
	case r.turn <- struct{}{}:
		return held{r}, nil
	case <-ctx.Done():
		return held{}, ctx.Err()
	}
}

// end gives the turn back.
func (h held) end() { <-h.turn }

// become puts what is known now in the place of what was.
func (h held) become(e record.Entry) { h.Entry, h.written = e, written{} }

// left is how many seconds there are until it is too late to open the request, below zero afterwards.
func (h held) left() int { return int(time.Until(h.Deadline).Round(time.Second) / time.Second) }

// unreported reports whether the platform has more to say: that it was signed, what it left out of that, or where it
// was submitted, which the phone reports seconds later, or never if it is killed between.
func (h held) unreported() bool {
	return h.Signed == nil || verify.Incomplete(h.Order, *h.Signed) ||
		h.Order.Submit && h.Signed.Response.DispatchedNodeType == ""
}

// told reports whether somebody whose word counts has said that the request was signed or declined.
func (h held) told() bool { return h.Announced || h.Signed != nil }

// gone is the error for a request that the platform denies, for longer than its replicas may take to hear of it.
func (h held) gone() error {
	if h.denied && time.Since(h.Order.Created) >= spreading {
		return errNotFound
	}
	return nil
}
