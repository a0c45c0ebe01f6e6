package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/record"
)

// exported is an order as a line of an export: what the site's own program is told of it, and what was asked for.
type exported struct {
	backend.Report
	TxJSON json.RawMessage `json:"txjson"`
}

func parseExport(args []string, stderr io.Writer) (from place, err error) {
	flags := flag.NewFlagSet("xaman-live export", flag.ContinueOnError)
	flags.SetOutput(stderr)
	from.flags(flags)
	if err := flags.Parse(args); err != nil {
		return place{}, err
	}
	if flags.NArg() > 0 {
		return place{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return from, nil
}

// export writes all orders of a record to stdout as JSON, one a line, the oldest first.
func export(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	from, err := parseExport(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if from.url == "" { // a folder without a record would get one
		if _, err := os.Stat(filepath.Join(from.data, record.DatabaseFile)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no record in -data %s: name the folder of one with -data, or its database with "+
				"-record", from.data)
		}
	}
	r, err := from.open(ctx, func(error) {})
	if err != nil {
		return err
	}
	defer r.Close()
	out := bufio.NewWriter(stdout)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err = r.All(ctx, func(e record.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return lines.Encode(exported{backend.NewReport(e), e.Order.TxJSON})
	})
	return errors.Join(err, out.Flush())
}
