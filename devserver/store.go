package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	requestsBucket = []byte("requests") // UUID of a payload: its entry
	agesBucket     = []byte("ages")     // number of a request, counting up: its UUID
	tokensBucket   = []byte("tokens")   // fingerprint of a session: its userToken
	usesBucket     = []byte("uses")     // UUID of a payload that was verified: the txid of its transaction
	txidsBucket    = []byte("txids")    // txid of a transaction that was accepted: the UUID of its payload
)

// store is the server's memory, in one file. What it has accepted is on the disk: it survives the end of the process,
// whenever that comes.
//
// It keeps the newest requests up to a limit, and with each of them the user token that it brought. What was booked is
// never forgotten.
type store struct {
	db    *bbolt.DB
	limit uint64

	mu  sync.Mutex
	hot map[payload.UUID]*record // those that were asked for since the start
}

// userToken lets the application push requests to the phone of a session's user.
type userToken struct {
	Token string
	From  payload.UUID // the request that brought it
}

// openStore opens the store in dir, or makes one there. Only one process at a time can have it open.
func openStore(dir string, limit int) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of -data: %w", err)
	}
	db, err := bbolt.Open(filepath.Join(dir, "devserver.db"), 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open -data %s: another server is using it: end that one, or choose another folder", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open -data %s: %w", dir, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{requestsBucket, agesBucket, tokensBucket, usesBucket, txidsBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("prepare -data %s: %w", dir, err)
	}
	return &store{db: db, limit: uint64(limit), hot: map[payload.UUID]*record{}}, nil
}

func (s *store) close() error { return s.db.Close() }

// add stores a new request, and forgets the oldest if there are too many.
func (s *store) add(e entry) error {
	var forgotten []payload.UUID
	err := s.db.Update(func(tx *bbolt.Tx) error {
		ages := tx.Bucket(agesBucket)
		number, err := ages.NextSequence()
		if err != nil {
			return err
		}
		if err := ages.Put(binary.BigEndian.AppendUint64(nil, number), []byte(e.Order.UUID)); err != nil {
			return err
		}
		if err := put(tx, requestsBucket, string(e.Order.UUID), e); err != nil {
			return err
		}
		c := ages.Cursor()
		for k, uuid := c.First(); k != nil && binary.BigEndian.Uint64(k)+s.limit <= number; k, uuid = c.First() {
			forgotten = append(forgotten, payload.UUID(uuid))
			if err := forget(tx, string(uuid)); err != nil {
				return err
			}
			if err := c.Delete(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, uuid := range forgotten {
		delete(s.hot, uuid)
	}
	return nil
}

// forget removes a request and the user token that it brought.
func forget(tx *bbolt.Tx, uuid string) error {
	var e entry
	if _, err := get(tx, requestsBucket, uuid, &e); err != nil {
		return err
	}
	var t userToken
	if _, err := get(tx, tokensBucket, e.Session, &t); err != nil {
		return err
	}
	if string(t.From) == uuid {
		if err := tx.Bucket(tokensBucket).Delete([]byte(e.Session)); err != nil {
			return err
		}
	}
	return tx.Bucket(requestsBucket).Delete([]byte(uuid))
}

// get returns the one record of a request. Its error matches errNotFound if there is none.
func (s *store) get(uuid payload.UUID) (*record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.hot[uuid]; ok {
		return r, nil
	}
	var e entry
	var found bool
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		found, err = get(tx, requestsBucket, string(uuid), &e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load request: %w", err)
	}
	if !found {
		return nil, errNotFound
	}
	s.hot[uuid] = newRecord(e)
	return s.hot[uuid], nil
}

// save stores what has changed of a request, and the user token that it brought, if any.
func (s *store) save(e entry, token string) error {
	if err := s.db.Update(func(tx *bbolt.Tx) error { return replace(tx, e, token) }); err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	return nil
}

// book claims a payload and its transaction, and stores the entry that judged makes of the outcome, all or nothing.
// The txid is "" for what is bound to no transaction, so that the payload alone is claimed.
func (s *store) book(uuid payload.UUID, txid, token string, judged func(verify.Claim) entry) (entry, error) {
	var e entry
	err := s.db.Update(func(tx *bbolt.Tx) error {
		uses, txids := tx.Bucket(usesBucket), tx.Bucket(txidsBucket)
		use, user := uses.Get([]byte(uuid)), txids.Get([]byte(txid))
		if use != nil && string(use) != txid || user != nil && string(user) != string(uuid) {
			e = judged(verify.Taken)
			return replace(tx, e, token)
		}
		if err := uses.Put([]byte(uuid), []byte(txid)); err != nil {
			return err
		}
		if txid != "" {
			if err := txids.Put([]byte(txid), []byte(uuid)); err != nil {
				return err
			}
		}
		e = judged(verify.Booked)
		return replace(tx, e, token)
	})
	if err != nil {
		return entry{}, fmt.Errorf("book request: %w", err)
	}
	return e, nil
}

// replace stores a request, and the user token that it brought, if any, unless it was forgotten meanwhile.
func replace(tx *bbolt.Tx, e entry, token string) error {
	if tx.Bucket(requestsBucket).Get([]byte(e.Order.UUID)) == nil {
		return nil
	}
	if token != "" {
		if err := put(tx, tokensBucket, e.Session, userToken{token, e.Order.UUID}); err != nil {
			return err
		}
	}
	return put(tx, requestsBucket, string(e.Order.UUID), e)
}

// token returns the user token that a session's requests brought last, or "".
func (s *store) token(session string) (string, error) {
	var t userToken
	err := s.db.View(func(tx *bbolt.Tx) error {
		_, err := get(tx, tokensBucket, session, &t)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("load user token: %w", err)
	}
	return t.Token, nil
}

// unfinished lists the requests that may still change without anybody asking.
func (s *store) unfinished(now time.Time) ([]payload.UUID, error) {
	var all []payload.UUID
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(requestsBucket).ForEach(func(uuid, data []byte) error {
			var e entry
			if err := json.Unmarshal(data, &e); err != nil {
				return err
			}
			if e.unfinished(now) {
				all = append(all, payload.UUID(uuid))
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	return all, nil
}

func put(tx *bbolt.Tx, bucket []byte, key string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put([]byte(key), data)
}

func get(tx *bbolt.Tx, bucket []byte, key string, v any) (found bool, err error) {
	data := tx.Bucket(bucket).Get([]byte(key))
	if data == nil {
		return false, nil
	}
	return true, json.Unmarshal(data, v)
}
