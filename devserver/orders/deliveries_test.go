package orders

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// tell has the record keep deliveries that tell of an order, made one after the other.
func (w *world) tell(uuid payload.UUID, all ...record.Delivery) {
	w.Helper()
	e, err := w.record.Get(w.Context(), uuid)
	if err == nil {
		_, err = w.record.Save(w.Context(), e, record.News{Deliveries: all})
	}
	if err != nil {
		w.Fatal(err)
	}
}

func TestDeliveriesAreListedAndMadeAgain(t *testing.T) {
	w := newWorld(t)
	o, other := w.order(testOrder), w.order(testOrder)
	made := time.Now().Add(-time.Hour).UTC().Truncate(time.Millisecond)
	done := record.Delivery{
		ID: string(o.UUID) + "-verified-till", UUID: o.UUID, Event: "verified", To: "till", Body: json.RawMessage(`{}`),
		Made: made, Done: made.Add(time.Second), Attempts: 1,
	}
	failed := record.Delivery{
		ID: string(o.UUID) + "-expired-till", UUID: o.UUID, Event: "expired", To: "till", Body: json.RawMessage(`{}`),
		Made: made.Add(time.Minute), Attempts: 30, Problem: "It answered 500.",
	}
	waiting := record.Delivery{
		ID: string(other.UUID) + "-expired-till", UUID: other.UUID, Event: "expired", To: "till",
		Body: json.RawMessage(`{}`), Made: made.Add(2 * time.Minute), Due: made.Add(24 * time.Hour),
	}
	w.tell(o.UUID, done, failed)
	w.tell(other.UUID, waiting)

	list := func(query string) (got []delivery) {
		t.Helper()
		var body struct{ Deliveries []delivery }
		w.read(w.program("GET", "/api/deliveries"+query, ""), &body, 200)
		return body.Deliveries
	}
	ids := func(all []delivery) string {
		var text []string
		for _, d := range all {
			text = append(text, d.ID)
		}
		return strings.Join(text, " ")
	}
	for query, want := range map[string][]string{
		"":                         {waiting.ID, failed.ID, done.ID},
		"?order=" + string(o.UUID): {failed.ID, done.ID},
		"?after=" + waiting.ID:     {failed.ID, done.ID},
		"?order=" + unknownUUID:    nil,
		"?after=" + done.ID:        nil,
		"?order=" + string(o.UUID) + "&after=" + failed.ID: {done.ID},
	} {
		if got := ids(list(query)); got != strings.Join(want, " ") {
			t.Errorf("%q: got %s, want %q", query, got, want)
		}
	}
	var told struct{ Deliveries []delivery }
	w.read(w.program("GET", "/api/orders/"+string(o.UUID), ""), &told, 200)
	if !reflect.DeepEqual(told.Deliveries, []delivery{describe(failed), describe(done)}) {
		t.Errorf("with the order: got %+v, want both", told.Deliveries)
	}

	for _, d := range []record.Delivery{done, failed, waiting} {
		began := time.Now()
		var again delivery
		w.read(w.program("POST", "/api/deliveries/"+d.ID+"/retry", ""), &again, 202)
		kept, err := w.record.Delivery(t.Context(), d.ID)
		if err != nil || !kept.Done.IsZero() || kept.Due.Before(began) || kept.Due.After(time.Now()) {
			t.Errorf("%s: got %+v, %v, want it to be made at once", d.ID, kept, err)
		}
		if kept.Attempts != d.Attempts || string(kept.Body) != string(d.Body) || !again.Done.IsZero() || again.ID != d.ID {
			t.Errorf("%s: got %+v, want the same delivery", d.ID, again)
		}
	}
}
