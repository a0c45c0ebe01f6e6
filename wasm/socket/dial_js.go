package socket

import (
	"context"
	"fmt"

	"github.com/coder/websocket"
)

// dial gives up waiting when ctx ends, but the browser goes on connecting and there is no handle to stop it with. So
// the goroutine outlives the call in that one case: until the browser is through, at most its own time limit for a
// handshake, to close what would otherwise stay open for good.
func dial(ctx context.Context, url string) (*websocket.Conn, error) {
	type result struct {
		ws  *websocket.Conn
		err error
	}
	dialed := make(chan result)
	go func() {
		ws, err := open(context.WithoutCancel(ctx), url)
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

// open returns the library's panic where the page has no WebSocket as the error that it is.
func open(ctx context.Context, url string) (ws *websocket.Conn, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("open status socket: %v", r)
		}
	}()
	ws, _, err = websocket.Dial(ctx, url, nil)
	return ws, err
}
