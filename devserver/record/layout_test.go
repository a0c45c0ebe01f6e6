package record

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The layout of files that are in use, in so many words: what is written so is found.
func TestFileAsItIsLaidOut(t *testing.T) {
	now := time.Now().Truncate(time.Millisecond)
	at := func(t time.Time) string { return string(binary.BigEndian.AppendUint64(nil, uint64(t.UnixMilli()))) }
	const ever = "\xff\xff\xff\xff\xff\xff\xff\xff"
	soon, late := now.Add(time.Minute), now.Add(time.Minute+time.Hour) // when it may be dropped
	dir := t.TempDir()
	db, err := bbolt.Open(filepath.Join(dir, "devserver.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for bucket, content := range map[string]map[string]string{
			"requests": {
				"paid": `{"Session":"first","Next":"second","Key":"key","Purpose":"pay","Order":{"UUID":"paid","TxJSON":{}},
					"Answer":{"uuid":"paid","status":"signed","verdict":"verified","result":{"txid":"AB"}}}`,
				"signed": `{"Session":"first","Next":"third","Order":{"UUID":"signed","TxJSON":{}},
					"Answer":{"uuid":"signed","status":"signed","verdict":"checking"}}`,
				"open": `{"Session":"first","Next":"fourth","Order":{"UUID":"open","TxJSON":{}},"Deadline":"` +
					soon.Format(time.RFC3339Nano) + `","Answer":{"uuid":"open","status":"pending","verdict":"none"}}`,
			},
			"ends":   {ever + "signed": "", at(late) + "open": ""},
			"open":   {"firstopen": at(soon)},
			"keys":   {"key": "paid"},
			"tokens": {"second": `{"Token":"token","From":"paid"}`},
			"uses":   {"paid": "AB"}, "txids": {"AB": "paid"},
			"secrets": {"cookies": "0123456789abcdef0123456789abcdef"},
		} {
			b, err := tx.CreateBucket([]byte(bucket))
			if err != nil {
				return err
			}
			for k, v := range content {
				if err := b.Put([]byte(k), []byte(v)); err != nil {
					return err
				}
			}
		}
		return tx.Bucket([]byte("ends")).SetSequence(2)
	})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()

	for range 2 {
		f := open(t, dir)
		wantMigrated(t, f, now, soon)
		f.Close()
	}
	f := open(t, dir)
	if _, free, err := f.Claim(t.Context(), newEntry("open", "first"), "AB", News{}); err != nil || free {
		t.Errorf("got %t, %v, want a transaction that has counted not to count again", free, err)
	}
	e, err := f.Get(t.Context(), "open")
	if err != nil {
		t.Fatal(err)
	}
	e.Closed = true
	mustSave(t, f, e, News{})
	dropped, err := f.Purge(t.Context(), late.Add(2*time.Second), Ages{Ended: time.Second}, 10)
	if err != nil || !slices.Equal(dropped, []payload.UUID{"open"}) {
		t.Errorf("got %q dropped, %v, want what was left open", dropped, err)
	}
}

// wantMigrated fails the test unless what was in the file is found.
func wantMigrated(t *testing.T, f *File, now, soon time.Time) {
	t.Helper()
	if got := string(f.Secret()); got != "0123456789abcdef0123456789abcdef" {
		t.Errorf("got the secret %q", got)
	}
	if err := f.Alive(t.Context(), "server", time.Minute); err != nil {
		t.Fatal(err)
	}
	due, err := f.Take(t.Context(), "server", now, 10)
	if err != nil || !slices.Equal(due, []payload.UUID{"signed"}) {
		t.Errorf("got %q due, %v, want what was signed", due, err)
	}
	due, err = f.Take(t.Context(), "server", soon.Add(reckoning), 10)
	if err != nil || !slices.Equal(due, []payload.UUID{"open"}) {
		t.Errorf("got %q due later, %v, want what was open", due, err)
	}
	if got, err := f.Deadlines(t.Context(), "first", now); err != nil || len(got) != 1 || !got[0].Equal(soon) {
		t.Errorf("got the deadlines %v, %v, want %v", got, err, soon)
	}
	if got, free, err := f.Reserve(t.Context(), "", "key", now, soon); err != nil || free || got != "paid" {
		t.Errorf("got %q made for the key, %t, %v", got, free, err)
	}
	if got, err := f.Token(t.Context(), "second"); err != nil || got != "token" {
		t.Errorf("got the token %q, %v", got, err)
	}
	if e, err := f.Get(t.Context(), "paid"); err != nil || !e.Verified() || e.Answer.Result.TxID != "AB" {
		t.Errorf("got %+v, %v, want what was paid", e, err)
	}
	var all []payload.UUID
	err = f.All(t.Context(), func(e Entry) error {
		all = append(all, e.Order.UUID)
		return nil
	})
	if err != nil || !slices.Equal(all, []payload.UUID{"open", "paid", "signed"}) {
		t.Errorf("got %q, %v, want every request", all, err)
	}
}

// What a newer server has written is not touched.
func TestFileOfANewerVersion(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	mustUpdate(t, f, func(tx *bbolt.Tx) error { return tx.Bucket(requestsBucket).SetSequence(layout + 1) })
	f.Close()
	_, err := Open(dir, nil)
	if err == nil || !strings.Contains(err.Error(), "was written by a newer version of this server") {
		t.Errorf("got %v, want to be told", err)
	}
}
