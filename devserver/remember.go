package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/record/postgres"
)

// place is where a record is: in a database that servers share, or in a file of one.
type place struct {
	data string // folder
	url  string // "": in the folder
}

func (p *place) flags(f *flag.FlagSet) {
	f.StringVar(&p.data, "data", ".data", "`folder` for what the server remembers; made if it is not there")
	f.StringVar(&p.url, "record", "", "`URL` of a PostgreSQL database for orders, which several servers may share, as in "+
		"postgres://user@host/database; a password may be in the environment's PGPASSWORD (default a file in -data)")
}

// closer is a record that is closed in the end.
type closer interface {
	record.Record
	Close() error
}

// open opens the record. The function lost is called if it cannot go on remembering.
func (p place) open(ctx context.Context, lost func(error)) (closer, error) {
	if p.url != "" {
		return postgres.Open(ctx, p.url)
	}
	return record.Open(p.data, lost)
}

const day = 24 * time.Hour

// agesFlags are how long what is over is kept.
func agesFlags(f *flag.FlagSet, ages *record.Ages) {
	ages.Ended = 30 * day
	f.Func("keep", "`days` for which orders are remembered that came to nothing, 0 for ever (default 30)",
		daysFlag(&ages.Ended))
	f.Func("keep-verified", "`days` for which verified orders are remembered, 0 for ever (default 0)",
		daysFlag(&ages.Verified))
}

// daysFlag reads a number of days.
func daysFlag(age *time.Duration) func(string) error {
	return func(text string) error {
		const most = 36_500 // a hundred years
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n > most {
			return fmt.Errorf("%q is not a number of days from 0, which is for ever, to %d", text, most)
		}
		*age = time.Duration(n) * day
		return nil
	}
}
