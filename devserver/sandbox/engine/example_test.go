package engine_test

import (
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// A sign-in is opened and signed while somebody listens.
func Example() {
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	e := engine.New(now, engine.Config{})
	pl, err := e.Create(now, engine.Request{Tx: engine.Transaction{"TransactionType": "SignIn"}})
	if err != nil {
		fmt.Println(err)
		return
	}

	listener, greeting := e.Listen(now, pl.UUID)
	say := func(messages []engine.Message) {
		for _, m := range messages {
			fmt.Println(now.Format("15:04:05"), m.Event)
		}
	}
	say(greeting)

	now = now.Add(10 * time.Second)
	e.Open(now, pl.UUID)
	say(e.Take().Messages)

	now = listener.Next()
	say(listener.Tick(now))

	e.Resolve(now, pl.UUID, engine.Outcome{Signed: true})
	say(e.Take().Messages)
	pl = e.Payload(pl.UUID)
	fmt.Println(pl.State(now), "in the database:", e.Document(now, pl, "https://xumm.app").Meta.Signed)
	now = pl.Visible
	fmt.Println(pl.State(now), "in the database:", e.Document(now, pl, "https://xumm.app").Meta.Signed)

	// Output:
	// 10:00:00 welcome
	// 10:00:00 expires_in_seconds
	// 10:00:10 opened
	// 10:00:15 expires_in_seconds
	// 10:00:15 resolved
	// signed in the database: false
	// signed in the database: true
}
