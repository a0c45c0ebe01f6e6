package socket

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// script is a connection that reads as a browser's does: one result after the other, whatever was read before.
type script struct {
	reads   []error         // nil: a frame with the number of the read
	after   error           // what reads return when there are no more results; nil: they wait
	ended   <-chan struct{} // those that wait
	read    int
	closed  []string
	written []string
}

func (s *script) Read(context.Context) (websocket.MessageType, []byte, error) {
	s.read++
	if s.read <= len(s.reads) {
		return websocket.MessageText, []byte(strconv.Itoa(s.read)), s.reads[s.read-1]
	}
	if s.after == nil {
		<-s.ended
		return 0, nil, net.ErrClosed
	}
	return 0, nil, s.after
}

func (s *script) Write(_ context.Context, kind websocket.MessageType, frame []byte) error {
	s.written = append(s.written, kind.String()+" "+string(frame))
	return nil
}

func (s *script) Close(code websocket.StatusCode, reason string) error {
	s.closed = append(s.closed, strconv.Itoa(int(code))+" "+reason)
	return nil
}

func rest(t *testing.T, c *Conn) (frames []string, end error) {
	t.Helper()
	for {
		frame, err := c.Read(t.Context())
		if err != nil {
			return frames, err
		}
		frames = append(frames, string(frame))
	}
}

// Every read of a browser's socket that has ended returns by chance either a frame that is left or the end.
func TestAsksForWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended []error
		for range retries - 1 {
			ended = append(ended, net.ErrClosed)
		}
		s := &script{reads: slices.Concat([]error{nil}, ended, []error{nil}, ended, []error{nil}), after: net.ErrClosed}
		c := newConn(t.Context(), s)
		frames, err := rest(t, c)
		if want := []string{"1", "33", "65"}; !slices.Equal(frames, want) || !errors.Is(err, ErrClosed) {
			t.Errorf("got %q, %v, want %q and ErrClosed", frames, err, want)
		}
		if want := len(s.reads) + retries; s.read != want {
			t.Errorf("got %d reads, want %d", s.read, want)
		}
		c.Close()
		if want := []string{"1000 "}; !slices.Equal(s.closed, want) {
			t.Errorf("closed with %q, want %q", s.closed, want)
		}
	})
}

// A browser leaves a socket open that has sent too much.
func TestNothingIsReadAfterTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{reads: []error{nil, websocket.ErrMessageTooBig}}
		c := newConn(t.Context(), s)
		frames, err := rest(t, c)
		const text = "status socket sent a frame of more than 65536 bytes"
		var failure *payload.Error
		if !slices.Equal(frames, []string{"1"}) || !errors.As(err, &failure) ||
			failure.Code != payload.FrameTooBig || failure.Message != text {
			t.Errorf("got %q, %v, want one frame and %q", frames, err, text)
		}
		c.Close()
		if s.read != 2 {
			t.Errorf("got %d reads, want 2", s.read)
		}
	})
}

func TestWritesText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{after: net.ErrClosed}
		c := newConn(t.Context(), s)
		if err := c.Write(t.Context(), []byte("{}")); err != nil {
			t.Fatal(err)
		}
		c.Close()
		if want := []string{"MessageText {}"}; !slices.Equal(s.written, want) {
			t.Errorf("wrote %q, want %q", s.written, want)
		}
	})
}

// Nobody reads, and frames keep coming.
func TestCloseWhenTheQueueIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{reads: make([]error, 2*queue), after: net.ErrClosed}
		c := newConn(t.Context(), s)
		synctest.Wait()
		if want := queue + 1; s.read != want {
			t.Errorf("got %d reads, want %d", s.read, want)
		}
		c.Close()
		if want := queue + 1; s.read != want {
			t.Errorf("got %d reads after the end, want none", s.read-want)
		}
		if got := cap(c.frames); got != 8 {
			t.Errorf("got room for %d frames, want 8", got)
		}
	})
}

// Whoever closes, and how often: each call returns when the reader has ended, and the socket is closed once.
func TestCloseWaitsForTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		ws := &script{ended: ended}
		c := newConn(t.Context(), ws)
		var closed atomic.Int32
		for range 3 {
			go func() { c.Close(); closed.Add(1) }()
		}
		synctest.Wait()
		if closed.Load() != 0 {
			t.Error("closed while the reader was reading")
		}
		close(ended)
		synctest.Wait()
		c.Close()
		if want := []string{"1000 "}; closed.Load() != 3 || !slices.Equal(ws.closed, want) {
			t.Errorf("%d of 3 calls have returned, and it was closed with %q, want all and %q", closed.Load(), ws.closed, want)
		}
	})
}
