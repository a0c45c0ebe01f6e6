package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/record/recordtest"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// exporting runs the command, and returns what it writes.
func exporting(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var stdout, stderr strings.Builder
	err := run(t.Context(), append([]string{"export"}, args...), func(string) string { return "" }, nil, &stdout, &stderr)
	return stdout.String(), err
}

func TestExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := record.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	const many = 250
	for n := range many {
		e := recordtest.Entry(payload.UUID(fmt.Sprint(many-n)), "session-of-somebody")
		e.Reference, e.Purpose, e.Order.Network = fmt.Sprint("invoice <", n, ">"), "coffee", "TESTNET"
		e.Order.Created, e.Deadline = begin.Add(time.Duration(n)*time.Hour), begin.Add(time.Duration(n+1)*time.Hour)
		e.Order.TxJSON, e.Created = []byte(`{"TransactionType":"SignIn"}`), []byte(`{"refs":"link-of-somebody"}`)
		if err := f.Add(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exporting(t, "-data", dir); err == nil || !strings.Contains(err.Error(), "another server is using it") {
		t.Errorf("got %v, want to be told that a server has it", err)
	}
	f.Close()
	text, err := exporting(t, "-data", dir)
	if err != nil || strings.Contains(text, "of-somebody") {
		t.Errorf("got %v, and perhaps what is only the visitor's: %.500s", err, text)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != many {
		t.Fatalf("got %d lines, want %d", len(lines), many)
	}
	for n, line := range lines {
		var got struct {
			backend.Report
			TxJSON struct{ TransactionType string }
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint("invoice <", n, ">"); got.Reference != want || got.Offer != "coffee" ||
			!got.CreatedAt.Equal(begin.Add(time.Duration(n)*time.Hour)) || got.Status != payload.StatusPending ||
			got.TxJSON.TransactionType != "SignIn" {
			t.Errorf("got %s, want %s of then, and no others between", line, want)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	empty := t.TempDir()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-data", empty}, "there is no record in -data " + empty + ": name the folder of one"},
		{[]string{"-record", "mysql://me:secret@host/shop"}, "-record is not the URL of a PostgreSQL database"},
		{[]string{"orders"}, `unexpected argument "orders"`},
		{[]string{"-site", "."}, "flag provided but not defined: -site"},
	} {
		text, err := exporting(t, tt.args...)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") || text != "" {
			t.Errorf("%q: got %q, %v, want %s", tt.args, text, err, tt.want)
		}
	}
	if found, err := filepath.Glob(filepath.Join(empty, "*")); err != nil || len(found) != 0 {
		t.Errorf("got %q, %v, want nothing to be made", found, err)
	}
}

// The commands of the guide on the record are those of this program.
func TestCommandsOfTheRecord(t *testing.T) {
	found := 0
	for _, name := range []string{"postgres.sh", "export.sh"} {
		for line := range strings.Lines(read(t, "../site/guides/code/record/"+name)) {
			command, _, _ := strings.Cut(line, " > ")
			words := strings.Fields(command)
			if len(words) == 0 || words[0] != "xaman-live" {
				continue
			}
			found++
			var err error
			if words[1] == "export" {
				_, err = parseExport(words[2:], &strings.Builder{})
			} else {
				parsed(t, words[1:])
			}
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	if found != 3 {
		t.Errorf("got %d commands, want 3", found)
	}
}

func TestAgesAreDays(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want record.Ages
		err  string
	}{
		{nil, record.Ages{Ended: 30 * 24 * time.Hour}, ""},
		{[]string{"-keep", "0", "-keep-verified", "3650"}, record.Ages{Verified: 3650 * 24 * time.Hour}, ""},
		{[]string{"-keep", "-1"}, record.Ages{}, `"-1" is not a number of days from 0, which is for ever, to 36500`},
		{[]string{"-keep-verified", "30d"}, record.Ages{}, `"30d" is not a number of days`},
		{[]string{"-keep", "40000"}, record.Ages{}, `"40000" is not a number of days`},
	} {
		o, err := parseOptions(tt.args, func(string) string { return "" }, &strings.Builder{})
		if tt.err == "" && (err != nil || o.ages != tt.want) ||
			tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%q: got %v, %v, want %v, %s", tt.args, o.ages, err, tt.want, tt.err)
		}
	}
}
