package sandbox

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const (
	// maxQueue bounds what a socket that reads slowly can pile up before it is disconnected.
	maxQueue     = 64
	writeTimeout = 30 * time.Second
)

// frame is one thing to do on a socket: send data, then perhaps end the connection.
type frame struct {
	data  []byte
	split bool          // into many small pieces
	delay time.Duration // before it is sent, while others pass it
	then  ending
}

type ending int

const (
	stay   ending = iota
	cut           // drop the connection without a closing handshake
	hangUp        // close it, without a code, as the platform does
	goAway        // close it with a code
	mute          // leave it open, and send nothing more
)

// sockets are all status sockets.
type sockets struct {
	life    *lifetime
	log     *slog.Logger
	wire    *wire
	rewrite func(uuid string, m engine.Message) []frame

	// mu guards each socket, too. Whoever is not a socket's say, send, hold, enqueue or arm takes it.
	mu sync.Mutex
	of map[string]map[*socket]struct{}
}

// socket is one listener. While nothing happens it costs one goroutine, the one that reads: a timer
// wakes it for the keep-alive, and a goroutine that writes exists only while frames are queued.
type socket struct {
	all    *sockets
	uuid   string
	conn   *websocket.Conn // nil until the handshake is done
	ctx    context.Context
	cancel context.CancelFunc

	listener *engine.Listener // nil if there is no payload
	timer    *time.Timer
	later    []heldFrame // in the order in which they are due
	queue    []frame
	writing  bool
	muted    bool
	ended    bool
}

// heldFrame is a frame that waits for its time.
type heldFrame struct {
	due   time.Time
	frame frame
}

// listen upgrades a request to a status socket. Anyone who knows the uuid may listen, from any
// origin.
func (s *Sandbox) listen(w http.ResponseWriter, r *http.Request, uuid string) {
	s.wire.say(uuid, socketFrame.back(), "connects", nil)
	for _, f := range s.faults.active(uuid, func(f fault) bool { return f.dial != nil }) {
		if w = f.dial(s, w, r); w == nil {
			s.wire.say(uuid, socketFrame, "no connection", nil)
			return
		}
	}
	// It listens before the handshake is answered, so that nothing is lost that happens after it;
	// frames pile up until somebody writes them.
	sock := &socket{all: s.sockets, uuid: uuid, writing: true}
	sock.ctx, sock.cancel = context.WithCancel(s.life.ctx)
	s.look(func(e *engine.Engine, now time.Time) {
		listener, greeting := e.Listen(now, uuid)
		if listener != nil && s.faults.hide(e.Payload(uuid), now) {
			listener, greeting = nil, []engine.Message{engine.NoPayload()}
		}
		sock.start(now, listener, greeting)
	})
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.log.Info("socket refused", "uuid", short(uuid), "err", err)
		sock.stop()
		return
	}
	conn.SetReadLimit(maxBody) // any text is answered
	sock.conn = conn
	// The handler returns so that net/http can free its side of the connection, with the stack that
	// the handshake has grown: a third of what an idle socket would hold.
	s.life.wg.Go(sock.write)
	s.life.wg.Go(sock.read)
}

// publish tells something to everyone who listens to a payload.
func (all *sockets) publish(m engine.Message) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if listeners := all.of[m.Payload.UUID]; len(listeners) > 0 {
		frames := all.rewrite(m.Payload.UUID, m)
		for s := range listeners {
			s.send(frames)
		}
	}
}

// send sends a frame to everyone who listens to a payload.
func (all *sockets) send(uuid string, f frame) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for s := range all.of[uuid] {
		s.enqueue(f)
	}
}

// cutAll drops every connection.
func (all *sockets) cutAll() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, listeners := range all.of {
		for s := range listeners {
			s.enqueue(frame{then: cut})
		}
	}
}

// start greets the listener, and from then on lets it hear what is published.
func (s *socket) start(now time.Time, listener *engine.Listener, greeting []engine.Message) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	if s.listener = listener; listener != nil {
		if s.all.of[s.uuid] == nil {
			s.all.of[s.uuid] = map[*socket]struct{}{}
		}
		s.all.of[s.uuid][s] = struct{}{}
	}
	s.say(greeting...)
	s.arm(now)
}

// read answers what the listener sends, until the connection ends.
func (s *socket) read() {
	defer s.conn.CloseNow()
	defer s.stop()
	defer s.all.wire.say(s.uuid, socketFrame.back(), "is gone", nil)
	for {
		kind, r, err := s.conn.Reader(s.ctx)
		if err != nil {
			return
		}
		data, err := io.ReadAll(r) // which the library limits
		if err != nil {
			return
		}
		s.all.wire.say(s.uuid, socketFrame.back(), frameKinds[kind], data)
		if kind == websocket.MessageText {
			s.all.mu.Lock()
			s.say(s.listener.Echo())
			s.all.mu.Unlock()
		}
	}
}

func (s *socket) stop() {
	s.cancel()
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.ended = true
	s.queue, s.later = nil, nil
	s.disarm()
	delete(s.all.of[s.uuid], s)
	if len(s.all.of[s.uuid]) == 0 {
		delete(s.all.of, s.uuid)
	}
}

// arm sets the timer for what is due first: what the listener is to be told by itself, or a frame that is held back.
func (s *socket) arm(now time.Time) {
	s.disarm()
	var due time.Time
	if s.listener != nil {
		due = s.listener.Next()
	}
	if len(s.later) > 0 && (due.IsZero() || s.later[0].due.Before(due)) {
		due = s.later[0].due
	}
	if due.IsZero() {
		return
	}
	s.all.life.wg.Add(1)
	s.timer = time.AfterFunc(due.Sub(now), func() {
		defer s.all.life.wg.Done()
		s.tick()
	})
}

func (s *socket) disarm() {
	if s.timer != nil && s.timer.Stop() {
		s.all.life.wg.Done()
	}
}

func (s *socket) tick() {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	if s.ended {
		return
	}
	now := time.Now()
	for len(s.later) > 0 && !now.Before(s.later[0].due) {
		s.enqueue(s.later[0].frame)
		s.later = s.later[1:]
	}
	if s.listener != nil {
		s.say(s.listener.Tick(now)...)
	}
	s.arm(now)
}

// say tells something to this listener alone.
func (s *socket) say(messages ...engine.Message) {
	for _, m := range messages {
		s.send(s.all.rewrite(s.uuid, m))
	}
}

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
		s.all.log.Info("socket too slow", "uuid", short(s.uuid))
		s.ended = true
		s.cancel()
		return
	}
	s.tellWire(f)
	s.queue = append(s.queue, f)
	if !s.writing {
		s.writing = true
		s.all.life.wg.Go(s.write)
	}
}

// next takes the first frame that is queued, and reports false if there is none and nobody writes any more.
func (s *socket) next() (f frame, ok bool) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue, s.writing = nil, false
		return frame{}, false
	}
	f = s.queue[0]
	s.queue = s.queue[1:]
	return f, true
}

// write sends what is queued and returns when the queue is empty.
func (s *socket) write() {
	for f, ok := s.next(); ok; f, ok = s.next() {
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

// tellWire tells what is about to be sent, and how the connection ends.
func (s *socket) tellWire(f frame) {
	if f.data != nil {
		s.all.wire.say(s.uuid, socketFrame, frameInWords(f.data), f.data)
	}
	if end := endings[f.then]; end != "" {
		s.all.wire.say(s.uuid, socketFrame, end, nil)
	}
}

var frameKinds = map[websocket.MessageType]string{
	websocket.MessageText: "a text frame", websocket.MessageBinary: "a binary frame",
}

var endings = map[ending]string{
	cut: "cuts the connection", hangUp: "closes the connection", goAway: "closes the connection with code 1001",
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
