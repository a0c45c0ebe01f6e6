package record

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	requestsBucket = []byte("requests") // UUID of a payload: its entry
	endsBucket     = []byte("ends")     // when a request may be dropped, and its UUID; its sequence is their number
	openBucket     = []byte("open")     // fingerprint of a session, and UUID of an open request of it: its deadline
	keysBucket     = []byte("keys")     // idempotency key, as the server knows it: UUID of the request it made
	tokensBucket   = []byte("tokens")   // fingerprint of a session: its userToken
	usesBucket     = []byte("uses")     // UUID of a payload that was verified: the txid of its transaction
	txidsBucket    = []byte("txids")    // txid of a transaction that was accepted: the UUID of its payload
	secretsBucket  = []byte("secrets")  // what the server's cookies are signed with
)

// File is a [Record] in a file in one folder. It takes no notice of contexts: it waits for nothing but the disk.
type File struct {
	*database
	secret []byte
	limit  uint64
}

// What a new request makes superfluous is removed in small steps, so that no visitor waits for the removal of much.
const (
	dropsAtOnce  = 10
	closesAtOnce = 50
)

// userToken lets the application push requests to the phone of a session's user.
type userToken struct {
	Token string
	From  payload.UUID // the request that brought it
}

// Open opens the record in the folder dir, or makes one there. Only one process at a time can have it open. It keeps
// limit requests besides those that it must keep. The function lost is called if it cannot go on remembering. The
// errors are sentences that say what a person can do, and call the folder by the flag -data.
func Open(dir string, limit int, lost func(error)) (*File, error) {
	buckets := [][]byte{
		requestsBucket, endsBucket, openBucket, keysBucket, tokensBucket, usesBucket, txidsBucket, secretsBucket,
	}
	db, err := openDatabase(dir, buckets, lost)
	if err != nil {
		return nil, err
	}
	f := &File{database: db, limit: uint64(limit)}
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

// Close closes the file, after which all methods but Secret fail.
func (f *File) Close() error { return f.close() }

func (f *File) Secret() []byte { return f.secret }

func (f *File) Add(_ context.Context, e Entry, now time.Time) (dropped []payload.UUID, err error) {
	err = f.update(func(tx *bbolt.Tx) error {
		uuid := []byte(e.Order.UUID)
		if tx.Bucket(requestsBucket).Get(uuid) != nil || tx.Bucket(usesBucket).Get(uuid) != nil {
			return ErrRepeated
		}
		c, ends := changes{Tx: tx}, tx.Bucket(endsBucket)
		c.closeLate(e.Session, now)
		for c.write(e); c.err == nil && ends.Sequence() > f.limit && len(dropped) < dropsAtOnce; {
			end, _ := ends.Cursor().First()
			if string(end) >= moment(now) {
				break
			}
			uuid := payload.UUID(end[8:])
			c.drop(uuid)
			dropped = append(dropped, uuid)
		}
		return c.err
	})
	if err != nil {
		return nil, fmt.Errorf("store request: %w", err)
	}
	return dropped, nil
}

func (f *File) Get(_ context.Context, uuid payload.UUID) (Entry, error) {
	var e Entry
	err := f.view(func(tx *bbolt.Tx) error {
		found, err := get(tx, requestsBucket, string(uuid), &e)
		if !found {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("load request: %w", err)
	}
	return e, nil
}

func (f *File) Save(_ context.Context, e Entry, token string) error {
	if err := f.update(func(tx *bbolt.Tx) error { return replace(tx, e, token) }); err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	return nil
}

func (f *File) Claim(_ context.Context, e Entry, txid, token string) (free bool, err error) {
	err = f.update(func(tx *bbolt.Tx) error {
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
		return cmp.Or(c.err, replace(tx, e, token))
	})
	if err != nil {
		return false, fmt.Errorf("claim transaction: %w", err)
	}
	return free, nil
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

func (f *File) Made(_ context.Context, key string) (payload.UUID, error) {
	var uuid payload.UUID
	err := f.view(func(tx *bbolt.Tx) error {
		uuid = payload.UUID(tx.Bucket(keysBucket).Get([]byte(key)))
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("look up idempotency key: %w", err)
	}
	return uuid, nil
}

func (f *File) Deadlines(_ context.Context, session string, now time.Time) ([]time.Time, error) {
	var all []time.Time
	err := f.view(func(tx *bbolt.Tx) error {
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

func (f *File) Unfinished(
	_ context.Context, now time.Time, from string, most int,
) (some []payload.UUID, rest string, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(endsBucket).Cursor()
		k, _ := c.Seek([]byte(from))
		if from == "" || k == nil {
			k, _ = c.Last() // what was signed comes first
		} else {
			k, _ = c.Prev()
		}
		for ; k != nil && string(k) >= moment(now); k, _ = c.Prev() {
			if len(some) == most {
				return nil
			}
			some, rest = append(some, payload.UUID(k[8:])), string(k)
		}
		rest = ""
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("load requests: %w", err)
	}
	return some, rest, nil
}

// never is later than any moment.
const never = "\xff\xff\xff\xff\xff\xff\xff\xff"

// moment is a key that sorts by time.
func moment(t time.Time) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(max(0, t.UnixMilli()))))
}
