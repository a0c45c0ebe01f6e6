package socket

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// maxFrame is the size in bytes of the largest frame that is read. The largest message of the protocol, the resolved
// one, has about 4 kB.
const maxFrame = 64 << 10

const (
	queue   = 8  // frames that are kept for a slow reader; the library keeps the rest
	retries = 32 // of a read after the end
)

// ErrClosed is returned by a Conn that has no more frames to give, whoever closed it.
var ErrClosed = errors.New("socket is closed")

// connection is what a Conn needs of [websocket.Conn].
type connection interface {
	Read(ctx context.Context) (websocket.MessageType, []byte, error)
	Write(ctx context.Context, kind websocket.MessageType, frame []byte) error
	Close(code websocket.StatusCode, reason string) error
}

// Conn is an open status socket.
type Conn struct {
	ws      connection
	frames  chan []byte
	once    sync.Once     // of Close
	closing chan struct{} // closed by Close
	done    chan struct{} // closed by the reading goroutine, after it has set err
	err     error
}

// Dial opens the status socket at url, a ws: or wss: URL. A browser does not tell why a dial failed.
func Dial(ctx context.Context, url string) (*Conn, error) {
	ws, err := dial(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("dial status socket: %w", err)
	}
	ws.SetReadLimit(maxFrame)
	return newConn(context.WithoutCancel(ctx), ws), nil
}

func newConn(ctx context.Context, ws connection) *Conn {
	c := &Conn{ws: ws, frames: make(chan []byte, queue), closing: make(chan struct{}), done: make(chan struct{})}
	go c.read(ctx)
	return c
}

// read moves frames from the library to the queue until the socket ends or [Conn.Close] is called.
func (c *Conn) read(ctx context.Context) {
	defer close(c.done)
	c.err = ErrClosed
	// In a browser every read after the end returns by chance either a frame that is left or the end.
	for chances := retries; chances > 0; {
		_, frame, err := c.ws.Read(ctx)
		if errors.Is(err, websocket.ErrMessageTooBig) {
			const text = "status socket sent a frame of more than %d bytes"
			c.err = &payload.Error{Code: payload.FrameTooBig, Message: fmt.Sprintf(text, maxFrame)}
			return
		}
		if err != nil {
			chances--
			continue
		}
		chances = retries
		select {
		case c.frames <- frame:
		case <-c.closing:
			return
		}
	}
}

// Read returns the next frame. After the last one it returns [ErrClosed], or a [*payload.Error] with code
// [payload.FrameTooBig]. The end of ctx ends only the waiting: no frame is lost, and the socket stays open.
func (c *Conn) Read(ctx context.Context) ([]byte, error) {
	select {
	case frame := <-c.frames:
		return frame, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("read frame: %w", context.Cause(ctx))
	case <-c.done:
	}
	select {
	case frame := <-c.frames:
		return frame, nil
	default:
		return nil, fmt.Errorf("read frame: %w", c.err)
	}
}

// Write sends a text frame.
func (c *Conn) Write(ctx context.Context, frame []byte) error {
	if err := c.ws.Write(ctx, websocket.MessageText, frame); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// Close closes the socket and waits until it is closed: at the latest when the closing handshake times out, after some
// seconds. It must be called also when Read has reported the end, and may be called more than once.
func (c *Conn) Close() {
	c.once.Do(func() {
		close(c.closing)
		// The only error is that the socket has ended already, or ended without a handshake. Either way it is closed.
		_ = c.ws.Close(websocket.StatusNormalClosure, "")
	})
	<-c.done
}
