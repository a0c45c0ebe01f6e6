//go:build !js

package payloadtest_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func dial(t *testing.T, s *payloadtest.Server) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), s.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}

// listen reads until the connection ends.
func listen(t *testing.T, conn *websocket.Conn) (frames []string, end error) {
	t.Helper()
	for {
		_, frame, err := conn.Read(t.Context())
		if err != nil {
			return frames, err
		}
		frames = append(frames, string(frame))
	}
}

func TestServer(t *testing.T) {
	t.Run("plays a transcript, then closes", func(t *testing.T) {
		want := []string{payloadtest.Welcome, payloadtest.ExpiresIn(54), payloadtest.Opened}
		s := payloadtest.NewServer(t,
			append(payloadtest.Transcript(want...), payloadtest.Step{Close: websocket.StatusGoingAway}))
		got, err := listen(t, dial(t, s))
		if !slices.Equal(got, want) {
			t.Errorf("got frames %q, want %q", got, want)
		}
		if got, want := websocket.CloseStatus(err), websocket.StatusGoingAway; got != want {
			t.Errorf("got close status %v, want %v", got, want)
		}
		s.Await("socket closed", func() bool { return s.Open() == 0 })
	})
	t.Run("closes without a code", func(t *testing.T) {
		s := payloadtest.NewServer(t,
			[]payloadtest.Step{{Send: payloadtest.NoSuchPayload, Close: websocket.StatusNoStatusRcvd}})
		_, err := listen(t, dial(t, s))
		if got, want := websocket.CloseStatus(err), websocket.StatusNoStatusRcvd; got != want {
			t.Errorf("got close status %v, want %v", got, want)
		}
	})
	t.Run("cuts the line", func(t *testing.T) {
		s := payloadtest.NewServer(t, []payloadtest.Step{{Send: payloadtest.Welcome}, {Cut: true}})
		got, err := listen(t, dial(t, s))
		if len(got) != 1 || websocket.CloseStatus(err) != -1 {
			t.Errorf("got %q, then %v, want one frame and an end without a close", got, err)
		}
	})
	t.Run("waits and expects", func(t *testing.T) {
		ready := make(chan struct{})
		s := payloadtest.NewServer(t, []payloadtest.Step{
			{Wait: ready, Send: payloadtest.Welcome},
			{Expect: true, Send: payloadtest.Echo},
			{Expect: true, Send: payloadtest.Echo, Close: websocket.StatusNormalClosure},
		})
		conn := dial(t, s)
		for _, ping := range []string{`{"ping":1}`, `{"ping":2}`} {
			if err := conn.Write(t.Context(), websocket.MessageText, []byte(ping)); err != nil {
				t.Fatal(err)
			}
		}
		s.Await("both pings, although the script is not there yet", func() bool { return len(s.Received()) == 2 })
		close(ready)
		got, _ := listen(t, conn)
		if want := []string{payloadtest.Welcome, payloadtest.Echo, payloadtest.Echo}; !slices.Equal(got, want) {
			t.Errorf("got frames %q, want %q", got, want)
		}
		if got, want := s.Received(), []string{`{"ping":1}`, `{"ping":2}`}; !slices.Equal(got, want) {
			t.Errorf("got received %q, want %q", got, want)
		}
	})
	t.Run("stays open after the script and answers a close", func(t *testing.T) {
		s := payloadtest.NewServer(t)
		conn := dial(t, s)
		s.Await("one socket", func() bool { return s.Open() == 1 })
		if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Errorf("got %v, want a clean close", err)
		}
		s.Await("no socket", func() bool { return s.Open() == 0 })
	})
	t.Run("hangs: hears nothing but the end of the line", func(t *testing.T) {
		s := payloadtest.NewServer(t,
			[]payloadtest.Step{{Expect: true, Send: payloadtest.Echo}, {Send: payloadtest.Opened, Hang: true}})
		conn := dial(t, s)
		write := func(text string) {
			if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		write("heard")
		for range 2 {
			if _, _, err := conn.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		write("lost")
		conn.CloseNow()
		s.Await("no socket", func() bool { return s.Open() == 0 })
		if got, want := s.Received(), []string{"heard"}; !slices.Equal(got, want) {
			t.Errorf("got received %q, want %q", got, want)
		}
	})
	t.Run("plays the n-th script to the n-th connection, the last one to all others", func(t *testing.T) {
		s := payloadtest.NewServer(t,
			[]payloadtest.Step{{Refuse: http.StatusServiceUnavailable}},
			[]payloadtest.Step{{Send: payloadtest.Welcome, Cut: true}},
			[]payloadtest.Step{{Send: payloadtest.Expired, Cut: true}},
		)
		_, response, err := websocket.Dial(t.Context(), s.URL(), nil)
		if err == nil || response == nil || response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("got %v, %v, want a refusal with status 503", response, err)
		}
		var got []string
		for range 3 {
			frames, _ := listen(t, dial(t, s))
			got = append(got, frames...)
		}
		if want := []string{payloadtest.Welcome, payloadtest.Expired, payloadtest.Expired}; !slices.Equal(got, want) {
			t.Errorf("got frames %q, want %q", got, want)
		}
		if got, want := s.Connections(), 4; got != want {
			t.Errorf("got %d connections, want %d", got, want)
		}
	})
	t.Run("stalls the handshake until the client gives up", func(t *testing.T) {
		s := payloadtest.NewServer(t, []payloadtest.Step{{Stall: true}})
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, _, err := websocket.Dial(ctx, s.URL(), nil)
			failed <- err
		}()
		s.Await("the attempt", func() bool { return s.Connections() == 1 })
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
	t.Run("lets a page of any origin listen", func(t *testing.T) {
		s := payloadtest.NewServer(t)
		conn, _, err := websocket.Dial(t.Context(), s.URL(), &websocket.DialOptions{
			HTTPHeader: http.Header{"Origin": {"https://shop.example"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		conn.CloseNow()
	})
	t.Run("ends with the test, whatever the script and the client do", func(t *testing.T) {
		never := make(chan struct{})
		var s *payloadtest.Server
		t.Run("test", func(t *testing.T) {
			s = payloadtest.NewServer(t, []payloadtest.Step{{Wait: never}}, []payloadtest.Step{{Hang: true}}, nil)
			for range 3 {
				dial(t, s)
			}
		})
		if got, want := s.Open(), 0; got != want {
			t.Errorf("got %d open sockets, want %d", got, want)
		}
	})
}

// failing stands for the test of somebody who forgot something.
type failing struct {
	testing.TB
	failed   string
	cleanups []func()
}

func (f *failing) Helper()                      {}
func (f *failing) Cleanup(c func())             { f.cleanups = append(f.cleanups, c) }
func (f *failing) Error(args ...any)            { f.failed = "error" }
func (f *failing) Errorf(string, ...any)        { f.failed = "error" }
func (f *failing) Fatalf(what string, _ ...any) { f.failed = what }

func TestServerFailsTheTestOnLeftoverGoroutines(t *testing.T) {
	f := &failing{TB: t}
	payloadtest.NewServer(f)
	release := make(chan struct{})
	done := make(chan struct{})
	go func() { <-release; close(done) }()
	f.cleanups[0]()
	close(release)
	<-done
	if f.failed == "" {
		t.Error("got a test that passes, want one that fails")
	}
}

func TestFramesAreWhatThePlatformSends(t *testing.T) {
	uuid := payloadtest.UUID
	tests := []struct {
		frame string
		want  payload.Event
	}{
		{payloadtest.Welcome, payload.Event{Kind: payload.Welcome}},
		{payloadtest.Echo, payload.Event{Kind: payload.Echo}},
		{payloadtest.NoSuchPayload, payload.Event{Kind: payload.Message}},
		{payloadtest.Opened, payload.Event{Kind: payload.Opened}},
		{payloadtest.DevAppFetched, payload.Event{Kind: payload.DevAppFetched}},
		{payloadtest.PreSigned, payload.Event{Kind: payload.PreSigned}},
		{payloadtest.Dispatched, payload.Event{Kind: payload.Dispatched}},
		{payloadtest.Expired, payload.Event{Kind: payload.Expired}},
		{payloadtest.ExpiresIn(-15), payload.Event{Kind: payload.ExpiresIn, ExpiresIn: -15}},
		{payloadtest.Resolved(uuid, true), payload.Event{Kind: payload.Resolved, UUID: uuid, Signed: true}},
		{payloadtest.Resolved(uuid, false), payload.Event{Kind: payload.Resolved, UUID: uuid}},
	}
	for _, test := range tests {
		got := payload.Decode([]byte(test.frame), time.Time{})
		if got.Kind != test.want.Kind || got.ExpiresIn != test.want.ExpiresIn || got.UUID != test.want.UUID ||
			got.Signed != test.want.Signed {
			t.Errorf("%s: got %+v, want %+v", test.frame, got, test.want)
		}
	}
}
