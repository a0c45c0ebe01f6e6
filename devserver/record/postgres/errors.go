package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xaman-live/xaman-live/devserver/record"
)

var (
	errURL   = errors.New("-record is not the URL of a PostgreSQL database, as in postgres://user:password@host/database")
	errNewer = errors.New("written by a newer version")
	errOther = errors.New("not of this server")
)

// away are the classes of errors by which a database says that it cannot do its work at the moment: it has lost a
// connection, rolled back one of two that were in each other's way, lacks something, was told to end or is starting, or
// has a disk that fails.
var away = []string{"08", "40", "53", "57", "58"}

// readOnly is what a standby says that has not taken over yet.
const readOnly = "25006"

// explain has an error say what failed. It matches record.ErrAway unless the database has refused what it was asked, or
// ctx, which is the caller's, has ended.
func explain(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	if known(err) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, record.ErrAway, err)
}

// known reports whether an error says something about what is in the database.
func known(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code != readOnly && !slices.Contains(away, e.Code[:2])
	}
	if _, ok := errors.AsType[*unreadable](err); ok {
		return true
	}
	return slices.ContainsFunc([]error{record.ErrNotFound, record.ErrRepeated, record.ErrChanged, pgx.ErrNoRows},
		func(target error) bool { return errors.Is(err, target) })
}

// unreadable is something that is in the database and cannot be understood.
type unreadable struct{ error }

// advice puts what a person can do in the place of an error at the start.
func advice(c *pgx.ConnConfig, err error) error {
	where := net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	code := ""
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		code = e.Code
	}
	switch {
	case errors.Is(err, errNewer):
		return fmt.Errorf("-record: database %q was written by a newer version of this server: use that one, or another "+
			"database", c.Database)
	case errors.Is(err, errOther):
		return fmt.Errorf("-record: database %q has a schema xaman_live that is not this server's: use another database",
			c.Database)
	case code == "28P01" || code == "28000":
		return fmt.Errorf("-record: PostgreSQL at %s does not let user %q in: look at the password, and at its pg_hba.conf",
			where, c.User)
	case code == "3D000":
		return fmt.Errorf("-record: PostgreSQL at %s has no database %q: make it, as with createdb, or name another one",
			where, c.Database)
	case code == "42501":
		return fmt.Errorf("-record: user %q may not make tables in database %q: make the user its owner", c.User, c.Database)
	case code != "":
		return fmt.Errorf("-record: PostgreSQL at %s cannot be used: %w", where, err)
	}
	return fmt.Errorf("-record: there is no PostgreSQL at %s that answers: look whether it runs, and at host and port: %w",
		where, cause(err))
}

// cause is the error of the system below that of the connection, which names the user and the database again.
func cause(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return err
}
