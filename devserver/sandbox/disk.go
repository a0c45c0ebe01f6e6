package sandbox

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// The file of Config.Data is a copy of what is in memory: all is read at the start, and what changes
// is written, in one piece, before anybody hears of it.

var (
	payloadsBucket = []byte("payloads") // by uuid: storedPayload
	entriesBucket  = []byte("entries")  // by ledger and index: entry
	restBucket     = []byte("rest")     // restKey: rest
	restKey        = []byte("rest")
)

type storedPayload struct {
	payload
	App        string // its key
	Identified bool
}

// rest is everything else.
type rest struct {
	Tokens    map[string]*userToken
	Issued    map[string]string // uuid of a payload
	Earlier   map[string]signature
	NotFounds []time.Time
	Ledger    *ledger
}

// openData opens the file, or makes it, and reads what is in it.
func (p *Platform) openData(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make folder of the sandbox's data: %w", err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return fmt.Errorf("open %s: another sandbox is using it", path)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{payloadsBucket, entriesBucket, restBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return p.load(tx)
	})
	if err != nil {
		db.Close()
		return fmt.Errorf("read %s: %w", path, err)
	}
	p.db = db
	return nil
}

func (p *Platform) load(tx *bbolt.Tx) error {
	data := tx.Bucket(restBucket).Get(restKey)
	if data == nil {
		return nil // it is new
	}
	err := tx.Bucket(payloadsBucket).ForEach(func(_, data []byte) error { return p.store.load(data) })
	if err != nil {
		return fmt.Errorf("load payloads: %w", err)
	}
	slices.SortFunc(p.store.order, func(a, b *payload) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.UUID, b.UUID))
	})
	r := rest{Tokens: p.store.tokens, Earlier: p.earlier, Ledger: p.ledger}
	// A map is read into, so those of the new ledger have to go.
	r.Ledger.Accounts, r.Ledger.Open = nil, nil
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("load ledger and tokens: %w", err)
	}
	p.notFounds = r.NotFounds
	for key, uuid := range r.Issued {
		p.store.issued[key] = p.store.payloads[uuid]
	}
	err = tx.Bucket(entriesBucket).ForEach(func(_, data []byte) error { return p.ledger.load(data) })
	if err != nil {
		return fmt.Errorf("load transactions: %w", err)
	}
	return nil
}

func (s *store) load(data []byte) error {
	var stored storedPayload
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	pl := &stored.payload
	i := slices.IndexFunc(apps, func(a app) bool { return a.key == stored.App })
	if i < 0 {
		return fmt.Errorf("unknown application %s", stored.App)
	}
	pl.app = &apps[i]
	d := json.NewDecoder(bytes.NewReader(pl.Template))
	d.UseNumber()
	if err := d.Decode(&pl.tx); err != nil {
		return err
	}
	pl.txType = pl.tx.text("TransactionType")
	s.put(pl, stored.Identified)
	return nil
}

func (l *ledger) load(data []byte) error {
	var e entry
	if err := json.Unmarshal(data, &e); err != nil {
		return err
	}
	if _, err := decodeBlob(e.Blob); err != nil {
		return err
	}
	e.hash = txID(e.Blob)
	l.add(&e)
	return nil
}

// save writes what has changed, a payload among it. It comes before the message, answer or webhook that
// tells of the change; without it there must be none, so if it fails the platform ends. The caller holds
// Platform.mu.
func (p *Platform) save(pl *payload) error {
	if p.db != nil {
		if err := p.db.Update(func(tx *bbolt.Tx) error { return p.write(tx, pl) }); err != nil {
			p.closed = true
			p.cancel()
			p.log.Error("the sandbox ends: it cannot store what happens", "err", err)
			return fmt.Errorf("store payload: %w", err)
		}
	}
	for _, gone := range p.store.forgotten {
		delete(p.faults, gone.UUID)
		for s := range p.sockets[gone.UUID] {
			s.enqueue(frame{then: hangUp})
		}
	}
	p.store.forgotten, p.ledger.unsaved, p.ledger.forgotten = nil, nil, nil
	return nil
}

func (p *Platform) write(tx *bbolt.Tx, pl *payload) error {
	payloads, entries := tx.Bucket(payloadsBucket), tx.Bucket(entriesBucket)
	if p.store.payloads[pl.UUID] == pl { // and not forgotten meanwhile
		stored := storedPayload{payload: *pl, App: pl.app.key, Identified: p.store.identified(pl)}
		if err := payloads.Put([]byte(pl.UUID), marshal(stored)); err != nil {
			return err
		}
	}
	for _, gone := range p.store.forgotten {
		if err := payloads.Delete([]byte(gone.UUID)); err != nil {
			return err
		}
	}
	for _, e := range p.ledger.unsaved {
		if err := entries.Put(e.key(), marshal(e)); err != nil {
			return err
		}
	}
	for _, e := range p.ledger.forgotten {
		if err := entries.Delete(e.key()); err != nil {
			return err
		}
	}
	r := rest{Tokens: p.store.tokens, Issued: map[string]string{}, Earlier: p.earlier, NotFounds: p.notFounds, Ledger: p.ledger}
	for key, pl := range p.store.issued {
		r.Issued[key] = pl.UUID
	}
	return tx.Bucket(restBucket).Put(restKey, marshal(r))
}

func (e *entry) key() []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, e.Ledger), e.Index)
}
