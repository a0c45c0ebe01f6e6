package webdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// bidi is WebDriver BiDi: commands and answers, told apart by a number, over a socket.
type bidi struct {
	conn *websocket.Conn
	read sync.WaitGroup // the goroutine that reads answers

	mu      sync.Mutex
	last    int                  // number that was given
	waiting map[int]chan<- reply // nil: nothing more is read
}

type reply struct {
	Type    string // success, error or event
	ID      int
	Result  json.RawMessage
	Error   string
	Message string
}

// readLimit is more than the longest answer, in bytes.
const readLimit = 64 << 20

// newBiDi opens a session at a browser's socket.
func newBiDi(ctx context.Context, url string) (*bidi, error) {
	conn, _, err := websocket.Dial(ctx, url+"/session", nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(readLimit)
	b := &bidi{conn: conn, waiting: map[int]chan<- reply{}}
	b.read.Go(b.receive)
	if err := b.send(ctx, "session.new", map[string]any{"capabilities": struct{}{}}, nil); err != nil {
		b.end()
		return nil, fmt.Errorf("open session: %w", err)
	}
	return b, nil
}

// receive hands out answers until the socket is closed.
func (b *bidi) receive() {
	for {
		var r reply
		if err := wsjson.Read(context.Background(), b.conn, &r); err != nil {
			break
		}
		b.mu.Lock()
		answer := b.waiting[r.ID]
		delete(b.waiting, r.ID)
		b.mu.Unlock()
		if answer != nil {
			answer <- r
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, answer := range b.waiting {
		close(answer)
	}
	b.waiting = nil
}

// send sends a command, waits for its answer and decodes that.
func (b *bidi) send(ctx context.Context, method string, params, result any) error {
	answer := make(chan reply, 1)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return errGone
	}
	b.last++
	id := b.last
	b.waiting[id] = answer
	b.mu.Unlock()
	command := map[string]any{"id": id, "method": method, "params": params}
	// A write that is given up ends the connection.
	if err := wsjson.Write(context.WithoutCancel(ctx), b.conn, command); err != nil {
		return err
	}
	select {
	case r, ok := <-answer:
		switch {
		case !ok:
			return errGone
		case r.Type == "error":
			return fmt.Errorf("%s: %s", r.Error, r.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bidi) open(ctx context.Context) (string, error) {
	var made struct{ Context string }
	if err := b.send(ctx, "browsingContext.create", map[string]string{"type": "window"}, &made); err != nil {
		return "", err
	}
	return made.Context, nil
}

func (b *bidi) load(ctx context.Context, handle, url string) error {
	params := map[string]string{"context": handle, "url": url, "wait": "complete"}
	return b.send(ctx, "browsingContext.navigate", params, nil)
}

func (b *bidi) reload(ctx context.Context, handle string) error {
	return b.send(ctx, "browsingContext.reload", map[string]string{"context": handle, "wait": "complete"}, nil)
}

func (b *bidi) traverse(ctx context.Context, handle string, by int) error {
	return b.send(ctx, "browsingContext.traverseHistory", map[string]any{"context": handle, "delta": by}, nil)
}

func (b *bidi) call(ctx context.Context, handle, function string) (string, error) {
	var got struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	if err := b.send(ctx, "script.callFunction", map[string]any{
		"functionDeclaration": function, "awaitPromise": true, "target": map[string]string{"context": handle},
	}, &got); err != nil {
		return "", err
	}
	if got.ExceptionDetails != nil {
		return "", fmt.Errorf("exception: %s", got.ExceptionDetails.Text)
	}
	return got.Result.Value, nil
}

func (b *bidi) perform(ctx context.Context, handle string, inputs []input) error {
	return b.send(ctx, "input.performActions", map[string]any{"context": handle, "actions": inputs}, nil)
}

func (b *bidi) forget(ctx context.Context, handle string) error {
	partition := map[string]string{"type": "context", "context": handle}
	return b.send(ctx, "storage.deleteCookies", map[string]any{"partition": partition}, nil)
}

func (b *bidi) close(ctx context.Context, handle string) error {
	return b.send(ctx, "browsingContext.close", map[string]string{"context": handle}, nil)
}

func (b *bidi) quit(ctx context.Context) error {
	defer b.end()
	return b.send(ctx, "browser.close", struct{}{}, nil)
}

func (b *bidi) end() {
	b.conn.CloseNow()
	b.read.Wait()
}
