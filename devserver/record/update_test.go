package record

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"go.etcd.io/bbolt"
)

// changing is how many changes wait.
func (f *File) changing() int {
	f.waiting.mu.Lock()
	defer f.waiting.mu.Unlock()
	return len(f.waiting.all)
}

func TestChangesAreWrittenTogether(t *testing.T) {
	f := open(t, t.TempDir())
	const many = 20
	failure := errors.New("failed")
	for _, fails := range []bool{false, true} {
		type result struct {
			n, transaction int
			err            error
		}
		results := make(chan result, many)
		f.mu.Lock()
		for n := range many {
			go func() {
				transaction := 0
				err := f.update(func(tx *bbolt.Tx) error {
					transaction = tx.ID()
					c := changes{Tx: tx}
					c.put(tokensBucket, fmt.Sprint(fails, n), []byte("token"))
					if fails && n == many/2 {
						return failure
					}
					return c.err
				})
				results <- result{n, transaction, err}
			}()
		}
		for f.changing() < many {
			runtime.Gosched()
		}
		f.mu.Unlock()
		transactions := map[int]bool{}
		for range many {
			r := <-results
			if r.err == nil {
				transactions[r.transaction] = true
			}
			if failed := fails && r.n == many/2; failed != (r.err == failure) || !failed && r.err != nil {
				t.Errorf("%d: got %v", r.n, r.err)
			}
		}
		if want := map[bool]int{false: 1, true: many - 1}[fails]; len(transactions) != want {
			t.Errorf("got %d transactions, want %d for changes one of which fails: %t", len(transactions), want, fails)
		}
	}
	mustUpdate(t, f, func(tx *bbolt.Tx) error {
		for n := range many {
			for _, fails := range []bool{false, true} {
				kept := tx.Bucket(tokensBucket).Get(fmt.Append(nil, fails, n)) != nil
				if kept == (fails && n == many/2) {
					t.Errorf("%d is kept: %t, although one failed: %t", n, kept, fails)
				}
			}
		}
		return nil
	})
}
