package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/devserver/verify"
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

var errRepeated = errors.New("the platform has repeated the UUID of another request")

// store is the server's memory, in one file. What it has accepted is on the disk: it survives the end of the process,
// whenever that comes.
//
// Requests that may still come to something, and those that were verified, stay. Of the others it keeps the newest up
// to a limit, and with each the user token that it brought.
type store struct {
	*database
	secret []byte
	limit  uint64

	mu   sync.Mutex
	hot  map[payload.UUID]*record // those in use, and some that were
	most int                      // of them
}

// maxHot is how many records are kept in memory, besides those in use.
const maxHot = 500

// userToken lets the application push requests to the phone of a session's user.
type userToken struct {
	Token string
	From  payload.UUID // the request that brought it
}

// openStore opens the store in dir, or makes one there. Only one process at a time can have it open. It keeps limit
// requests besides those that it must keep. The function lost is called if it cannot go on remembering.
func openStore(dir string, limit int, lost func(error)) (*store, error) {
	buckets := [][]byte{
		requestsBucket, endsBucket, openBucket, keysBucket, tokensBucket, usesBucket, txidsBucket, secretsBucket,
	}
	db, err := openDatabase(dir, buckets, lost)
	if err != nil {
		return nil, err
	}
	s := &store{database: db, limit: uint64(limit), hot: map[payload.UUID]*record{}, most: maxHot}
	err = s.update(func(tx *bbolt.Tx) error {
		if err := migrate(tx); err != nil {
			return err
		}
		name := []byte("cookies")
		if s.secret = bytes.Clone(tx.Bucket(secretsBucket).Get(name)); s.secret != nil {
			return nil
		}
		s.secret = make([]byte, 32)
		rand.Read(s.secret)
		return tx.Bucket(secretsBucket).Put(name, s.secret)
	})
	if err != nil {
		s.close()
		return nil, fmt.Errorf("prepare -data %s: %w", dir, err)
	}
	return s, nil
}

// add stores a new request, and drops the oldest that may be dropped if there are too many. It refuses one that it
// already has.
func (s *store) add(e entry, now time.Time) error {
	var dropped []payload.UUID
	err := s.update(func(tx *bbolt.Tx) error {
		uuid := []byte(e.Order.UUID)
		if tx.Bucket(requestsBucket).Get(uuid) != nil || tx.Bucket(usesBucket).Get(uuid) != nil {
			return errRepeated
		}
		c, ends := changes{Tx: tx}, tx.Bucket(endsBucket)
		for c.write(e); c.err == nil && ends.Sequence() > s.limit; {
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
		return fmt.Errorf("store request: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, uuid := range dropped {
		delete(s.hot, uuid)
	}
	return nil
}

// get returns the one record of a request, to be given back with release. Its error matches errNotFound if there is
// none.
func (s *store) get(uuid payload.UUID) (*record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.hot[uuid]
	if !ok {
		var e entry
		err := s.view(func(tx *bbolt.Tx) error {
			found, err := get(tx, requestsBucket, string(uuid), &e)
			if err == nil && !found {
				return errNotFound
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("load request: %w", err)
		}
		s.cool()
		r = newRecord(e)
		s.hot[uuid] = r
	}
	r.users++
	r.used = time.Now()
	return r, nil
}

// cool makes room for a record in memory, at the cost of those that nobody has used for longest. The caller holds the
// lock.
func (s *store) cool() {
	if len(s.hot) < s.most {
		return
	}
	var idle []*record
	for _, r := range s.hot {
		if r.users == 0 {
			idle = append(idle, r)
		}
	}
	slices.SortFunc(idle, func(a, b *record) int { return a.used.Compare(b.used) })
	for _, r := range idle[:(len(idle)+1)/2] {
		delete(s.hot, r.uuid)
	}
}

// keep gives a record one more user, who gives it back with release.
func (s *store) keep(r *record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.users++
}

func (s *store) release(r *record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.users--
}

// save stores what has changed of a request, and the user token that it brought, if any.
func (s *store) save(e entry, token string) error {
	if err := s.update(func(tx *bbolt.Tx) error { return replace(tx, e, token) }); err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	return nil
}

// book claims a payload and its transaction, and stores the entry that judged makes of the outcome, all or nothing.
// The txid is "" for what is bound to no transaction, so that the payload alone is claimed.
func (s *store) book(uuid payload.UUID, txid, token string, judged func(verify.Claim) entry) (entry, error) {
	var e entry
	err := s.update(func(tx *bbolt.Tx) error {
		uses, txids := tx.Bucket(usesBucket), tx.Bucket(txidsBucket)
		use, user := uses.Get([]byte(uuid)), txids.Get([]byte(txid))
		if use != nil && string(use) != txid || user != nil && string(user) != string(uuid) {
			e = judged(verify.Taken)
			return replace(tx, e, token)
		}
		c := changes{Tx: tx}
		c.put(usesBucket, string(uuid), []byte(txid))
		if txid != "" {
			c.put(txidsBucket, txid, []byte(uuid))
		}
		if c.err != nil {
			return c.err
		}
		e = judged(verify.Booked)
		return replace(tx, e, token)
	})
	if err != nil {
		return entry{}, fmt.Errorf("book request: %w", err)
	}
	return e, nil
}

// token returns the user token that a session has, or "".
func (s *store) token(session string) (string, error) {
	var t userToken
	err := s.view(func(tx *bbolt.Tx) error {
		_, err := get(tx, tokensBucket, session, &t)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("load user token: %w", err)
	}
	return t.Token, nil
}

// made returns the request that was made for an idempotency key, or "".
func (s *store) made(key string) (payload.UUID, error) {
	var uuid payload.UUID
	err := s.view(func(tx *bbolt.Tx) error {
		uuid = payload.UUID(tx.Bucket(keysBucket).Get([]byte(key)))
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("look up idempotency key: %w", err)
	}
	return uuid, nil
}

// deadlines lists when the open requests of a session become too late to open.
func (s *store) deadlines(session string, now time.Time) ([]time.Time, error) {
	var all []time.Time
	err := s.view(func(tx *bbolt.Tx) error {
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

// unfinished lists the requests that may still change without anybody asking.
func (s *store) unfinished(now time.Time) ([]payload.UUID, error) {
	var all []payload.UUID
	err := s.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(endsBucket).Cursor()
		for k, _ := c.Seek([]byte(moment(now))); k != nil; k, _ = c.Next() {
			all = append(all, payload.UUID(k[8:]))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	slices.Reverse(all) // what was signed comes first
	return all, nil
}

// never is later than any moment.
const never = "\xff\xff\xff\xff\xff\xff\xff\xff"

// moment is a key that sorts by time.
func moment(t time.Time) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(max(0, t.UnixMilli()))))
}
