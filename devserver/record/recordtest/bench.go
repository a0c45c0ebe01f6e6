package recordtest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Benchmark measures what orders cost a record, from the creation to the end of the delivery, eight at a time on each
// processor.
func Benchmark(b *testing.B, r record.Record) {
	const server = "server"
	if err := r.Alive(b.Context(), server, time.Hour); err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	began := time.Now()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := life(b, r, server, payload.UUID(fmt.Sprint(n.Add(1)))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(n.Load())/time.Since(began).Seconds(), "orders/s")
}

// life is all that an order asks of a record that its visitor pays at once.
func life(b *testing.B, r record.Record, server string, uuid payload.UUID) error {
	ctx, now := b.Context(), time.Now()
	e := Entry(uuid, "session of "+string(uuid))
	e.Key, e.Order.Created, e.Deadline = "key of "+string(uuid), now, now.Add(time.Minute)
	share := record.Share{Of: e.Session, Burst: 10, Every: time.Second}
	_, _, reserve := r.Reserve(ctx, "", e.Key, now, e.Deadline)
	_, spend := r.Spend(ctx, now, record.Spending{Most: 1 << 30, Shares: []record.Share{share}})
	add := r.Add(ctx, e)
	e, get := r.Get(ctx, uuid)
	_, take := r.TakeOne(ctx, server, uuid)
	e, save := r.Save(ctx, checking(e), record.News{})
	told := record.Delivery{ID: string(uuid) + "-verified", UUID: uuid, Made: now, Due: now}
	_, free, claim := r.Claim(ctx, verified(e), "TX of "+string(uuid),
		record.News{Deliveries: []record.Delivery{told}})
	leave := r.Leave(ctx, server, uuid, time.Time{})
	told.Due, told.Done = time.Time{}, now
	tell := r.SaveDelivery(ctx, told)
	if !free && claim == nil {
		claim = errors.New("it was not free")
	}
	return errors.Join(reserve, spend, add, get, take, save, claim, leave, tell)
}
