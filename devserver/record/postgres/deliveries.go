package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	takeDeliveriesSQL = `
		with left_behind as (
			select id from xaman_live.deliveries join xaman_live.servers on name = server
			where until <= clock_timestamp() and due <= $2
			limit $3 for update of deliveries skip locked
		), free as (
			select id from xaman_live.deliveries where server is null and due <= $2
			order by due limit $3 for update skip locked
		)
		update xaman_live.deliveries set server = $1
		where id in (select id from left_behind union all select id from free limit $3)
		returning delivery`

	saveDeliverySQL = `
		update xaman_live.deliveries set due = $2, server = null, delivery = $3 where id = $1`

	deliverySQL = `select delivery from xaman_live.deliveries where id = $1`

	deliveriesSQL = `
		select delivery from xaman_live.deliveries where (made, id) < (coalesce($1, 'infinity'::timestamptz), $2)
		order by made desc, id desc limit $3`

	deliveriesOfSQL = `
		select delivery from xaman_live.deliveries
		where uuid = $4 and (made, id) < (coalesce($1, 'infinity'::timestamptz), $2)
		order by made desc, id desc limit $3`

	waitingSQL = `
		select (select count(*) from xaman_live.deliveries where due is not null and server is null) +
			(select count(*) from xaman_live.deliveries where server is not null)`
)

func (r *Record) TakeDeliveries(
	ctx context.Context, server string, now time.Time, most int,
) (some []record.Delivery, err error) {
	err = r.use(ctx, "take deliveries", func(ctx context.Context) error {
		some, err = r.deliveries(ctx, takeDeliveriesSQL, server, now, most)
		return err
	})
	slices.SortFunc(some, func(a, b record.Delivery) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	return some, err
}

// deliveries asks for some.
func (r *Record) deliveries(ctx context.Context, sql string, args ...any) ([]record.Delivery, error) {
	rows, err := r.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, delivery)
}

func (r *Record) SaveDelivery(ctx context.Context, d record.Delivery) error {
	delivery, err := document(d)
	if err != nil {
		return err
	}
	return r.use(ctx, "store delivery", func(ctx context.Context) error {
		done, err := r.pool.Exec(ctx, saveDeliverySQL, d.ID, moment(d.Due), delivery)
		if err == nil && done.RowsAffected() == 0 {
			return record.ErrNotFound
		}
		return err
	})
}

func (r *Record) Delivery(ctx context.Context, id string) (d record.Delivery, err error) {
	if !utf8.ValidString(id) || strings.Contains(id, "\x00") { // the database takes it for no text
		return record.Delivery{}, record.ErrNotFound
	}
	err = r.use(ctx, "load delivery", func(ctx context.Context) error {
		rows, err := r.pool.Query(ctx, deliverySQL, id)
		if err != nil {
			return err
		}
		if d, err = pgx.CollectExactlyOneRow(rows, delivery); errors.Is(err, pgx.ErrNoRows) {
			return record.ErrNotFound
		}
		return err
	})
	return d, err
}

func (r *Record) Deliveries(
	ctx context.Context, uuid payload.UUID, after string, most int,
) (some []record.Delivery, err error) {
	var before *time.Time
	if after != "" {
		d, err := r.Delivery(ctx, after)
		if err != nil {
			return nil, err
		}
		before = &d.Made
	}
	err = r.use(ctx, "list deliveries", func(ctx context.Context) error {
		if uuid == "" {
			some, err = r.deliveries(ctx, deliveriesSQL, before, after, most)
		} else {
			some, err = r.deliveries(ctx, deliveriesOfSQL, before, after, most, uuid)
		}
		return err
	})
	return some, err
}

func (r *Record) Waiting(ctx context.Context) (n int, err error) {
	err = r.use(ctx, "count deliveries", func(ctx context.Context) error {
		return r.pool.QueryRow(ctx, waitingSQL).Scan(&n)
	})
	return n, err
}

// delivery reads one from a row.
func delivery(row pgx.CollectableRow) (d record.Delivery, err error) {
	var data []byte
	if err := row.Scan(&data); err != nil {
		return record.Delivery{}, err
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return record.Delivery{}, &unreadable{err}
	}
	return d, nil
}
