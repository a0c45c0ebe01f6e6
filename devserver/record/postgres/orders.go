package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	addSQL = `
		insert into xaman_live.orders
			(uuid, version, session, created, reference, open_until, due, ended, verified, entry)
		select $1, 1, $2, $3, $4, $5, $6, $7, $8, $9
		where not exists (select from xaman_live.uses where uuid = $1)
		on conflict do nothing`

	keySQL = `
		insert into xaman_live.keys (key, uuid, until) values ($1, $2, now())
		on conflict (key) do update set uuid = excluded.uuid where keys.uuid is null`

	getSQL = `select version, entry from xaman_live.orders where uuid = $1`

	existsSQL = `select exists (select from xaman_live.orders where uuid = $1)`

	saveSQL = `
		with saved as (
			update xaman_live.orders set version = version + 1, open_until = $3, due = $4, ended = $5, verified = $6,
				server = case when $4::timestamptz is not null then server end, entry = $7
			where uuid = $1 and version = $2
			returning uuid
		), used as (
			delete from xaman_live.tokens where session = $8 and exists (select from saved)
		), brought as (
			insert into xaman_live.tokens (session, token, uuid) select $9, $10, uuid from saved where $10 <> ''
			on conflict (session) do update set token = excluded.token, uuid = excluded.uuid
		), told as (
			insert into xaman_live.deliveries (id, uuid, made, due, delivery)
			select id, uuid, made, due, delivery::json
			from saved, unnest($11::text[], $12::timestamptz[], $13::timestamptz[], $14::text[])
				as news (id, made, due, delivery)
			on conflict do nothing
		)
		select exists (select from saved)`

	useSQL = `insert into xaman_live.uses (uuid, txid) values ($1, $2) on conflict do nothing`

	usedSQL = `select exists (select from xaman_live.uses where uuid = $1 and txid = $2)`

	byReferenceSQL = `
		select uuid from xaman_live.orders where reference = $1 order by created desc limit $2`

	partSQL = `
		select version, entry from xaman_live.orders
		where (created, uuid) > (coalesce($1, '-infinity'::timestamptz), $2) order by created, uuid limit $3`

	tokenSQL = `select token from xaman_live.tokens where session = $1`

	deadlinesSQL = `
		select open_until from xaman_live.orders where session = $1 and open_until > $2 order by open_until`
)

// part is how many of all orders are read at once.
const part = 200

func (r *Record) Add(ctx context.Context, e record.Entry) error {
	entry, err := document(e)
	if err != nil {
		return err
	}
	var reference []byte
	if e.Reference != "" {
		reference = hash(e.Reference)
	}
	due, ended, verified := moments(e)
	return r.change(ctx, "store request", func(ctx context.Context, tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue(addSQL, e.Order.UUID, e.Session, e.Order.Created, reference, openUntil(e), due, ended, verified, entry)
		if e.Key != "" {
			b.Queue(keySQL, e.Key, e.Order.UUID)
		}
		results := tx.SendBatch(ctx, &b)
		defer results.Close()
		if done, err := results.Exec(); err != nil {
			return err
		} else if done.RowsAffected() == 0 {
			return record.ErrRepeated
		}
		if e.Key != "" {
			if done, err := results.Exec(); err != nil {
				return err
			} else if done.RowsAffected() == 0 {
				return record.ErrChanged
			}
		}
		return results.Close()
	})
}

func (r *Record) Get(ctx context.Context, uuid payload.UUID) (e record.Entry, err error) {
	err = r.use(ctx, "load request", func(ctx context.Context) error {
		rows, err := r.pool.Query(ctx, getSQL, uuid)
		if err != nil {
			return err
		}
		if e, err = pgx.CollectExactlyOneRow(rows, entry); errors.Is(err, pgx.ErrNoRows) {
			return record.ErrNotFound
		}
		return err
	})
	return e, err
}

func (r *Record) Save(ctx context.Context, e record.Entry, n record.News) (record.Entry, error) {
	save, err := saving(e, n)
	if err != nil {
		return record.Entry{}, err
	}
	err = r.use(ctx, "store request", func(ctx context.Context) error {
		var saved bool
		if err := r.pool.QueryRow(ctx, saveSQL, save...).Scan(&saved); err != nil || saved {
			return err
		}
		return unsaved(ctx, r.pool, e.Order.UUID)
	})
	if err != nil {
		return record.Entry{}, err
	}
	e.Version++
	return e, nil
}

// saving is what a change of an order is stored with.
func saving(e record.Entry, n record.News) ([]any, error) {
	entry, err := document(e)
	if err != nil {
		return nil, err
	}
	var verifiedSession *string // whose token is used no more
	if e.Verified() && e.Session != e.Next {
		verifiedSession = &e.Session
	}
	token := n.Token
	if e.Next == "" {
		token = ""
	}
	var ids, deliveries []string
	var made []time.Time
	var dues []*time.Time
	for _, d := range n.Deliveries {
		delivery, err := document(d)
		if err != nil {
			return nil, err
		}
		ids, made, dues, deliveries = append(ids, d.ID), append(made, d.Made), append(dues, moment(d.Due)),
			append(deliveries, delivery)
	}
	due, ended, verified := moments(e)
	return []any{
		e.Order.UUID, e.Version, openUntil(e), due, ended, verified, entry, verifiedSession, e.Next, token,
		ids, made, dues, deliveries,
	}, nil
}

// querier is a transaction, or whatever else can ask.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// unsaved says why an order was not saved.
func unsaved(ctx context.Context, q querier, uuid payload.UUID) error {
	var exists bool
	if err := q.QueryRow(ctx, existsSQL, uuid).Scan(&exists); err != nil {
		return err
	}
	if exists {
		return record.ErrChanged
	}
	return record.ErrNotFound
}

// errTaken ends a transaction that claims what has counted for another order.
var errTaken = errors.New("it has counted before")

func (r *Record) Claim(
	ctx context.Context, e record.Entry, txid string, n record.News,
) (_ record.Entry, free bool, err error) {
	save, err := saving(e, n)
	if err != nil {
		return record.Entry{}, false, err
	}
	taken := false
	err = r.change(ctx, "claim transaction", func(ctx context.Context, tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue(useSQL, e.Order.UUID, txid)
		b.Queue(usedSQL, e.Order.UUID, txid)
		b.Queue(saveSQL, save...)
		results := tx.SendBatch(ctx, &b)
		defer results.Close()
		if _, err := results.Exec(); err != nil {
			return err
		}
		var ours, saved bool
		if err := results.QueryRow().Scan(&ours); err != nil {
			return err
		}
		if err := results.QueryRow().Scan(&saved); err != nil {
			return err
		}
		if err := results.Close(); err != nil {
			return err
		}
		switch {
		case !ours:
			taken = true
			return errTaken
		case !saved:
			return unsaved(ctx, tx, e.Order.UUID)
		}
		return nil
	})
	if taken {
		return e, false, nil
	}
	if err != nil {
		return record.Entry{}, false, err
	}
	e.Version++
	return e, true, nil
}

func (r *Record) ByReference(ctx context.Context, reference string, most int) (some []payload.UUID, err error) {
	err = r.use(ctx, "look up reference", func(ctx context.Context) error {
		rows, err := r.pool.Query(ctx, byReferenceSQL, hash(reference), most)
		if err != nil {
			return err
		}
		some, err = pgx.CollectRows(rows, pgx.RowTo[payload.UUID])
		return err
	})
	return some, err
}

func (r *Record) All(ctx context.Context, each func(record.Entry) error) error {
	var created *time.Time
	var uuid payload.UUID
	for {
		var some []record.Entry
		err := r.use(ctx, "load requests", func(ctx context.Context) error {
			rows, err := r.pool.Query(ctx, partSQL, created, uuid, part)
			if err != nil {
				return err
			}
			some, err = pgx.CollectRows(rows, entry)
			return err
		})
		if err != nil || len(some) == 0 {
			return err
		}
		for _, e := range some {
			if err := each(e); err != nil {
				return err
			}
		}
		last := some[len(some)-1].Order
		created, uuid = &last.Created, last.UUID
	}
}

func (r *Record) Token(ctx context.Context, session string) (token string, err error) {
	err = r.use(ctx, "load user token", func(ctx context.Context) error {
		err := r.pool.QueryRow(ctx, tokenSQL, session).Scan(&token)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return token, err
}

func (r *Record) Deadlines(ctx context.Context, session string, now time.Time) (all []time.Time, err error) {
	if session == "" {
		return nil, nil
	}
	err = r.use(ctx, "count open requests", func(ctx context.Context) error {
		rows, err := r.pool.Query(ctx, deadlinesSQL, session, now)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowTo[time.Time])
		return err
	})
	return all, err
}

// moments are by when an order is listed.
func moments(e record.Entry) (due, ended, verified *time.Time) {
	due, ended = moment(e.Due()), moment(e.Ended())
	if e.Verified() {
		ended, verified = nil, ended
	}
	return due, ended, verified
}

// openUntil is when it becomes too late to open an order that counts against its session's limit.
func openUntil(e record.Entry) *time.Time {
	if !e.Open() || e.Session == "" {
		return nil
	}
	return &e.Deadline
}

// moment is nil for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// hash is a key of a fixed length for a text of any.
func hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// document is what is kept of something, as PostgreSQL reads JSON.
func document(v any) (string, error) {
	data, err := json.Marshal(v)
	return strings.ToValidUTF8(string(data), "\ufffd"), err
}

// entry reads one from a row.
func entry(row pgx.CollectableRow) (e record.Entry, err error) {
	var version int64
	var data []byte
	if err := row.Scan(&version, &data); err != nil {
		return record.Entry{}, err
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return record.Entry{}, &unreadable{err}
	}
	e.Version = uint64(version)
	return e, nil
}
