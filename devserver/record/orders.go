package record

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	closesAtOnce = 50  // open requests of a session that a new one finds to be late
	part         = 100 // of all requests, that is read at once
)

func (f *File) Add(_ context.Context, e Entry) error {
	err := f.update(func(tx *bbolt.Tx) error {
		uuid := []byte(e.Order.UUID)
		if tx.Bucket(requestsBucket).Get(uuid) != nil || tx.Bucket(usesBucket).Get(uuid) != nil {
			return ErrRepeated
		}
		if e.Key != "" && tx.Bucket(keysBucket).Get([]byte(e.Key)) != nil {
			return ErrChanged
		}
		c := changes{Tx: tx}
		c.closeLate(e.Session, time.Now())
		e.Version = 1
		c.write(e)
		return c.err
	})
	if err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	f.booked.free(e.Key)
	return nil
}

// closeLate forgets of some requests of a session that they are open: those that it is too late to open, of which the
// platform may never have been asked again. So the session's list stays short, however many it makes.
func (c *changes) closeLate(session string, now time.Time) {
	if session == "" {
		return
	}
	var late []string
	open, prefix := c.Bucket(openBucket).Cursor(), []byte(session)
	for k, at := open.Seek(prefix); bytes.HasPrefix(k, prefix) && len(late) < closesAtOnce; k, at = open.Next() {
		if string(at) <= moment(now) {
			late = append(late, string(k))
		}
	}
	for _, key := range late {
		c.remove(openBucket, key)
	}
}

func (f *File) Get(_ context.Context, uuid payload.UUID) (Entry, error) {
	var e Entry
	err := f.view(func(tx *bbolt.Tx) (err error) {
		e, err = read(tx, uuid)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("load request: %w", err)
	}
	return e, nil
}

// read returns a request as it is stored.
func read(tx *bbolt.Tx, uuid payload.UUID) (Entry, error) {
	var s stored
	found, err := get(tx, requestsBucket, string(uuid), &s)
	if !found {
		return Entry{}, ErrNotFound
	}
	s.Entry.Version = s.Version
	return s.Entry, err
}

func (f *File) Save(_ context.Context, e Entry, n News) (kept Entry, err error) {
	err = f.update(func(tx *bbolt.Tx) (err error) {
		kept, err = replace(tx, e, n)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("store request: %w", err)
	}
	f.turns.forgive(string(e.Order.UUID))
	return kept, nil
}

// replace stores a request as its next version, which it returns, with what that brings.
func replace(tx *bbolt.Tx, e Entry, n News) (Entry, error) {
	before, err := read(tx, e.Order.UUID)
	if err != nil {
		return Entry{}, err
	}
	if before.Version != e.Version {
		return Entry{}, ErrChanged
	}
	e.Version++
	c := changes{Tx: tx}
	c.news(e, n)
	c.write(e)
	return e, c.err
}

func (f *File) Claim(_ context.Context, e Entry, txid string, n News) (kept Entry, free bool, err error) {
	err = f.update(func(tx *bbolt.Tx) (err error) {
		kept, free = e, false
		uuid := []byte(e.Order.UUID)
		use, user := tx.Bucket(usesBucket).Get(uuid), tx.Bucket(txidsBucket).Get([]byte(txid))
		if use != nil && string(use) != txid || user != nil && !bytes.Equal(user, uuid) {
			return nil
		}
		free = true
		c := changes{Tx: tx}
		c.put(usesBucket, string(uuid), []byte(txid))
		if txid != "" {
			c.put(txidsBucket, txid, uuid)
		}
		if c.err != nil {
			return c.err
		}
		kept, err = replace(tx, e, n)
		return err
	})
	if err != nil {
		return Entry{}, false, fmt.Errorf("claim transaction: %w", err)
	}
	f.turns.forgive(string(e.Order.UUID))
	return kept, free, nil
}

func (f *File) ByReference(_ context.Context, reference string, most int) (some []payload.UUID, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		prefix := []byte(hash(reference))
		c := tx.Bucket(referencesBucket).Cursor()
		for k := last(c, prefix); bytes.HasPrefix(k, prefix) && len(some) < most; k, _ = c.Prev() {
			some = append(some, payload.UUID(k[len(prefix)+momentSize:]))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up reference: %w", err)
	}
	return some, nil
}

// last returns the last key that begins with prefix, or one before it.
func last(c *bbolt.Cursor, prefix []byte) (key []byte) {
	behind := append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, momentSize+1)...)
	if key, _ = c.Seek(behind); key == nil {
		key, _ = c.Last()
	} else {
		key, _ = c.Prev()
	}
	return key
}

func (f *File) All(_ context.Context, each func(Entry) error) error {
	var from []byte
	for {
		var some []Entry
		err := f.view(func(tx *bbolt.Tx) error {
			c := tx.Bucket(createdBucket).Cursor()
			k, _ := c.Seek(from)
			if k != nil && bytes.Equal(k, from) {
				k, _ = c.Next()
			}
			for ; k != nil && len(some) < part; k, _ = c.Next() {
				e, err := read(tx, payload.UUID(k[momentSize:]))
				if err != nil {
					return err
				}
				some, from = append(some, e), bytes.Clone(k)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("load requests: %w", err)
		}
		if len(some) == 0 {
			return nil
		}
		for _, e := range some {
			if err := each(e); err != nil {
				return err
			}
		}
	}
}

func (f *File) Token(_ context.Context, session string) (string, error) {
	var t userToken
	err := f.view(func(tx *bbolt.Tx) error {
		_, err := get(tx, tokensBucket, session, &t)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("load user token: %w", err)
	}
	return t.Token, nil
}

func (f *File) Deadlines(_ context.Context, session string, now time.Time) (all []time.Time, err error) {
	if session == "" {
		return nil, nil
	}
	err = f.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(openBucket).Cursor()
		prefix := []byte(session)
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			at := time.UnixMilli(int64(binary.BigEndian.Uint64(v)))
			if now.Before(at) {
				all = append(all, at)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count open requests: %w", err)
	}
	return all, nil
}
