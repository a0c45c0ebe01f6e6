package record

import (
	"os"
	"sync"

	"go.etcd.io/bbolt"
)

// Writing to the disk takes most of the time of a change. Those that come while one is written wait, and are written
// together by the first of them.

// change is one of the database.
type change struct {
	do      func(*bbolt.Tx) error
	written bool // or failed, as err says
	err     error
}

// changesWaiting are those that nobody has begun to write.
type changesWaiting struct {
	mu  sync.Mutex
	all []*change
}

func (w *changesWaiting) add(c *change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, c)
}

func (w *changesWaiting) take() (all []*change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all, w.all = w.all, nil
	return all
}

// update changes the database, all or nothing. What it has changed is on the disk when it returns nil. The function do
// may be called a second time, if what it has changed was taken back.
func (d *database) update(do func(*bbolt.Tx) error) error {
	c := &change{do: do}
	d.waiting.add(c)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !c.written {
		d.write(d.waiting.take())
	}
	return c.err
}

// write makes some changes in one transaction, or if one of them fails, each in its own. The caller holds the lock.
func (d *database) write(all []*change) {
	together := func(tx *bbolt.Tx) error {
		for _, c := range all {
			if err := c.do(tx); err != nil {
				return err
			}
		}
		return nil
	}
	alone := len(all) == 1 || d.commit(together) != nil
	for _, c := range all {
		if alone {
			c.err = d.commit(c.do)
		}
		c.written = true
	}
}

// commit makes a change. The caller holds the lock.
func (d *database) commit(do func(*bbolt.Tx) error) error {
	return d.use(func() error {
		if err := d.bolt.Update(do); err != nil {
			return err
		}
		if now, err := os.Stat(d.path); err != nil || !os.SameFile(now, d.file) {
			return errVanished
		}
		return nil
	})
}
