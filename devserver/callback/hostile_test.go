package callback

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// rogue is what a receiver does with a connection, until it is closed. It may read first what was sent.
type rogue func(c net.Conn)

// says has a receiver read the request and answer with a text.
func says(text string) rogue {
	return func(c net.Conn) {
		readRequest(c)
		_, _ = io.WriteString(c, text)
	}
}

// endless has a receiver answer with a text, and then with another one again and again.
func endless(text, more string, pause time.Duration) rogue {
	return func(c net.Conn) {
		readRequest(c)
		_, err := io.WriteString(c, text)
		for err == nil {
			time.Sleep(pause)
			_, err = io.WriteString(c, more)
		}
	}
}

// hangs keeps the connection until the other side ends it.
func hangs(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// newRogue sends to a receiver that does this with each connection, and counts them.
func newRogue(t *testing.T, does rogue) (*Sender, *atomic.Int64) {
	s, err := New(map[string]Receiver{"shop": {"http://127.0.0.1/paid", []Secret{oldSecret}}})
	if err != nil {
		t.Fatal(err)
	}
	var dials atomic.Int64
	var connections sync.WaitGroup
	s.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		dials.Add(1)
		here, there := net.Pipe()
		connections.Go(func() {
			defer there.Close()
			does(there)
		})
		return here, nil
	}
	t.Cleanup(func() {
		s.Close()
		connections.Wait()
	})
	return s, &dials
}

func readRequest(c net.Conn) {
	seen := make([]byte, 0, 4096)
	for !strings.Contains(string(seen), deliveryBody) {
		n, err := c.Read(seen[len(seen):cap(seen)])
		if err != nil {
			return
		}
		seen = seen[:len(seen)+n]
	}
}

// A receiver may do whatever it likes: it costs the sender ten seconds and a few kilobytes at most, and the sentence
// says what was wrong.
func TestHostileReceivers(t *testing.T) {
	const ok, head500 = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 500 Internal Server Error\r\n"
	const broken = "the receiver answered 500 Internal Server Error"
	late := fmt.Sprintf("the receiver did not answer within %v: ", timeout)
	const cut, strange = "the receiver ended the connection without an answer: ", "the receiver's answer is not HTTP"
	redirect := func(status string) rogue {
		return says("HTTP/1.1 " + status + "\r\nLocation: http://127.0.0.1/elsewhere\r\nContent-Length: 0\r\n\r\n")
	}
	const moved = "the receiver leads elsewhere, with %s: redirects are not followed, "
	tests := []struct {
		name string
		does rogue
		want string // how the sentence begins; "": it is delivered
	}{
		{"takes it", says(ok + "Content-Length: 0\r\n\r\n"), ""},
		{"takes it without content", says("HTTP/1.1 204 No Content\r\n\r\n"), ""},
		{"takes it, and talks for ever", endless(ok+"\r\n", strings.Repeat("x", 4096), 0), ""},
		{"takes it, and says a byte a second", endless(ok+"\r\n", "x", time.Second), ""},
		{"takes it, and breaks off", says(ok + "Content-Length: 100\r\n\r\nthank"), ""},
		{"never reads", func(net.Conn) { time.Sleep(time.Hour) }, late},
		{"never answers", hangs, late},
		{"says a byte of its headers a second", endless(ok, "x", time.Second), late},
		{"errs", says(head500 + "Content-Length: 6\r\n\r\nbroken"), broken + ": broken"},
		{"errs without a word", says(head500 + "Content-Length: 0\r\n\r\n"), broken},
		{"errs, and breaks off", says(head500 + "Content-Length: 60\r\n\r\nbroken"),
			broken + ": broken"},
		{"errs for ever", endless(head500+"\r\n", strings.Repeat("x", 4096), 0),
			broken + ": " + strings.Repeat("x", maxAnswer)},
		{"errs a byte a second", endless(head500+"\r\n", "x", time.Second), broken + ": xx"},
		{"errs in strange characters", says(head500 + "Content-Length: 10\r\n\r\na\x00\x1b[2J\n\n\xffb"),
			broken + ": a[2J b"},
		{"does not know the path", says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
			"the receiver answered 404 Not Found"},
		{"has a status of its own", says("HTTP/1.1 799 Mine\r\nContent-Length: 0\r\n\r\n"), "the receiver answered 799"},
		{"moved for ever", redirect("301 Moved Permanently"), fmt.Sprintf(moved, "301 Moved Permanently")},
		{"found elsewhere", redirect("302 Found"), fmt.Sprintf(moved, "302 Found")},
		{"see elsewhere", redirect("303 See Other"), fmt.Sprintf(moved, "303 See Other")},
		{"same elsewhere", redirect("307 Temporary Redirect"), fmt.Sprintf(moved, "307 Temporary Redirect")},
		{"same elsewhere for ever", redirect("308 Permanent Redirect"), fmt.Sprintf(moved, "308 Permanent Redirect")},
		{"has it already", says("HTTP/1.1 304 Not Modified\r\n\r\n"), fmt.Sprintf(moved, "304 Not Modified")},
		{"huge header", says(ok + "X: " + strings.Repeat("x", 1<<20) + "\r\n\r\n"), strange},
		{"headers for ever", endless(ok, "X: x\r\n", 0), strange},
		{"early hints for ever", endless("", "HTTP/1.1 103 Early Hints\r\n\r\n", 0), strange},
		{"speaks another language", says("SSH-2.0-OpenSSH_9.2\r\n\r\n"), strange},
		{"ends at once", func(c net.Conn) {}, cut},
		{"ends in its headers", says(ok + "Content-Le"), strange},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, dials := newRogue(t, tt.does)
				began := time.Now()
				err := s.Send(t.Context(), "shop", deliveryID, []byte(deliveryBody))
				if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				if took := time.Since(began); took > timeout {
					t.Errorf("got the end after %v, want it within %v", took, timeout)
				}
				if n := dials.Load(); n != 1 {
					t.Errorf("got %d connections, want one", n)
				}
				if err != nil && len(err.Error()) > maxAnswer+200 {
					t.Errorf("got a sentence of %d bytes", len(err.Error()))
				}
			})
		})
	}
}

func TestAnAttemptThatIsCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newRogue(t, hangs)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		time.AfterFunc(time.Second, cancel)
		err := s.Send(ctx, "shop", deliveryID, []byte(deliveryBody))
		if err == nil || !strings.HasPrefix(err.Error(), "the attempt was cut short: ") {
			t.Errorf("got %v", err)
		}
	})
}
