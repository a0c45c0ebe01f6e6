package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/devserver/record"
)

const (
	// One call is booked at a time. The number is that of no other lock.
	spendingSQL = `select pg_advisory_xact_lock(7164772002)`

	// Those of a server whose clock is ahead count as well, and so do those of a clock that was set back a little.
	callsSQL = `select coalesce(sum(calls), 0) from xaman_live.calls where second > $1 and second < $2`

	sharesSQL = `select share, full_at from xaman_live.shares where share = any($1)`

	callSQL = `
		insert into xaman_live.calls (second, calls) values ($1, 1)
		on conflict (second) do update set calls = calls.calls + 1`

	shareSQL = `
		insert into xaman_live.shares (share, full_at) values ($1, $2)
		on conflict (share) do update set full_at = excluded.full_at`
)

// Spend decides twice. What was spent is never less a moment later, so that a refusal needs no lock, and those who come
// too often wait for nobody and keep nobody waiting.
func (r *Record) Spend(ctx context.Context, now time.Time, s record.Spending) (wait time.Duration, err error) {
	err = r.use(ctx, "book a call", func(ctx context.Context) (err error) {
		if _, wait, err = decide(ctx, r.pool, now, s); err != nil || wait > 0 {
			return err
		}
		return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, spendingSQL); err != nil {
				return err
			}
			var then record.Full
			if then, wait, err = decide(ctx, tx, now, s); err != nil || wait > 0 {
				return err
			}
			var keep pgx.Batch
			keep.Queue(callSQL, now.Unix())
			for share, full := range then {
				keep.Queue(shareSQL, share, full)
			}
			return tx.SendBatch(ctx, &keep).Close()
		})
	})
	return wait, err
}

// sender is a transaction, or a connection of its own.
type sender interface {
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}

// decide books a spending on paper: what would be known of its shares then, or how long it has to wait.
func decide(
	ctx context.Context, from sender, now time.Time, s record.Spending,
) (then record.Full, wait time.Duration, err error) {
	var names []string
	for _, share := range s.Shares {
		names = append(names, share.Of)
	}
	var calls int
	known := record.Full{}
	var b pgx.Batch
	b.Queue(callsSQL, now.Unix()-60, now.Unix()+60).QueryRow(func(row pgx.Row) error { return row.Scan(&calls) })
	b.Queue(sharesSQL, names).Query(func(rows pgx.Rows) error {
		var share string
		var full time.Time
		_, err := pgx.ForEachRow(rows, []any{&share, &full}, func() error {
			known[share] = full
			return nil
		})
		return err
	})
	if err := from.SendBatch(ctx, &b).Close(); err != nil {
		return nil, 0, err
	}
	then, wait = s.Book(now, calls, known)
	return then, wait, nil
}
