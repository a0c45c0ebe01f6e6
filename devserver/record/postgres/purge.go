package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	endedSQL = `
		select version, entry from xaman_live.orders
		where ended < $1 and not exists (
			select from xaman_live.deliveries where deliveries.uuid = orders.uuid and deliveries.due is not null)
		order by ended limit $2 for update skip locked`

	verifiedSQL = `
		select version, entry from xaman_live.orders
		where verified < $1 and not exists (
			select from xaman_live.deliveries where deliveries.uuid = orders.uuid and deliveries.due is not null)
		order by verified limit $2 for update skip locked`

	dropOrdersSQL     = `delete from xaman_live.orders where uuid = any($1)`
	dropKeysSQL       = `delete from xaman_live.keys where key = any($1)`
	dropTokensSQL     = `delete from xaman_live.tokens where session = any($1) and uuid = any($2)`
	dropDeliveriesSQL = `delete from xaman_live.deliveries where uuid = any($1)`

	// What has lapsed leads to nothing any more.
	lapsedKeysSQL = `
		delete from xaman_live.keys where key = any (array(
			select key from xaman_live.keys where uuid is null and until < $1 limit 10000 for update skip locked))`
	lapsedSharesSQL = `
		delete from xaman_live.shares where share = any (array(
			select share from xaman_live.shares where full_at < $1 limit 10000 for update skip locked))`
	lapsedCallsSQL   = `delete from xaman_live.calls where second < $1`
	lapsedServersSQL = `
		delete from xaman_live.servers where until < clock_timestamp() - interval '1 hour'`
)

func (r *Record) Purge(
	ctx context.Context, now time.Time, ages record.Ages, most int,
) (dropped []payload.UUID, err error) {
	err = r.change(ctx, "drop requests", func(ctx context.Context, tx pgx.Tx) error {
		old, err := over(ctx, tx, endedSQL, now, ages.Ended, most)
		if err != nil {
			return err
		}
		verified, err := over(ctx, tx, verifiedSQL, now, ages.Verified, most-len(old))
		if err != nil {
			return err
		}
		var keys, sessions []string
		for _, e := range append(old, verified...) {
			dropped, keys, sessions = append(dropped, e.Order.UUID), append(keys, e.Key), append(sessions, e.Next)
		}
		var b pgx.Batch
		if len(dropped) > 0 {
			b.Queue(dropKeysSQL, keys)
			b.Queue(dropTokensSQL, sessions, dropped)
			b.Queue(dropDeliveriesSQL, dropped)
			b.Queue(dropOrdersSQL, dropped)
		}
		b.Queue(lapsedKeysSQL, now)
		b.Queue(lapsedSharesSQL, now)
		b.Queue(lapsedCallsSQL, now.Unix()-60)
		b.Queue(lapsedServersSQL)
		return tx.SendBatch(ctx, &b).Close()
	})
	if err != nil {
		return nil, err
	}
	return dropped, nil
}

// over returns some of the orders that ended so long ago.
func over(
	ctx context.Context, tx pgx.Tx, sql string, now time.Time, age time.Duration, most int,
) ([]record.Entry, error) {
	if age == 0 || most == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, sql, now.Add(-age), most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, entry)
}
