package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Record counts the errors of a record. What is only an answer is none: that there is no such request, or that somebody
// else was first.
func (m *Metrics) Record(r record.Record) record.Record { return counted{r, m} }

type counted struct {
	record.Record
	m *Metrics
}

// note counts an error, and passes it on.
func (c counted) note(err error) error {
	for _, answer := range []error{record.ErrNotFound, record.ErrRepeated, record.ErrChanged, context.Canceled} {
		if errors.Is(err, answer) {
			return err
		}
	}
	if err != nil {
		kind := "failed"
		if errors.Is(err, record.ErrAway) {
			kind = "away"
		}
		c.m.recordErrors.WithLabelValues(kind).Inc()
	}
	return err
}

// with is what one of c's calls returned, and its error, noted.
func with[T any](c counted) func(T, error) (T, error) {
	return func(v T, err error) (T, error) { return v, c.note(err) }
}

func (c counted) Ping(ctx context.Context) error { return c.note(c.Record.Ping(ctx)) }

func (c counted) Add(ctx context.Context, e record.Entry) error { return c.note(c.Record.Add(ctx, e)) }

func (c counted) Get(ctx context.Context, uuid payload.UUID) (record.Entry, error) {
	return with[record.Entry](c)(c.Record.Get(ctx, uuid))
}

func (c counted) Save(ctx context.Context, e record.Entry, n record.News) (record.Entry, error) {
	return with[record.Entry](c)(c.Record.Save(ctx, e, n))
}

func (c counted) Claim(
	ctx context.Context, e record.Entry, txid string, n record.News,
) (record.Entry, bool, error) {
	kept, free, err := c.Record.Claim(ctx, e, txid, n)
	return kept, free, c.note(err)
}

func (c counted) ByReference(ctx context.Context, reference string, most int) ([]payload.UUID, error) {
	return with[[]payload.UUID](c)(c.Record.ByReference(ctx, reference, most))
}

func (c counted) Token(ctx context.Context, session string) (string, error) {
	return with[string](c)(c.Record.Token(ctx, session))
}

func (c counted) Deadlines(ctx context.Context, session string, now time.Time) ([]time.Time, error) {
	return with[[]time.Time](c)(c.Record.Deadlines(ctx, session, now))
}

func (c counted) Reserve(
	ctx context.Context, server, key string, now, until time.Time,
) (payload.UUID, bool, error) {
	made, free, err := c.Record.Reserve(ctx, server, key, now, until)
	return made, free, c.note(err)
}

func (c counted) Free(ctx context.Context, key string) error { return c.note(c.Record.Free(ctx, key)) }

func (c counted) Alive(ctx context.Context, server string, lasting time.Duration) error {
	return c.note(c.Record.Alive(ctx, server, lasting))
}

func (c counted) Take(ctx context.Context, server string, now time.Time, most int) ([]payload.UUID, error) {
	return with[[]payload.UUID](c)(c.Record.Take(ctx, server, now, most))
}

func (c counted) TakeOne(ctx context.Context, server string, uuid payload.UUID) (bool, error) {
	return with[bool](c)(c.Record.TakeOne(ctx, server, uuid))
}

func (c counted) Leave(ctx context.Context, server string, uuid payload.UUID, due time.Time) error {
	return c.note(c.Record.Leave(ctx, server, uuid, due))
}

func (c counted) TakeDeliveries(
	ctx context.Context, server string, now time.Time, most int,
) ([]record.Delivery, error) {
	return with[[]record.Delivery](c)(c.Record.TakeDeliveries(ctx, server, now, most))
}

func (c counted) SaveDelivery(ctx context.Context, d record.Delivery) error {
	return c.note(c.Record.SaveDelivery(ctx, d))
}

func (c counted) Delivery(ctx context.Context, id string) (record.Delivery, error) {
	return with[record.Delivery](c)(c.Record.Delivery(ctx, id))
}

func (c counted) Deliveries(
	ctx context.Context, uuid payload.UUID, after string, most int,
) ([]record.Delivery, error) {
	return with[[]record.Delivery](c)(c.Record.Deliveries(ctx, uuid, after, most))
}

func (c counted) Waiting(ctx context.Context) (int, error) {
	return with[int](c)(c.Record.Waiting(ctx))
}

func (c counted) Spend(ctx context.Context, now time.Time, s record.Spending) (time.Duration, error) {
	return with[time.Duration](c)(c.Record.Spend(ctx, now, s))
}

func (c counted) Purge(
	ctx context.Context, now time.Time, ages record.Ages, most int,
) ([]payload.UUID, error) {
	return with[[]payload.UUID](c)(c.Record.Purge(ctx, now, ages, most))
}
