package payload_test

import (
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A page follows a request from its creation to the verdict of the site's backend.
func Example() {
	created, err := payload.ParseCreated([]byte(`{
		"uuid": "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77",
		"next": {"always": "https://xumm.app/sign/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},
		"refs": {"websocket_status": "wss://xumm.app/sign/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},
		"pushed": false
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	state := payload.State{UUID: created.UUID, Pushed: created.Pushed}
	now := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	for _, frame := range []string{
		`{"message":"Welcome 9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"}`,
		`{"expires_in_seconds":299}`,
		`{"opened":true}`,
		`{"payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77","signed":true}`,
	} {
		event := payload.Decode([]byte(frame), now)
		asks := state.Asks(&event)
		state.Add(&event)
		fmt.Println(state.Phase(), asks)
	}
	answer := payload.Answer{UUID: created.UUID, Status: payload.StatusSigned, Verdict: payload.VerdictVerified}
	state.Add(&payload.Event{Kind: payload.Answered, Answer: &answer, At: now})
	fmt.Println(state.Phase(), state.Final())

	// Output:
	// waiting false
	// waiting false
	// opened false
	// signed true
	// verified true
}
