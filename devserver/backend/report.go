package backend

import (
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Report is what the site's own program is told of a request: all that is known of it but for what only its visitor may
// have.
type Report struct {
	UUID      payload.UUID    `json:"uuid"`
	Reference string          `json:"reference,omitempty"`
	Offer     string          `json:"offer,omitempty"`
	Network   string          `json:"network"`
	Status    payload.Status  `json:"status"`
	Verdict   payload.Verdict `json:"verdict"`
	Checks    []payload.Check `json:"checks"`
	Result    payload.Result  `json:"result"`
	Summary   payload.Summary `json:"summary"`
	Evidence  *Evidence       `json:"evidence,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	ExpiresAt time.Time       `json:"expires_at"` // too late to open it then
	Final     bool            `json:"final"`      // nothing will change any more
}

// Verdict is an event in the life of a request, see [EventVerified] and the others. It may be told more than once, with
// the same ID, and not in the order of the events.
type Verdict struct {
	ID    string    `json:"id"`
	Event string    `json:"event"`
	Time  time.Time `json:"time"` // of the event
	Report
}

// NewReport tells what the record keeps of a request.
func NewReport(e record.Entry) Report {
	r := Report{
		UUID:      e.Order.UUID,
		Reference: e.Reference,
		Offer:     e.Purpose,
		Network:   e.Order.Network,
		Status:    e.Answer.Status,
		Verdict:   e.Answer.Verdict,
		Checks:    e.Answer.Checks,
		Result:    e.Answer.Result,
		Summary:   e.Summary,
		CreatedAt: e.Order.Created.UTC(),
		ExpiresAt: e.Deadline.UTC(),
		Final:     e.Final(),
	}
	if e.Answer.Verdict != payload.VerdictNone {
		r.Evidence = newEvidence(e.Evidence)
	}
	return r
}
