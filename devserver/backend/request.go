package backend

import (
	"container/list"
	"context"
	"errors"
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
	idle *list.List // those of kept that nobody uses, the one that was used last at the end
}

func newRequests(r record.Record) *requests {
	return &requests{record: r, most: maxKept, kept: map[payload.UUID]*request{}, idle: list.New()}
}

// get returns a request, to be given back with release. Its error matches errNotFound if there is none. Whoever wants
// one that is being read from the record waits for that, and nobody else does.
func (s *requests) get(ctx context.Context, uuid payload.UUID) (*request, error) {
	s.mu.Lock()
	r, known := s.kept[uuid]
	if !known {
		r = newRequest(uuid)
		s.kept[uuid] = r
	}
	s.use(r)
	s.mu.Unlock()
	if !known {
		r.read(context.WithoutCancel(ctx), s.record) // for all who wait
		close(r.ready)
	}
	<-r.ready
	if r.err != nil {
		s.forget(r) // so that it is read again
		return nil, r.err
	}
	return r, nil
}

// use gives a request one more user. The caller holds the lock.
func (s *requests) use(r *request) {
	if r.place != nil {
		s.idle.Remove(r.place)
		r.place = nil
	}
	r.users++
}

// forget keeps a request no longer, whoever uses it.
func (s *requests) forget(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(r)
}

// drop is forget for who holds the lock.
func (s *requests) drop(r *request) {
	if s.kept[r.uuid] != r {
		return
	}
	if r.place != nil {
		s.idle.Remove(r.place)
	}
	delete(s.kept, r.uuid)
}

// dropped forgets requests that the record has dropped.
func (s *requests) dropped(all []payload.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, uuid := range all {
		if r, ok := s.kept[uuid]; ok {
			s.drop(r)
		}
	}
}

// keep gives a request one more user, who gives it back with release.
func (s *requests) keep(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use(r)
}

// release gives a request back. If too many are kept that nobody uses, the one that was not used for longest goes.
func (s *requests) release(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.users--
	if r.users > 0 || s.kept[r.uuid] != r {
		return
	}
	r.place = s.idle.PushBack(r)
	if s.idle.Len() > s.most {
		s.drop(s.idle.Front().Value.(*request))
	}
}

// request is a sign request in use. What is below its turn is touched by nobody but who has it.
type request struct {
	uuid payload.UUID

	// Of requests, which guards them.
	users int
	place *list.Element // in its list of those that nobody uses; nil: somebody does

	ready   chan struct{} // closed when it has been read
	err     error         // why it could not be
	session string        // fingerprint of the session that made it

	wake chan struct{} // tells the background that somebody waits for the ledger

	turn chan struct{} // full while somebody has it
	record.Entry
	readAt  time.Time     // when it was read from the record, or stored there
	written written       // of the last answer
	blob    *verify.Blob  // what the platform showed last
	asked   time.Time     // when the call that brought the answer began
	denied  bool          // the platform said last that there is no such payload
	term    *term         // in which it is followed in the background; nil: it is not
	looked  time.Time     // when the ledger was last asked
	looking bool          // it has not answered yet
	seen    chan struct{} // closed when it has answered the next time
}

func newRequest(uuid payload.UUID) *request {
	return &request{
		uuid: uuid, ready: make(chan struct{}),
		turn: make(chan struct{}, 1), wake: make(chan struct{}, 1), seen: make(chan struct{}),
	}
}

// read reads the request from the record, before anybody else has it.
func (r *request) read(ctx context.Context, from record.Record) {
	r.readAt = time.Now()
	r.Entry, r.err = from.Get(ctx, r.uuid)
	if errors.Is(r.err, record.ErrNotFound) {
		r.err = errNotFound
	}
	r.session = r.Entry.Session
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

// hold takes a request's turn. If other servers write to the record as well, it is read again unless that was just
// done.
func (b *Backend) hold(ctx context.Context, r *request) (held, error) {
	h, err := r.take(ctx)
	if err != nil || !b.record.Shared() || time.Since(h.readAt) < freshFor {
		return h, err
	}
	if err := b.reread(ctx, h); err != nil {
		h.end()
		return held{}, err
	}
	return h, nil
}

// reread takes over what the record keeps of a request.
func (b *Backend) reread(ctx context.Context, h held) error {
	e, err := b.record.Get(ctx, h.uuid)
	if errors.Is(err, record.ErrNotFound) {
		b.requests.forget(h.request)
		return errNotFound
	}
	if err != nil {
		return err
	}
	if h.readAt = time.Now(); e.Version != h.Version {
		h.become(e)
	}
	return nil
}

// entry returns what is known of a request.
func (b *Backend) entry(ctx context.Context, r *request) (record.Entry, error) {
	h, err := b.hold(ctx, r)
	if err != nil {
		return record.Entry{}, err
	}
	defer h.end()
	return h.Entry, nil
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
