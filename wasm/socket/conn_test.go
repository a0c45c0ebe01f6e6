package socket

import (
	"context"
	"errors"
	"net"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// script is a connection that reads as a browser's does: one result after the other, whatever was read before.
type script struct {
	reads   []error // nil: a frame with the number of the read
	read    int
	closed  []string
	written []string
}

func (s *script) Read(context.Context) (websocket.MessageType, []byte, error) {
	s.read++
	if s.read <= len(s.reads) {
		return websocket.MessageText, []byte(strconv.Itoa(s.read)), s.reads[s.read-1]
	}
	return 0, nil, net.ErrClosed
}

func (s *script) Write(_ context.Context, kind websocket.MessageType, frame []byte) error {
	s.written = append(s.written, kind.String()+" "+string(frame))
	return nil
}

func (s *script) Close(code websocket.StatusCode, reason string) error {
	runtime.Gosched()
	s.closed = append(s.closed, strconv.Itoa(int(code))+" "+reason)
	return nil
}

func rest(c *Conn) (frames []string, end error) {
	for {
		frame, err := c.Read()
		if err != nil {
			return frames, err
		}
		frames = append(frames, string(frame))
	}
}

// Every read of a browser's socket that has ended returns by chance either a frame that is left or the end.
func TestAsksForWhatIsLeft(t *testing.T) {
	var ended []error
	for range retries - 1 {
		ended = append(ended, net.ErrClosed)
	}
	s := &script{reads: slices.Concat([]error{nil}, ended, []error{nil}, ended, []error{nil})}
	frames, err := rest(&Conn{ws: s})
	if want := []string{"1", "33", "65"}; !slices.Equal(frames, want) || !errors.Is(err, ErrClosed) {
		t.Errorf("got %q, %v, want %q and ErrClosed", frames, err, want)
	}
	if want := len(s.reads) + retries; s.read != want {
		t.Errorf("got %d reads, want %d", s.read, want)
	}
}

// A browser leaves a socket open that has sent too much.
func TestNothingIsReadAfterTooMuch(t *testing.T) {
	s := &script{reads: []error{nil, websocket.ErrMessageTooBig}}
	frames, err := rest(&Conn{ws: s})
	const text = "status socket sent a frame of more than 65536 bytes"
	var failure *payload.Error
	if !slices.Equal(frames, []string{"1"}) || !errors.As(err, &failure) ||
		failure.Code != payload.FrameTooBig || failure.Message != text {
		t.Errorf("got %q, %v, want one frame and %q", frames, err, text)
	}
	if s.read != 2 {
		t.Errorf("got %d reads, want 2", s.read)
	}
}

func TestWritesText(t *testing.T) {
	s := &script{}
	c := Conn{ws: s}
	if err := c.Write(t.Context(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"MessageText {}"}; !slices.Equal(s.written, want) {
		t.Errorf("wrote %q, want %q", s.written, want)
	}
}

// Whoever closes, and how often: each call returns when the socket is closed, which happens once.
func TestClosesOnce(t *testing.T) {
	s := &script{}
	c := Conn{ws: s}
	var callers sync.WaitGroup
	for range 3 {
		callers.Go(func() {
			c.Close()
			if want := []string{"1000 "}; !slices.Equal(s.closed, want) {
				t.Errorf("returned when it was closed with %q, want %q", s.closed, want)
			}
		})
	}
	callers.Wait()
}
