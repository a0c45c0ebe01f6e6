package postgres

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// migrations are called by the version of the tables that they lead to.
//
//go:embed migrations/*.sql
var migrations embed.FS

// version is that of the tables that this server works with.
const version = 1

const (
	// One server at a time brings the tables up to date. The number is that of no other lock.
	migratingSQL = `select pg_advisory_xact_lock(7164772001)`

	foundSQL = `select to_regnamespace('xaman_live') is not null, to_regclass('xaman_live.layout') is not null`

	beginSQL = `
		create schema xaman_live;
		create table xaman_live.layout (version integer not null);
		insert into xaman_live.layout values (0)`

	versionSQL = `select version from xaman_live.layout`

	keepVersionSQL = `update xaman_live.layout set version = $1`
)

// migrate brings the tables up to date, all or nothing.
func migrate(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, migratingSQL); err != nil {
		return err
	}
	var schema, layout bool
	if err := tx.QueryRow(ctx, foundSQL).Scan(&schema, &layout); err != nil {
		return err
	}
	if schema && !layout {
		return errOther
	}
	if !schema {
		if _, err := tx.Exec(ctx, beginSQL); err != nil {
			return err
		}
	}
	var have int
	if err := tx.QueryRow(ctx, versionSQL).Scan(&have); err != nil {
		return err
	}
	if have > version {
		return errNewer
	}
	if have == version {
		return nil
	}
	for next := have + 1; next <= version; next++ {
		sql, err := migrations.ReadFile(fmt.Sprintf("migrations/%d.sql", next))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, string(sql)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, keepVersionSQL, version)
	return err
}
