//go:build !js

package socket

import (
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// scenarios are what servers do. Each connection plays the whole of it.
var scenarios = map[string][]payloadtest.Step{
	"echo": {{Send: payloadtest.Welcome}, {Expect: true, Send: payloadtest.Echo}},
	"three-then-close": {{Send: payloadtest.Welcome}, {Send: payloadtest.Opened},
		{Send: payloadtest.Expired, Close: websocket.StatusNormalClosure}},
	"many-then-close":     manyFrames(),
	"cut":                 {{Send: payloadtest.Welcome, Cut: true}},
	"close-without-code":  {{Send: payloadtest.Welcome, Close: websocket.StatusNoStatusRcvd}},
	"close-with-own-code": {{Send: payloadtest.Welcome, Close: 4001}},
	"refuse":              {{Refuse: 503}},
	"stall":               {{Stall: true}},
	"large":               {{Send: strings.Repeat("x", 64<<10)}},
	"larger":              {{Send: strings.Repeat("x", 64<<10+1)}},
	"spoil":               {{Send: payloadtest.Welcome, Spoil: true}},
	"huge":                {{Send: strings.Repeat("x", 10<<20)}},
}

func manyFrames() []payloadtest.Step {
	steps := make([]payloadtest.Step, many)
	for i := range steps {
		steps[i].Send = payloadtest.ExpiresIn(i)
	}
	steps[many-1].Close = websocket.StatusNormalClosure
	return steps
}

// server starts a server that plays the scenario, and checks at the end of the test that no client is connected.
func server(t *testing.T, scenario string) string {
	t.Helper()
	steps, ok := scenarios[scenario]
	if !ok {
		t.Fatalf("no scenario is named %q", scenario)
	}
	s := payloadtest.NewServer(t, steps...)
	t.Cleanup(s.AwaitClosed)
	return s.URL()
}

// awaitEnd waits for nothing: only in a browser may the end be known before what was sent has been read.
func awaitEnd(*Conn) {}
