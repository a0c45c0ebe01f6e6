package webdriver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

type bidiCommand struct {
	ID     int
	Method string
	Params json.RawMessage
}

// newSocket starts a server that hands each command to serve, until that returns false.
func newSocket(t *testing.T, serve func(c *websocket.Conn, command bidiCommand) bool) *Browser {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/session" {
			http.NotFound(w, r)
			return
		}
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		for {
			var command bidiCommand
			if wsjson.Read(context.Background(), c, &command) != nil || !serve(c, command) {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	b, err := newBiDi(soon(t), "ws"+strings.TrimPrefix(server.URL, "http"))
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{protocol: b}
}

func succeed(c *websocket.Conn, id int, result any) bool {
	answer := map[string]any{"type": "success", "id": id, "result": result}
	return wsjson.Write(context.Background(), c, answer) == nil
}

func TestBiDiCommands(t *testing.T) {
	var methods, params []string
	b := newSocket(t, func(c *websocket.Conn, command bidiCommand) bool {
		methods = append(methods, command.Method)
		params = append(params, string(command.Params))
		switch command.Method {
		case "browsingContext.create":
			return succeed(c, command.ID, map[string]any{"context": "second"})
		case "script.callFunction":
			wsjson.Write(context.Background(), c, map[string]any{"type": "event", "method": "log.entryAdded"})
			return succeed(c, command.ID, map[string]any{"type": "success", "result": map[string]any{"value": `{"value":5}`}})
		}
		return succeed(c, command.ID, struct{}{})
	})
	w, err := b.Open(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	var five int
	for _, err := range []error{
		w.Load(soon(t), "http://there"), w.Eval(soon(t), "2 + 3", &five), w.Traverse(soon(t), -2), w.Reload(soon(t)),
		w.Press(soon(t), "x"), w.Forget(soon(t)), w.Close(soon(t)), b.Close(),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if five != 5 {
		t.Errorf("got %d, want 5", five)
	}
	want := []string{
		"session.new", "browsingContext.create", "browsingContext.navigate", "script.callFunction",
		"browsingContext.traverseHistory", "browsingContext.reload", "input.performActions", "storage.deleteCookies",
		"browsingContext.close", "browser.close",
	}
	if !slices.Equal(methods, want) {
		t.Errorf("got  %q\nwant %q", methods, want)
	}
	for i, p := range params[2:9] {
		if !strings.Contains(p, `"context":"second"`) {
			t.Errorf("%s: got %s, want it for the window", methods[2+i], p)
		}
	}
}

// Answers belong to their commands, whatever comes first, and one that is not waited for any more harms no other.
func TestBiDiAnswersOutOfOrder(t *testing.T) {
	first := 0
	b := newSocket(t, func(c *websocket.Conn, command bidiCommand) bool {
		switch command.Method {
		case "one":
			first = command.ID
			return true
		case "two":
			return succeed(c, command.ID, "second") && succeed(c, first, "first")
		}
		return succeed(c, command.ID, command.Method)
	}).protocol.(*bidi)
	defer b.end()
	given, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- b.send(given, "one", nil, nil) }()
	var got string
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it canceled", err)
	}
	for _, tt := range []struct{ method, want string }{{"two", "second"}, {"three", "three"}} {
		if err := b.send(soon(t), tt.method, nil, &got); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v", tt.method, got, err)
		}
	}
}

func TestBiDiErrors(t *testing.T) {
	b := newSocket(t, func(c *websocket.Conn, command bidiCommand) bool {
		switch command.Method {
		case "session.new":
			return succeed(c, command.ID, struct{}{})
		case "script.callFunction":
			return succeed(c, command.ID, map[string]any{"type": "exception", "exceptionDetails": map[string]any{"text": "oh"}})
		case "browsingContext.navigate":
			return wsjson.Write(context.Background(), c, map[string]any{
				"type": "error", "id": command.ID, "error": "no such frame", "message": "It is closed.",
			}) == nil
		}
		return false
	})
	w := &Window{b, "second"}
	for want, err := range map[string]error{
		"exception: oh":                w.Eval(soon(t), "throw", nil),
		"no such frame: It is closed.": w.Load(soon(t), "http://there"),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := w.Reload(soon(t)); !errors.Is(err, errGone) {
		t.Errorf("a browser that closes the socket: got %v", err)
	}
	if err := w.Reload(soon(t)); !errors.Is(err, errGone) {
		t.Errorf("a browser that has gone: got %v", err)
	}
	if err := b.Close(); !errors.Is(err, errGone) {
		t.Errorf("close: got %v", err)
	}
}
