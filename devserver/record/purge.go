package record

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func (f *File) Purge(
	_ context.Context, now time.Time, ages Ages, most int,
) (dropped []payload.UUID, err error) {
	if ages == (Ages{}) {
		return nil, nil
	}
	err = f.update(func(tx *bbolt.Tx) error {
		c := changes{Tx: tx}
		dropped = nil
		old := c.over(endedBucket, now, ages.Ended, most)
		old = append(old, c.over(verifiedBucket, now, ages.Verified, most-len(old))...)
		for _, e := range old {
			c.drop(e)
			dropped = append(dropped, e.Order.UUID)
		}
		return c.err
	})
	if err != nil {
		return nil, fmt.Errorf("drop requests: %w", err)
	}
	for _, uuid := range dropped {
		f.turns.forget(string(uuid))
	}
	return dropped, nil
}

// over returns some of the requests that a table lists by when they ended, and that are older than age.
func (c *changes) over(bucket []byte, now time.Time, age time.Duration, most int) (some []Entry) {
	if age == 0 {
		return nil
	}
	before := moment(now.Add(-age))
	cursor := c.Bucket(bucket).Cursor()
	for k, _ := cursor.First(); k != nil && string(k[:momentSize]) < before && len(some) < most; k, _ = cursor.Next() {
		uuid := payload.UUID(k[momentSize:])
		toMake := func(d Delivery) bool { return !d.Due.IsZero() }
		if slices.ContainsFunc(c.deliveriesOf(uuid), toMake) {
			continue
		}
		e, err := read(c.Tx, uuid)
		if c.err = cmp.Or(c.err, err); c.err != nil {
			return nil
		}
		some = append(some, e)
	}
	return some
}
