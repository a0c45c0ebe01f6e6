package record

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// File is a [Record] in a file in one folder, of one process. Who follows what, and what was spent, it has in memory.
// It takes no notice of contexts: it waits for nothing but the disk.
type File struct {
	*database
	secret []byte
	turns  *turns
	booked *bookings
	spent  spendings
}

// Open opens the record in the folder dir, or makes one there. Only one process at a time can have it open. The
// function lost is called if it cannot go on remembering. The errors are sentences that say what a person can do, and
// call the folder by the flag -data.
func Open(dir string, lost func(error)) (*File, error) {
	db, err := openDatabase(dir, buckets, lost)
	if err != nil {
		return nil, err
	}
	f := &File{database: db, turns: newTurns(), booked: newBookings()}
	err = f.update(func(tx *bbolt.Tx) error {
		if err := migrate(tx); err != nil {
			return err
		}
		name := []byte("cookies")
		if f.secret = bytes.Clone(tx.Bucket(secretsBucket).Get(name)); f.secret != nil {
			return nil
		}
		f.secret = make([]byte, 32)
		rand.Read(f.secret)
		return tx.Bucket(secretsBucket).Put(name, f.secret)
	})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("prepare -data %s: %w", dir, err)
	}
	return f, nil
}

// Close closes the file, after which all methods but Secret and Shared fail.
func (f *File) Close() error { return f.close() }

func (f *File) Secret() []byte { return f.secret }

func (f *File) Shared() bool { return false }

func (f *File) Ping(context.Context) error {
	return f.view(func(*bbolt.Tx) error { return nil })
}

func (f *File) Spend(_ context.Context, now time.Time, s Spending) (wait time.Duration, err error) {
	return f.spent.book(now, s), nil
}
