package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// filled is a folder with a database of many pages.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	mustUpdate(t, s, func(tx *bbolt.Tx) error {
		c := changes{Tx: tx}
		for n := range 200 {
			c.write(newEntry(payload.UUID(fmt.Sprint(n)), strings.Repeat("s", 200)))
		}
		return c.err
	})
	s.Close()
	return dir
}

func mustUpdate(t *testing.T, s *File, change func(*bbolt.Tx) error) {
	t.Helper()
	if err := s.update(change); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseThatCannotBeUsed(t *testing.T) {
	rewrite := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			name := filepath.Join(dir, DatabaseFile)
			data, err := os.ReadFile(name)
			if err := errors.Join(err, os.WriteFile(name, change(data), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	mode := func(name string, m os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, name), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	const damaged = DatabaseFile + " is damaged or not this server's: put a good copy in its place, or move it away"
	page := os.Getpagesize()
	tests := []struct {
		name string
		harm func(t *testing.T, dir string)
		want string
	}{
		{"text", rewrite(func([]byte) []byte { return []byte("not a database") }), damaged},
		{"zeros", rewrite(func(d []byte) []byte { return make([]byte, len(d)) }), damaged},
		{"cut after the first pages", rewrite(func(d []byte) []byte { return d[:4*page] }), damaged},
		{"cut in a page", rewrite(func(d []byte) []byte { return d[:len(d)/2+7] }), damaged},
		{"noise behind the first pages", rewrite(func(d []byte) []byte {
			copy(d[2*page:], bytes.Repeat([]byte{0xa5}, len(d)-2*page))
			return d
		}), damaged},
		{"zeros behind the first pages", rewrite(func(d []byte) []byte {
			clear(d[2*page:])
			return d
		}), damaged},
		{"another program's", func(t *testing.T, dir string) {
			name := filepath.Join(dir, DatabaseFile)
			os.Remove(name)
			db, err := bbolt.Open(name, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = db.Update(func(tx *bbolt.Tx) error {
				_, err := tx.CreateBucket([]byte("mails"))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}, damaged},
		{"folder that others may write to", mode("", 0o777), "others may write there: take that away with chmod 700"},
		{"folder of a group", mode("", 0o770), "others may write there: take that away with chmod 700"},
		{"file that others may read", mode(DatabaseFile, 0o644),
			"others may use " + DatabaseFile + ": take that away with chmod 600"},
		{"link", func(t *testing.T, dir string) {
			name := filepath.Join(dir, DatabaseFile)
			if err := errors.Join(os.Rename(name, name+".bak"), os.Symlink(name+".bak", name)); err != nil {
				t.Fatal(err)
			}
		}, DatabaseFile + " is not a file: move it away, or choose another folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filled(t)
			tt.harm(t, dir)
			_, err := Open(dir, nil)
			want := "open -data " + dir + ": " + tt.want
			if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
	for name, path := range map[string]string{"a file": "file", "below a file": "file/data"} {
		t.Run("folder is "+name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(filepath.Join(dir, path), nil)
			if err == nil || !strings.HasPrefix(err.Error(), "open -data "+dir) {
				t.Errorf("got %v, want to be told which folder", err)
			}
		})
	}
}

// What a system that is read-only says cannot be had in a test that may do everything.
func TestDatabaseThatMayNotBeWritten(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}
	for _, cause := range []error{fs.ErrPermission, syscall.EROFS, denied} {
		if err := advice(cause); !strings.Contains(err.Error(), "may not write there: make the folder") {
			t.Errorf("%v: got %v, want to be told what to do", cause, err)
		}
	}
	if err := advice(io.ErrUnexpectedEOF); err != io.ErrUnexpectedEOF {
		t.Errorf("got %v, want other errors to stay", err)
	}
}

// A folder that others may look into is fine: they cannot read what is in it.
func TestDatabaseInAFolderThatOthersMayRead(t *testing.T) {
	dir := filled(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestDatabaseIsLost(t *testing.T) {
	tests := []struct {
		name string
		harm func(name string) error
		want error
	}{
		{"removed", os.Remove, errVanished},
		{"moved away", func(name string) error { return os.Rename(name, name+".bak") }, errVanished},
		{"replaced", func(name string) error {
			return errors.Join(os.Remove(name), os.WriteFile(name, []byte("something else"), 0o600))
		}, errVanished},
		{"cut", func(name string) error { return os.Truncate(name, 0) }, errDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filled(t)
			var lost error
			s, err := Open(dir, func(err error) { lost = err })
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := tt.harm(filepath.Join(dir, DatabaseFile)); err != nil {
				t.Fatal(err)
			}
			err = s.Add(t.Context(), newEntry("new", "mine"))
			if !errors.Is(err, tt.want) || !errors.Is(lost, tt.want) {
				t.Errorf("got %v, and was told %v, want %v", err, lost, tt.want)
			}
		})
	}
}

func TestFileOfAnEarlierVersion(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	pending := newEntry("open", "mine")
	pending.Deadline = time.Now().Add(time.Minute)
	mustUpdate(t, s, func(tx *bbolt.Tx) error {
		c := changes{Tx: tx}
		over := newEntry("verified", "mine").as(payload.StatusSigned, payload.VerdictVerified)
		rejected := newEntry("rejected", "mine").as(payload.StatusRejected, payload.VerdictNone)
		for _, e := range []Entry{pending, over, rejected} {
			c.putJSON(requestsBucket, string(e.Order.UUID), e)
		}
		_, err := tx.CreateBucket([]byte("ages"))
		return errors.Join(c.err, err, tx.Bucket(requestsBucket).SetSequence(0))
	})
	s.Close()
	s = open(t, dir)
	wantKnown(t, s, map[payload.UUID]bool{"open": true, "rejected": true, "verified": true})
	if got := unfinished(t, s); len(got) != 1 || got[0] != "open" {
		t.Errorf("got %q, want the open request", got)
	}
	if _, err := s.Purge(t.Context(), time.Now(), Ages{Ended: time.Hour}, 10); err != nil {
		t.Error(err)
	}
	wantKnown(t, s, map[payload.UUID]bool{"open": true, "rejected": false, "verified": true})
	s.Close()
	open(t, dir)
}

// What was judged before checks had codes is read as it was.
func TestChecksOfAnEarlierVersion(t *testing.T) {
	s := open(t, t.TempDir())
	mustUpdate(t, s, func(tx *bbolt.Tx) error {
		return tx.Bucket(requestsBucket).Put([]byte("old"), []byte(`{"Order":{"UUID":"old"},
			"Summary":{"site":"Shop","type":"Payment","amount":"2.5","currency":"XRP","network":"TESTNET"},
			"Answer":{"checks":[{"name":"ledger","outcome":"pass","detail":"In a validated ledger."}]}}`))
	})
	e, err := s.Get(t.Context(), "old")
	want := payload.Check{Name: "ledger", Outcome: payload.Pass, Detail: "In a validated ledger."}
	if err != nil || len(e.Answer.Checks) != 1 || e.Answer.Checks[0] != want || e.Summary.Amount != "2.5" {
		t.Errorf("got %+v, %v, want the check without a code", e, err)
	}
}

// What an earlier version has stored, and cannot be read, is left alone, and the file to others.
func TestFileOfAnEarlierVersionThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	mustUpdate(t, s, func(tx *bbolt.Tx) error {
		b := tx.Bucket(requestsBucket)
		return errors.Join(b.SetSequence(0), b.Put([]byte("a"), []byte("{")))
	})
	s.Close()
	for range 2 {
		s, err := Open(dir, nil)
		if err == nil || s != nil || !strings.HasPrefix(err.Error(), "prepare -data "+dir) {
			t.Errorf("got %v, %v, want an error that names the folder", s, err)
		}
	}
}

// What cookies are signed with is random, another one in each store, and lasts.
func TestFileHasASecret(t *testing.T) {
	known := map[string]bool{string(make([]byte, 32)): true}
	for range 2 {
		dir := t.TempDir()
		s := open(t, dir)
		secret := string(s.Secret())
		if len(secret) != 32 || known[secret] {
			t.Errorf("got secret %x, want 32 random bytes", secret)
		}
		known[secret] = true
		s.Close()
		if s = open(t, dir); string(s.Secret()) != secret {
			t.Errorf("got secret %x, want it to be %x still", s.secret, secret)
		}
	}
}
