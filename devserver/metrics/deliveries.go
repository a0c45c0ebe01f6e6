package metrics

import (
	"context"
	"time"

	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/record"
)

// Deliver counts what becomes of deliveries: delivered, failed for now, or given up.
func (m *Metrics) Deliver(
	next func(context.Context, record.Delivery) error,
) func(context.Context, record.Delivery) error {
	return func(ctx context.Context, d record.Delivery) error {
		err := next(ctx, d)
		outcome := "delivered"
		switch {
		case err == nil:
		case ctx.Err() != nil: // cut short by the end of the server
			return err
		case callback.Retry(d.Made, time.Now(), d.Attempts+1).IsZero():
			outcome = "given-up"
		default:
			outcome = "failed"
		}
		m.deliveries.WithLabelValues(outcome).Inc()
		return err
	}
}
