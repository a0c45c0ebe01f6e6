package sandbox

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"
)

const (
	// maxQueue bounds what a socket that reads slowly can pile up before it is disconnected.
	maxQueue     = 64
	writeTimeout = 30 * time.Second
)

// socket is one listener. While nothing happens it costs one goroutine, the one that reads: a timer
// wakes it for the keep-alive, and a goroutine that writes exists only while frames are queued.
type socket struct {
	p      *Platform
	uuid   string
	conn   *websocket.Conn // nil until the handshake is done
	ctx    context.Context
	cancel context.CancelFunc

	// All below is guarded by Platform.mu.
	expires time.Time // as it was on connecting: a later cancel does not change the countdown
	next    time.Time // the next keep-alive; zero if there is none
	late    bool      // expired has been sent
	timer   *time.Timer
	later   []heldFrame // in the order in which they are due
	queue   []frame
	writing bool
	muted   bool
	ended   bool
}

// heldFrame is a frame that waits for its time.
type heldFrame struct {
	due   time.Time
	frame frame
}

// listen upgrades a request to a status socket. Anyone who knows the uuid may listen, from any
// origin.
func (p *Platform) listen(w http.ResponseWriter, r *http.Request, uuid string) {
	for _, f := range p.faultsOf(uuid) {
		if f.dial == nil {
			continue
		}
		p.log.Info("fault", "name", f.name, "uuid", short(uuid))
		if w = f.dial(p, w, r); w == nil {
			return
		}
	}
	// It listens before the handshake is answered, so that nothing is lost that happens after it;
	// frames pile up until somebody writes them.
	s := &socket{p: p, uuid: uuid, writing: true}
	s.ctx, s.cancel = context.WithCancel(p.ctx)
	s.start(time.Now())
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		p.log.Info("socket refused", "uuid", short(uuid), "err", err)
		s.stop()
		return
	}
	s.conn = conn
	// The handler returns so that net/http can free its side of the connection, with the stack that
	// the handshake has grown: a third of what an idle socket would hold.
	p.wg.Go(s.write)
	p.wg.Go(s.read)
}

// read answers what the listener sends, until the connection ends.
func (s *socket) read() {
	defer s.conn.CloseNow()
	defer s.stop()
	for {
		kind, r, err := s.conn.Reader(s.ctx)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return
		}
		if kind == websocket.MessageText {
			s.p.mu.Lock()
			s.emit(echo, echoMessage)
			s.p.mu.Unlock()
		}
	}
}

// start greets the listener according to the payload's state, and from then on lets it hear what is
// published. Nothing that happened before is replayed.
func (s *socket) start(now time.Time) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	pl := s.p.known(s.uuid, now)
	if pl == nil {
		s.emit(notFound, notFoundMessage)
		return
	}
	listeners := s.p.sockets[s.uuid]
	if listeners == nil {
		listeners = map[*socket]struct{}{}
		s.p.sockets[s.uuid] = listeners
	}
	listeners[s] = struct{}{}

	s.emit(welcome, welcomeMessage(s.uuid))
	if pl.recorded(now) != nil {
		// The trap of the protocol: a payload that was signed looks expired to a late listener.
		s.emit(expired, expiredMessage)
		return
	}
	s.expires = pl.Expires
	s.next = now.Add(s.p.keepAlive)
	if pl.expired(now) {
		s.late = true
		s.emit(expired, expiredMessage)
	} else {
		s.emit(expiresIn, expiresInMessage(secondsUntil(s.expires, now)))
	}
	s.arm(now)
}

func (s *socket) stop() {
	s.cancel()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.ended = true
	s.queue, s.later = nil, nil
	if s.timer != nil && s.timer.Stop() {
		s.p.wg.Done()
	}
	if listeners := s.p.sockets[s.uuid]; listeners != nil {
		delete(listeners, s)
		if len(listeners) == 0 {
			delete(s.p.sockets, s.uuid)
		}
	}
}

// arm sets the timer for what is due first: the next keep-alive, the expiry, or a frame that is held
// back.
func (s *socket) arm(now time.Time) {
	due := s.next
	if !s.late && s.expires.Before(due) {
		due = s.expires
	}
	if len(s.later) > 0 && (due.IsZero() || s.later[0].due.Before(due)) {
		due = s.later[0].due
	}
	if s.timer != nil && s.timer.Stop() {
		s.p.wg.Done()
	}
	if due.IsZero() {
		return
	}
	s.p.wg.Add(1)
	s.timer = time.AfterFunc(due.Sub(now), func() {
		defer s.p.wg.Done()
		s.tick()
	})
}

func (s *socket) tick() {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.ended {
		return
	}
	now := time.Now()
	for len(s.later) > 0 && !now.Before(s.later[0].due) {
		s.enqueue(s.later[0].frame)
		s.later = s.later[1:]
	}
	if s.next.IsZero() {
		s.arm(now)
		return
	}
	if !s.late && !now.Before(s.expires) {
		s.late = true
		s.emit(expired, expiredMessage)
	}
	if !now.Before(s.next) {
		s.next = s.next.Add(s.p.keepAlive)
		s.emit(expiresIn, expiresInMessage(secondsUntil(s.expires, now)))
	}
	s.arm(now)
}

// publish sends an event to everyone who listens to a payload. The caller holds Platform.mu.
func (p *Platform) publish(uuid string, e event, data []byte) {
	listeners := p.sockets[uuid]
	if len(listeners) == 0 {
		return
	}
	frames := p.distort(uuid, e, data)
	for s := range listeners {
		s.send(frames)
	}
}

// emit sends an event to this listener alone. The caller holds Platform.mu.
func (s *socket) emit(e event, data []byte) { s.send(s.p.distort(s.uuid, e, data)) }

// send queues frames, those that are delayed for later.
func (s *socket) send(frames []frame) {
	for _, f := range frames {
		if f.delay > 0 {
			s.hold(f, time.Now())
		} else {
			s.enqueue(f)
		}
	}
}

// hold keeps a frame until its time has come.
func (s *socket) hold(f frame, now time.Time) {
	if s.ended || len(s.later) >= maxQueue {
		return
	}
	due := now.Add(f.delay)
	i := len(s.later)
	for i > 0 && s.later[i-1].due.After(due) {
		i--
	}
	s.later = slices.Insert(s.later, i, heldFrame{due, f})
	s.arm(now)
}

// enqueue queues a frame and sees to it that somebody writes it. It never blocks: a listener that
// does not keep up is disconnected.
func (s *socket) enqueue(f frame) {
	if s.ended || s.muted {
		return
	}
	if f.then == mute {
		s.muted = true
		return
	}
	if len(s.queue) == maxQueue {
		s.p.log.Info("socket too slow", "uuid", short(s.uuid))
		s.ended = true
		s.cancel()
		return
	}
	s.queue = append(s.queue, f)
	if !s.writing {
		s.writing = true
		s.p.wg.Go(s.write)
	}
}

// write sends what is queued and returns when the queue is empty.
func (s *socket) write() {
	for {
		s.p.mu.Lock()
		if len(s.queue) == 0 {
			s.queue, s.writing = nil, false
			s.p.mu.Unlock()
			return
		}
		f := s.queue[0]
		s.queue = s.queue[1:]
		s.p.mu.Unlock()

		if f.data != nil {
			ctx, cancel := context.WithTimeout(s.ctx, writeTimeout)
			err := s.writeMessage(ctx, f)
			cancel()
			if err != nil {
				s.cancel()
				return
			}
		}
		switch f.then {
		case cut:
			s.cancel()
			return
		case hangUp:
			s.conn.Close(websocket.StatusNoStatusRcvd, "")
			return
		case goAway:
			s.conn.Close(websocket.StatusGoingAway, "going away")
			return
		}
	}
}

func (s *socket) writeMessage(ctx context.Context, f frame) error {
	if !f.split {
		return s.conn.Write(ctx, websocket.MessageText, f.data)
	}
	w, err := s.conn.Writer(ctx, websocket.MessageText)
	if err != nil {
		return err
	}
	for piece := range slices.Chunk(f.data, fragmentSize) {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return w.Close()
}
