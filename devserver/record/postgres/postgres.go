package postgres

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/xaman-live/xaman-live/devserver/record"
)

const (
	connections = 10
	// Whoever waits longer than this for the database is told that it is away.
	patience = 4 * time.Second
	// A server that starts waits for another one that brings the tables up to date.
	migratingPatience = time.Minute
)

// Record is a [record.Record] in a database.
type Record struct {
	pool     *pgxpool.Pool
	secret   []byte
	patience time.Duration
}

var _ record.Record = (*Record)(nil)

const keepSecretSQL = `insert into xaman_live.secrets (name, value) values ('cookies', $1) on conflict do nothing`

const secretSQL = `select value from xaman_live.secrets where name = 'cookies'`

// Open opens the record in the database that the URL names, as in postgres://user:password@host/database, and brings
// its tables up to date. The errors are sentences that say what a person can do, and call the URL by the flag -record;
// they never show it.
func Open(ctx context.Context, url string) (*Record, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, advice(config.ConnConfig, err)
	}
	r := &Record{pool: pool, patience: patience}
	if err := r.prepare(ctx); err != nil {
		pool.Close()
		return nil, advice(config.ConnConfig, err)
	}
	return r, nil
}

// parse reads the URL of a database.
func parse(url string) (*pgxpool.Config, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errURL
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errURL // the cause may show what is in it
	}
	config.MaxConns, config.ConnConfig.ConnectTimeout = connections, patience
	config.ConnConfig.RuntimeParams["application_name"] = "xaman-live"
	return config, nil
}

// prepare brings the tables up to date, and reads the secret.
func (r *Record) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, migratingPatience)
	defer cancel()
	return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		if err := migrate(ctx, tx); err != nil {
			return err
		}
		secret := make([]byte, 32)
		rand.Read(secret)
		if _, err := tx.Exec(ctx, keepSecretSQL, secret); err != nil {
			return err
		}
		return tx.QueryRow(ctx, secretSQL).Scan(&r.secret)
	})
}

// Close closes all connections, after which all methods but Secret and Shared fail.
func (r *Record) Close() error {
	r.pool.Close()
	return nil
}

// Secret returns what the first server has made up.
func (r *Record) Secret() []byte { return r.secret }

// Shared reports that other servers may write as well.
func (r *Record) Shared() bool { return true }

// Ping asks the database for an answer.
func (r *Record) Ping(ctx context.Context) error {
	return r.use(ctx, "reach the database", r.pool.Ping)
}

// use does something with the database that takes no longer than it may, and says what that was if it fails.
func (r *Record) use(ctx context.Context, what string, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	return explain(ctx, what, do(limited))
}

// change is use in a transaction.
func (r *Record) change(ctx context.Context, what string, do func(context.Context, pgx.Tx) error) error {
	return r.use(ctx, what, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error { return do(ctx, tx) })
	})
}
