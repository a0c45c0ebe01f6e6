package metrics

import "github.com/xaman-live/xaman-live/wasm/payload"

// Order counts that something has happened to a sign request.
func (m *Metrics) Order(event string) { m.orders.WithLabelValues(event).Inc() }

// Judged counts the checks that a verdict rests on.
func (m *Metrics) Judged(checks []payload.Check) {
	for _, c := range checks {
		m.checks.WithLabelValues(c.Name, string(c.Outcome)).Inc()
	}
}
