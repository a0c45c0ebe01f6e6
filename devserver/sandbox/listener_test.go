package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing/synctest"

	"github.com/coder/websocket"
)

// listener is a client of a status socket that notes what it hears.
type listener struct {
	w    world
	uuid string
	conn *websocket.Conn

	mu    sync.Mutex
	heard []string
	err   error
}

func (w world) dial(path string) (*websocket.Conn, *http.Response, error) {
	return websocket.Dial(w.t.Context(), base+"/sign/"+path, &websocket.DialOptions{
		HTTPClient: w.client, HTTPHeader: http.Header{"Origin": {"https://elsewhere.example"}},
	})
}

// listen connects to /sign/path. The connection ends with the platform, if not before.
func (w world) listen(path string) *listener {
	w.t.Helper()
	conn, _, err := w.dial(path)
	if err != nil {
		w.t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	l := &listener{w: w, uuid: strings.ToLower(path[:36]), conn: conn}
	go func() {
		for {
			_, data, err := conn.Read(w.t.Context())
			l.mu.Lock()
			if err != nil {
				l.err = err
				l.mu.Unlock()
				return
			}
			l.heard = append(l.heard, string(data))
			l.mu.Unlock()
		}
	}()
	return l
}

// take returns what was heard since the last take, once nothing more is on its way.
func (l *listener) take() []string {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	heard := l.heard
	l.heard = nil
	return heard
}

// words are what was heard since the last take, each message in a word: the one key of a message that says true, the
// number of expires_in_seconds, "welcome", "echo" and "not-found", and for an outcome "signed" or "rejected", after
// "other:" if it is of another payload. "new:" comes before one with new keys. What is none of these is as heard.
func (l *listener) words() []string {
	words := []string{}
	for _, m := range l.take() {
		var doc map[string]any
		json.Unmarshal([]byte(m), &doc)
		novel := ""
		if doc["x_new"] != nil {
			delete(doc, "x_new")
			delete(doc, "x_seen")
			novel = "new:"
		}
		word := map[any]string{
			"Welcome " + l.uuid: "welcome", "Right back at you!": "echo", "Payload not found": "not-found",
		}[doc["message"]]
		for key, v := range doc {
			switch {
			case len(doc) == 1 && v == true:
				word = key
			case len(doc) == 1 && key == "expires_in_seconds":
				word = fmt.Sprint(v)
			}
		}
		if signed, is := doc["signed"].(bool); is {
			word = map[bool]string{true: "signed", false: "rejected"}[signed]
			if doc["payload_uuidv4"] != l.uuid {
				word = "other:" + word
			}
		}
		words = append(words, novel+cmp.Or(word, m))
	}
	return words
}

// expect compares what was heard with the words of want.
func (l *listener) expect(want string) {
	l.w.t.Helper()
	if got := strings.Join(l.words(), " "); got != want {
		l.w.t.Errorf("heard\n%s\nwant\n%s", got, want)
	}
}

// ended returns the error that ended the connection, nil while it lives.
func (l *listener) ended() error {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *listener) write(kind websocket.MessageType, text string) {
	l.w.t.Helper()
	if err := l.conn.Write(l.w.t.Context(), kind, []byte(text)); err != nil {
		l.w.t.Fatal(err)
	}
}
