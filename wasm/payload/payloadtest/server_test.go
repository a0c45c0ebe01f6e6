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
	welcome := payloadtest.Step{Send: payloadtest.Welcome}
	for name, script := range map[string]struct {
		steps []payloadtest.Step
		want  []string
		code  websocket.StatusCode
	}{
		"a closing handshake": {
			[]payloadtest.Step{welcome, {Send: payloadtest.Opened}, {Close: websocket.StatusGoingAway}},
			[]string{payloadtest.Welcome, payloadtest.Opened}, websocket.StatusGoingAway,
		},
		"a closing handshake without a code": {
			[]payloadtest.Step{{Send: payloadtest.Welcome, Close: websocket.StatusNoStatusRcvd}},
			[]string{payloadtest.Welcome}, websocket.StatusNoStatusRcvd,
		},
		"a line that is cut": {[]payloadtest.Step{welcome, {Cut: true}}, []string{payloadtest.Welcome}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			s := payloadtest.NewServer(t, script.steps...)
			for range 2 { // each connection plays the whole script
				got, err := listen(t, dial(t, s))
				if !slices.Equal(got, script.want) || websocket.CloseStatus(err) != script.code {
					t.Errorf("got %q, then %v, want %q and code %d", got, err, script.want, script.code)
				}
			}
			s.AwaitClosed()
		})
	}
	t.Run("expects frames", func(t *testing.T) {
		s := payloadtest.NewServer(t, payloadtest.Step{Expect: true, Send: payloadtest.Echo},
			payloadtest.Step{Expect: true, Send: payloadtest.Opened, Close: websocket.StatusNormalClosure})
		conn := dial(t, s)
		for range 3 { // one more than the script waits for
			if err := conn.Write(t.Context(), websocket.MessageText, []byte("{}")); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := listen(t, conn)
		if want := []string{payloadtest.Echo, payloadtest.Opened}; !slices.Equal(got, want) {
			t.Errorf("got frames %q, want %q", got, want)
		}
	})
	t.Run("stays open after the script and answers a close", func(t *testing.T) {
		s := payloadtest.NewServer(t, payloadtest.Transcript(payloadtest.Welcome, payloadtest.Opened)...)
		if err := dial(t, s).Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Errorf("got %v, want a clean close", err)
		}
		s.AwaitClosed()
	})
	t.Run("refuses", func(t *testing.T) {
		s := payloadtest.NewServer(t, payloadtest.Step{Refuse: http.StatusServiceUnavailable})
		_, response, err := websocket.Dial(t.Context(), s.URL(), nil)
		if err == nil || response == nil || response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("got %v, %v, want a refusal with status 503", response, err)
		}
	})
	t.Run("stalls the handshake until the client gives up", func(t *testing.T) {
		s := payloadtest.NewServer(t, payloadtest.Step{Stall: true})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, _, err := websocket.Dial(ctx, s.URL(), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
		s.AwaitClosed()
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
