package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	reserveSQL = `
		insert into xaman_live.keys (key, until, server) values ($1, $3, nullif($4, ''))
		on conflict (key) do update set until = excluded.until, server = excluded.server
		where keys.uuid is null and (keys.until <= $2
			or exists (select from xaman_live.servers where name = keys.server and until <= clock_timestamp()))
		returning true`

	madeSQL = `select coalesce(uuid, '') from xaman_live.keys where key = $1`

	freeSQL = `delete from xaman_live.keys where key = $1 and uuid is null`
)

func (r *Record) Reserve(
	ctx context.Context, server, key string, now, until time.Time,
) (made payload.UUID, free bool, err error) {
	err = r.use(ctx, "look up idempotency key", func(ctx context.Context) error {
		err := r.pool.QueryRow(ctx, reserveSQL, key, now, until, server).Scan(&free)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		err = r.pool.QueryRow(ctx, madeSQL, key).Scan(&made)
		if errors.Is(err, pgx.ErrNoRows) { // it was freed just now
			return nil
		}
		return err
	})
	return made, free, err
}

func (r *Record) Free(ctx context.Context, key string) error {
	return r.use(ctx, "free idempotency key", func(ctx context.Context) error {
		_, err := r.pool.Exec(ctx, freeSQL, key)
		return err
	})
}
