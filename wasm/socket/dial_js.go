package socket

import (
	"context"

	"github.com/coder/websocket"
)

// dial gives up waiting when ctx ends, but the browser goes on connecting and there is no handle to stop it with. So the
// goroutine outlives the call in that one case: until the browser is through, at most its own time limit for a
// handshake, to close what would otherwise stay open for good.
func dial(ctx context.Context, url string) (*websocket.Conn, error) {
	type result struct {
		ws  *websocket.Conn
		err error
	}
	dialed := make(chan result)
	go func() {
		ws, _, err := websocket.Dial(context.WithoutCancel(ctx), url, nil)
		select {
		case dialed <- result{ws, err}:
		case <-ctx.Done():
			if err == nil {
				_ = ws.Close(websocket.StatusNormalClosure, "")
			}
		}
	}()
	select {
	case r := <-dialed:
		return r.ws, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
