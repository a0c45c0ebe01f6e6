//go:build postgres

package postgres

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/xaman-live/xaman-live/devserver/record/recordtest"
)

const password = "very-secret"

func TestOpenRefuses(t *testing.T) {
	socket := strings.TrimPrefix(server.URL(""), "postgres://postgres@/?host=")
	here := func(user, database string) string {
		return "postgres://" + user + ":" + password + "@/" + database + "?host=" + socket
	}
	execute(t, "postgres", "drop role if exists guest, outsider",
		"create role guest login", "create role outsider login connection limit 0")
	guests := create(t, "")
	newer, other := create(t, prepared), create(t, "")
	execute(t, newer, "update xaman_live.layout set version = version + 1")
	execute(t, other, "create schema xaman_live")
	name := func(url string) string {
		return strings.TrimSuffix(strings.TrimPrefix(url, "postgres://postgres@/"), "?host="+socket)
	}
	tests := []struct {
		name, url, want string
	}{
		{"empty", "", "-record is not the URL of a PostgreSQL database, as in postgres://"},
		{"another kind", "mysql://me:" + password + "@host/shop", "-record is not the URL of a PostgreSQL database"},
		{"words", "host=here password=" + password, "-record is not the URL of a PostgreSQL database"},
		{"bad port", "postgres://me:" + password + "@host:port/shop", "-record is not the URL of a PostgreSQL database"},
		{"bad escape", "postgres://me:" + password + "%@host/shop", "-record is not the URL of a PostgreSQL database"},
		{"bad option", "postgres://me:" + password + "@host/shop?sslmode=some", "-record is not the URL of a PostgreSQL"},
		{"nobody there", "postgres://me:" + password + "@127.0.0.1:1/shop",
			"-record: there is no PostgreSQL at 127.0.0.1:1 that answers: look whether it runs, and at host and port: "},
		{"no such socket", "postgres://me:" + password + "@/shop?host=" + filepath.Join(t.TempDir(), "none"),
			"-record: there is no PostgreSQL at "},
		{"no such database", here("postgres", "unknown"),
			"-record: PostgreSQL at [" + socket + "]:5432 has no database \"unknown\": make it"},
		{"no such user", here("unknown", "postgres"),
			"-record: PostgreSQL at [" + socket + "]:5432 does not let user \"unknown\" in: look at the password"},
		{"user who may not come in now", here("outsider", "postgres"),
			"-record: PostgreSQL at [" + socket + "]:5432 cannot be used: "},
		{"user who may make nothing", here("guest", name(guests)),
			"-record: user \"guest\" may not make tables in database \"" + name(guests) + "\": make the user its owner"},
		{"newer version", newer, "-record: database \"" + name(newer) + "\" was written by a newer version"},
		{"another's schema", other, "-record: database \"" + name(other) + "\" has a schema xaman_live that is not"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open(t.Context(), tt.url)
			if err == nil {
				r.Close()
				t.Fatal("got a record")
			}
			if text := err.Error(); !strings.HasPrefix(text, strings.ReplaceAll(tt.want, "["+socket+"]", socket)) ||
				strings.Contains(text, password) || strings.Contains(text, "\n") {
				t.Errorf("got %q, want one line with %q", text, tt.want)
			}
		})
	}
}

// execute does something with a database that only a test does.
func execute(t testing.TB, url string, statements ...string) {
	t.Helper()
	if url == "postgres" {
		url = server.URL("postgres")
	}
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(t.Context()))
	for _, sql := range statements {
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// Servers that start at the same time find the same tables and the same secret, and so does one that starts later.
func TestManyPrepareOneDatabase(t *testing.T) {
	url := create(t, "")
	const many = 6
	opened := make(chan *Record, many)
	for range many {
		go func() {
			r, err := Open(t.Context(), url)
			if err != nil {
				t.Error(err)
			}
			opened <- r
		}()
	}
	first := <-opened
	defer first.Close()
	for range many - 1 {
		r := <-opened
		if !bytes.Equal(r.Secret(), first.Secret()) || len(r.Secret()) != 32 {
			t.Errorf("got the secret %x, want %x", r.Secret(), first.Secret())
		}
		r.Close()
	}
	if err := first.Add(t.Context(), recordtest.Entry("a", "mine")); err != nil {
		t.Error(err)
	}
	if _, err := open(t, url).Get(t.Context(), "a"); err != nil {
		t.Errorf("got %v, want what another server has kept", err)
	}
	if other := open(t, create(t, "")); bytes.Equal(other.Secret(), first.Secret()) {
		t.Error("got the same secret in another database")
	}
}

func TestMigrationsAreThoseOfTheVersion(t *testing.T) {
	files, err := os.ReadDir("migrations")
	if err != nil || len(files) != version {
		t.Errorf("got %d migrations, %v, want %d", len(files), err, version)
	}
}
