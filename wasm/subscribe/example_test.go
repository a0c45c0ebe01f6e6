package subscribe_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
)

const uuid = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")

// transcript is a status socket that says what is in it. Programs use [socket.Dial].
type transcript chan string

func (t transcript) Read() ([]byte, error) {
	frame, ok := <-t
	if !ok {
		return nil, errors.New("closed")
	}
	return []byte(frame), nil
}

func (t transcript) Write(context.Context, []byte) error { return nil }
func (t transcript) Close()                              { close(t) }

// A page follows a request, and shows each phase once.
func Example() {
	frames := make(transcript, 3)
	frames <- `{"message":"Welcome ` + string(uuid) + `"}`
	frames <- `{"opened":true}`
	frames <- `{"payload_uuidv4":"` + string(uuid) + `","signed":true}`

	questions := 0
	ask := func(context.Context) (*api.SignRequest, error) { // programs use api.Client.Get
		questions++
		answer := payload.Answer{UUID: uuid, Status: payload.StatusOpened, Verdict: payload.VerdictNone}
		if questions > 1 {
			answer.Status, answer.Verdict = payload.StatusSigned, payload.VerdictVerified
		}
		return &api.SignRequest{Answer: answer}, nil
	}

	var shown payload.Phase
	s := subscribe.New(subscribe.Options{
		UUID:    uuid,
		Dial:    func(context.Context) (subscribe.Conn, error) { return frames, nil },
		Backend: &subscribe.Backend{Ask: ask},
		Notify: func(u *subscribe.Update) {
			if phase := u.State.Phase(); phase != shown && u.State.Opened {
				shown = phase
				fmt.Println(phase)
			}
		},
	})
	fmt.Println(s.Run(context.Background()))

	// Output:
	// opened
	// signed
	// verified
	// <nil>
}
