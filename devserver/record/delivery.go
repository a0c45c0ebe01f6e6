package record

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// News is what a change of a request brings besides.
type News struct {
	Token      string     // user token for the session that follows that of the request; "": none
	Deliveries []Delivery // to be made; one whose ID is known stays as it is
}

// Delivery is an event that somebody is to be told of.
type Delivery struct {
	ID       string // names request, event and receiver, so that the same is told once; begins with the UUID and a "-"
	UUID     payload.UUID
	Event    string
	To       string // name of the receiver
	Body     json.RawMessage
	Made     time.Time
	Due      time.Time // when it is to be tried; zero: never again
	Done     time.Time // when it was accepted; zero: it was not
	Attempts int
	Problem  string // of the last attempt, a sentence
}

// Deliveries are made by one server at a time, like requests are followed.
type Deliveries interface {
	// TakeDeliveries lists deliveries that are due, and that no server that is alive has taken: those that were due
	// first, at most so many. They are the server's then.
	TakeDeliveries(ctx context.Context, server string, now time.Time, most int) ([]Delivery, error)
	// SaveDelivery replaces what is kept of a delivery, and gives it back. The error matches ErrNotFound if there is none.
	SaveDelivery(ctx context.Context, d Delivery) error
	// Delivery returns one. The error matches ErrNotFound if there is none.
	Delivery(ctx context.Context, id string) (Delivery, error)
	// Deliveries lists those that tell of a request, or of any if the UUID is "": the newest first, from behind the one
	// with the ID after, if that is not "". The error matches ErrNotFound if there is no such one.
	Deliveries(ctx context.Context, uuid payload.UUID, after string, most int) ([]Delivery, error)
	// Waiting returns how many are still to be tried, by any server.
	Waiting(ctx context.Context) (int, error)
}
