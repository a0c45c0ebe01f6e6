package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	aliveSQL = `
		insert into xaman_live.servers (name, until) values ($1, clock_timestamp() + $2)
		on conflict (name) do update set until = excluded.until`

	// What a dead server has left comes first: it is due for longest.
	takeSQL = `
		with left_behind as (
			select uuid from xaman_live.orders join xaman_live.servers on name = server
			where until <= clock_timestamp() and due <= $2
			limit $3 for update of orders skip locked
		), free as (
			select uuid from xaman_live.orders where server is null and due <= $2
			order by due limit $3 for update skip locked
		)
		update xaman_live.orders set server = $1
		where uuid in (select uuid from left_behind union all select uuid from free limit $3)
		returning uuid, due`

	takeOneSQL = `
		update xaman_live.orders set server = $1
		where uuid = $2 and (server is null or server = $1
			or exists (select from xaman_live.servers where name = server and until <= clock_timestamp()))`

	leaveSQL = `
		update xaman_live.orders set server = null, due = case when due is not null then greatest(due, $3) end
		where uuid = $2 and server = $1`
)

func (r *Record) Alive(ctx context.Context, server string, lasting time.Duration) error {
	return r.use(ctx, "tell that the server is alive", func(ctx context.Context) error {
		_, err := r.pool.Exec(ctx, aliveSQL, server, lasting)
		return err
	})
}

// dueRow is something that is due.
type dueRow struct {
	UUID payload.UUID
	Due  time.Time
}

func (r *Record) Take(ctx context.Context, server string, now time.Time, most int) (some []payload.UUID, err error) {
	err = r.use(ctx, "take requests", func(ctx context.Context) error {
		rows, err := r.pool.Query(ctx, takeSQL, server, now, most)
		if err != nil {
			return err
		}
		taken, err := pgx.CollectRows(rows, pgx.RowToStructByPos[dueRow])
		slices.SortFunc(taken, func(a, b dueRow) int {
			return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.UUID, b.UUID))
		})
		for _, row := range taken {
			some = append(some, row.UUID)
		}
		return err
	})
	return some, err
}

func (r *Record) TakeOne(ctx context.Context, server string, uuid payload.UUID) (ours bool, err error) {
	err = r.use(ctx, "take request", func(ctx context.Context) error {
		done, err := r.pool.Exec(ctx, takeOneSQL, server, uuid)
		ours = done.RowsAffected() > 0
		return err
	})
	return ours, err
}

func (r *Record) Leave(ctx context.Context, server string, uuid payload.UUID, due time.Time) error {
	return r.use(ctx, "leave request", func(ctx context.Context) error {
		_, err := r.pool.Exec(ctx, leaveSQL, server, uuid, moment(due))
		return err
	})
}
