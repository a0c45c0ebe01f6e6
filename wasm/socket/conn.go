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

// retries is how often a read is tried again when the socket has ended.
const retries = 32

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
	ws   connection
	once sync.Once // of Close
}

// Dial opens the status socket at url, a ws: or wss: URL. A browser does not tell why a dial failed.
func Dial(ctx context.Context, url string) (*Conn, error) {
	ws, err := dial(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("dial status socket: %w", err)
	}
	ws.SetReadLimit(maxFrame)
	return &Conn{ws: ws}, nil
}

// Read waits for the next frame. After the last one it returns [ErrClosed], or a [*payload.Error] with code
// [payload.FrameTooBig]. [Conn.Close] ends it.
func (c *Conn) Read() ([]byte, error) {
	// In a browser every read after the end returns by chance either a frame that is left or the end.
	for range retries {
		_, frame, err := c.ws.Read(context.Background())
		if errors.Is(err, websocket.ErrMessageTooBig) {
			const text = "status socket sent a frame of more than %d bytes"
			return nil, &payload.Error{Code: payload.FrameTooBig, Message: fmt.Sprintf(text, maxFrame)}
		}
		if err == nil {
			return frame, nil
		}
	}
	return nil, ErrClosed
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
	// The only error is that the socket has ended already, or ended without a handshake. Either way it is closed.
	c.once.Do(func() { _ = c.ws.Close(websocket.StatusNormalClosure, "") })
}
