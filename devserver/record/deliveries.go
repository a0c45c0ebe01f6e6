package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func (f *File) TakeDeliveries(
	_ context.Context, server string, now time.Time, most int,
) (some []Delivery, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(toTellBucket).Cursor()
		for k, _ := c.First(); k != nil && string(k[:momentSize]) <= moment(now) && len(some) < most; k, _ = c.Next() {
			id := string(k[momentSize:])
			if !f.turns.takeDue(server, id, now) {
				continue
			}
			d, err := readDelivery(tx, id)
			if err != nil {
				return err
			}
			some = append(some, d)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take deliveries: %w", err)
	}
	return some, nil
}

func (f *File) SaveDelivery(_ context.Context, d Delivery) error {
	err := f.update(func(tx *bbolt.Tx) error {
		before, err := readDelivery(tx, d.ID)
		if err != nil {
			return err
		}
		c := changes{Tx: tx}
		c.lead(before.places(), d.places())
		c.putJSON(deliveriesBucket, d.ID, d)
		return c.err
	})
	if err != nil {
		return fmt.Errorf("store delivery: %w", err)
	}
	f.turns.forget(d.ID)
	return nil
}

func (f *File) Delivery(_ context.Context, id string) (d Delivery, err error) {
	err = f.view(func(tx *bbolt.Tx) (err error) {
		d, err = readDelivery(tx, id)
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("load delivery: %w", err)
	}
	return d, nil
}

// readDelivery returns a delivery as it is stored.
func readDelivery(tx *bbolt.Tx, id string) (d Delivery, err error) {
	found, err := get(tx, deliveriesBucket, id, &d)
	if !found {
		return Delivery{}, ErrNotFound
	}
	return d, err
}

func (f *File) Deliveries(
	_ context.Context, uuid payload.UUID, after string, most int,
) (some []Delivery, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		if uuid != "" {
			c := changes{Tx: tx}
			all := c.deliveriesOf(uuid)
			if c.err != nil {
				return c.err
			}
			some, err = page(all, after, most)
			return err
		}
		c := tx.Bucket(toldBucket).Cursor()
		k, _ := c.Last()
		if after != "" {
			d, err := readDelivery(tx, after)
			if err != nil {
				return err
			}
			c.Seek([]byte(moment(d.Made) + after))
			k, _ = c.Prev()
		}
		for ; k != nil && len(some) < most; k, _ = c.Prev() {
			d, err := readDelivery(tx, string(k[momentSize:]))
			if err != nil {
				return err
			}
			some = append(some, d)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return some, nil
}

func (f *File) Waiting(context.Context) (n int, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		n = tx.Bucket(toTellBucket).Stats().KeyN
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count deliveries: %w", err)
	}
	return n, nil
}

// page is a part of the few deliveries that tell of one request, the newest first.
func page(all []Delivery, after string, most int) ([]Delivery, error) {
	slices.SortStableFunc(all, func(a, b Delivery) int {
		return strings.Compare(moment(b.Made)+b.ID, moment(a.Made)+a.ID)
	})
	if after != "" {
		at := slices.IndexFunc(all, func(d Delivery) bool { return d.ID == after })
		if at < 0 {
			return nil, ErrNotFound
		}
		all = all[at+1:]
	}
	return all[:min(most, len(all))], nil
}
