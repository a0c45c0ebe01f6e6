package orders

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// delivery is an event that a callback is told.
type delivery struct {
	ID       string       `json:"id"`
	Order    payload.UUID `json:"order"`
	Event    string       `json:"event"`
	Callback string       `json:"callback"`
	Made     time.Time    `json:"made_at"`
	Done     time.Time    `json:"delivered_at,omitzero"`
	Next     time.Time    `json:"next_at,omitzero"` // neither: given up
	Attempts int          `json:"attempts"`
	Problem  string       `json:"problem,omitempty"` // of the last attempt

	Body json.RawMessage `json:"body,omitempty"` // what is told; not in a list
}

func describe(d record.Delivery) delivery {
	return delivery{
		ID: d.ID, Order: d.UUID, Event: d.Event, Callback: d.To, Made: d.Made.UTC(), Done: utc(d.Done), Next: utc(d.Due),
		Attempts: d.Attempts, Problem: d.Problem,
	}
}

func described(all []record.Delivery) []delivery {
	list := make([]delivery, 0, len(all))
	for _, d := range all {
		list = append(list, describe(d))
	}
	return list
}

// utc leaves what is no moment as it is.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

// deliveries lists what callbacks were told, or are to be, of one order or of all: the newest first.
func (h handler) deliveries(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	var uuid payload.UUID
	if text := q.Get("order"); text != "" {
		var err error
		if uuid, err = payload.ParseUUID(text); err != nil {
			return badRequest("What follows order= is not the UUID of an order.")
		}
	}
	all, err := h.Record.Deliveries(r.Context(), uuid, q.Get("after"), maxListed)
	if errors.Is(err, record.ErrNotFound) {
		return badRequest("There is no delivery with the id that follows after=.")
	}
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string][]delivery{"deliveries": described(all)})
}

// findDelivery returns the delivery that a call names.
func (h handler) findDelivery(r *http.Request) (record.Delivery, error) {
	d, err := h.Record.Delivery(r.Context(), r.PathValue("id"))
	if errors.Is(err, record.ErrNotFound) {
		err = refused(http.StatusNotFound, api.NotFound, "There is no such delivery. GET %s lists those that there are.",
			deliveries)
	}
	return d, err
}

// delivery tells one, with its body.
func (h handler) delivery(w http.ResponseWriter, r *http.Request) error {
	d, err := h.findDelivery(r)
	if err != nil {
		return err
	}
	told := describe(d)
	told.Body = d.Body
	return write(w, http.StatusOK, told)
}

// retry has a callback told once more, whether it was told before or not.
func (h handler) retry(w http.ResponseWriter, r *http.Request) error {
	d, err := h.findDelivery(r)
	if err != nil {
		return err
	}
	d.Due, d.Done = time.Now(), time.Time{}
	if err := h.Record.SaveDelivery(r.Context(), d); err != nil {
		return err
	}
	return write(w, http.StatusAccepted, describe(d))
}
