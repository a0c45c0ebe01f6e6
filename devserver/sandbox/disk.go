package sandbox

import (
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

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

var (
	payloadsBucket = []byte("payloads") // by uuid: engine.Payload
	includedBucket = []byte("entries")  // by ledger and index: engine.Included
	restBucket     = []byte("rest")     // restKey: engine.Memory
	restKey        = []byte("rest")
)

// disk is the file of Config.Data, a copy of what is in memory: all is read at the start, and what changes is written,
// in one piece, before anybody hears of it.
type disk struct{ db *bbolt.DB }

// openDisk opens the file, or makes it.
func openDisk(path string) (*disk, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the sandbox's data: %w", err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open %s: another sandbox is using it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &disk{db}, nil
}

// load has a new engine go on with what is in the file.
func (d *disk) load(now time.Time, e *engine.Engine) error {
	err := d.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{payloadsBucket, includedBucket, restBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		data := tx.Bucket(restBucket).Get(restKey)
		if data == nil {
			return nil // it is new
		}
		var memory engine.Memory
		if err := json.Unmarshal(data, &memory); err != nil {
			return fmt.Errorf("load ledger and tokens: %w", err)
		}
		payloads, err := all[engine.Payload](tx.Bucket(payloadsBucket))
		if err != nil {
			return fmt.Errorf("load payloads: %w", err)
		}
		slices.SortFunc(payloads, func(a, b *engine.Payload) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.UUID, b.UUID))
		})
		included, err := all[engine.Included](tx.Bucket(includedBucket))
		if err != nil {
			return fmt.Errorf("load transactions: %w", err)
		}
		return e.Restore(now, payloads, memory, included)
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", d.db.Path(), err)
	}
	return nil
}

// all decodes what is in a bucket.
func all[V any](b *bbolt.Bucket) (values []*V, err error) {
	err = b.ForEach(func(_, data []byte) error {
		values = append(values, new(V))
		return json.Unmarshal(data, values[len(values)-1])
	})
	return values, err
}

func (d *disk) write(out engine.Output, memory engine.Memory) error {
	err := d.db.Update(func(tx *bbolt.Tx) (err error) {
		payloads, included := tx.Bucket(payloadsBucket), tx.Bucket(includedBucket)
		for uuid, pl := range out.Changed {
			err = cmp.Or(err, payloads.Put([]byte(uuid), engine.JSON(pl)))
		}
		for _, pl := range out.Forgotten {
			err = cmp.Or(err, payloads.Delete([]byte(pl.UUID)))
		}
		for _, one := range out.Included {
			err = cmp.Or(err, included.Put(includedKey(one), engine.JSON(one)))
		}
		for _, one := range out.Dropped {
			err = cmp.Or(err, included.Delete(includedKey(one)))
		}
		return cmp.Or(err, tx.Bucket(restBucket).Put(restKey, engine.JSON(memory)))
	})
	if err != nil {
		return fmt.Errorf("store payload: %w", err)
	}
	return nil
}

func includedKey(e *engine.Included) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, e.Ledger), e.Index)
}
