package sandbox

import (
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// core is the engine behind its lock, with the file that keeps what it knows.
type core struct {
	tell func(engine.Output) // everybody; in the order in which things happen, as it is called under the lock
	fail func(error)         // is told that nothing can be stored

	mu     sync.Mutex
	engine *engine.Engine
	disk   *disk // nil if nothing is kept
}

// step has the engine do something. What came of it is stored before anybody is told of it; what cannot be stored is
// heard of by nobody, and nothing happens after it. It returns the error of do, or why it cannot be stored.
func (c *core) step(do func(e *engine.Engine, now time.Time) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := do(c.engine, time.Now())
	out := c.engine.Take()
	if c.disk != nil && len(out.Changed)+len(out.Forgotten) > 0 {
		if failed := c.disk.write(out, c.engine.Memory()); failed != nil {
			c.fail(failed)
			return failed
		}
	}
	c.tell(out)
	return err
}

func (c *core) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.disk == nil {
		return nil
	}
	return c.disk.db.Close()
}
