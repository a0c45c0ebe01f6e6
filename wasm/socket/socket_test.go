package socket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// The tests run natively and in a browser. What the server at the other end does is told by the scenario's name; see
// scenarios in the native files. What the server saw is checked there too: every client's socket must be closed.

// many is more than a connection keeps for a slow reader.
const many = 200

// dialed connects to the server that plays the scenario.
func dialed(t *testing.T, scenario string) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), server(t, scenario))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantFrame(t *testing.T, c *Conn, want string) {
	t.Helper()
	got, err := c.Read()
	if err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}

func TestReadsAndWrites(t *testing.T) {
	c := dialed(t, "echo")
	defer c.Close()
	wantFrame(t, c, payloadtest.Welcome)
	if err := c.Write(t.Context(), []byte(`{"ping":true}`)); err != nil {
		t.Fatal(err)
	}
	wantFrame(t, c, payloadtest.Echo)
}

// The platform sends a message and closes at once when there is no such payload.
func TestNoFrameIsLostBeforeTheEnd(t *testing.T) {
	for range 50 {
		c := dialed(t, "three-then-close")
		awaitEnd(c) // the reader is behind
		for _, want := range []string{payloadtest.Welcome, payloadtest.Opened, payloadtest.Expired} {
			wantFrame(t, c, want)
		}
		if _, err := c.Read(); !errors.Is(err, ErrClosed) {
			t.Fatalf("read error is %v, want ErrClosed", err)
		}
		c.Close()
	}
}

func TestReadsAllThatASlowReaderLeft(t *testing.T) {
	c := dialed(t, "many-then-close")
	defer c.Close()
	for i := range many {
		wantFrame(t, c, payloadtest.ExpiresIn(i))
	}
	if _, err := c.Read(); !errors.Is(err, ErrClosed) {
		t.Errorf("read error is %v, want ErrClosed", err)
	}
}

func TestEnds(t *testing.T) {
	for _, scenario := range []string{"cut", "close-without-code", "close-with-own-code"} {
		t.Run(scenario, func(t *testing.T) {
			c := dialed(t, scenario)
			defer c.Close()
			wantFrame(t, c, payloadtest.Welcome)
			if _, err := c.Read(); !errors.Is(err, ErrClosed) {
				t.Errorf("read error is %v, want ErrClosed", err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	c, err := Dial(t.Context(), server(t, "refuse"))
	if err == nil {
		c.Close()
		t.Fatal("connected to a server that refuses")
	}
}

func TestHangingHandshakeEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c, err := Dial(ctx, server(t, "stall"))
	if err == nil {
		c.Close()
		t.Fatal("connected to a server that never answers")
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("dial error is %v, want a deadline", err)
	}
}

func TestFrameSizes(t *testing.T) {
	c := dialed(t, "large")
	wantFrame(t, c, strings.Repeat("x", 64<<10))
	c.Close()

	for _, scenario := range []string{"larger", "huge"} {
		c = dialed(t, scenario)
		var failure *payload.Error
		if _, err := c.Read(); !errors.As(err, &failure) || failure.Code != payload.FrameTooBig {
			t.Errorf("%s: read error is %v, want code %s", scenario, err, payload.FrameTooBig)
		}
		c.Close()
	}
}

func TestCloseWhileOtherGoroutineReads(t *testing.T) {
	c := dialed(t, "echo")
	wantFrame(t, c, payloadtest.Welcome)
	read := make(chan error)
	go func() {
		_, err := c.Read()
		read <- err
	}()
	c.Close()
	if err := <-read; !errors.Is(err, ErrClosed) {
		t.Errorf("read error is %v, want ErrClosed", err)
	}
	if err := c.Write(t.Context(), []byte("{}")); err == nil {
		t.Error("wrote to a closed socket")
	}
}

func ExampleDial() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := Dial(ctx, "wss://xumm.app/sign/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	if err != nil {
		return
	}
	defer c.Close()
	frame, err := c.Read()
	if err != nil {
		return
	}
	fmt.Println(payload.Decode(frame, time.Now()).Kind == payload.Welcome)
}
