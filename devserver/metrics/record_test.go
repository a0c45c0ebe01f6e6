package metrics

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// broken is a record of which each call fails. It is written out, so that no new one is forgotten.
type broken struct{ err error }

var _ record.Record = broken{}

type (
	ctx   = context.Context
	entry = record.Entry
	uuid  = payload.UUID
	tell  = record.Delivery
)

func (b broken) Secret() []byte                                        { return nil }
func (b broken) Shared() bool                                          { return false }
func (b broken) Ping(ctx) error                                        { return b.err }
func (b broken) Add(ctx, entry) error                                  { return b.err }
func (b broken) Get(ctx, uuid) (entry, error)                          { return entry{}, b.err }
func (b broken) Save(ctx, entry, record.News) (entry, error)           { return entry{}, b.err }
func (b broken) ByReference(ctx, string, int) ([]uuid, error)          { return nil, b.err }
func (b broken) All(ctx, func(entry) error) error                      { return b.err }
func (b broken) Token(ctx, string) (string, error)                     { return "", b.err }
func (b broken) Deadlines(ctx, string, time.Time) ([]time.Time, error) { return nil, b.err }
func (b broken) Free(ctx, string) error                                { return b.err }
func (b broken) Alive(ctx, string, time.Duration) error                { return b.err }
func (b broken) Take(ctx, string, time.Time, int) ([]uuid, error)      { return nil, b.err }
func (b broken) TakeOne(ctx, string, uuid) (bool, error)               { return false, b.err }
func (b broken) Leave(ctx, string, uuid, time.Time) error              { return b.err }
func (b broken) Waiting(ctx) (int, error)                              { return 0, b.err }
func (b broken) SaveDelivery(ctx, tell) error                          { return b.err }
func (b broken) Delivery(ctx, string) (tell, error)                    { return tell{}, b.err }
func (b broken) Deliveries(ctx, uuid, string, int) ([]tell, error)     { return nil, b.err }

func (b broken) Claim(ctx, entry, string, record.News) (entry, bool, error) {
	return entry{}, false, b.err
}

func (b broken) Reserve(ctx, string, string, time.Time, time.Time) (uuid, bool, error) {
	return "", false, b.err
}

func (b broken) TakeDeliveries(ctx, string, time.Time, int) ([]tell, error) { return nil, b.err }

func (b broken) Spend(ctx, time.Time, record.Spending) (time.Duration, error) { return 0, b.err }

func (b broken) Purge(ctx, time.Time, record.Ages, int) ([]uuid, error) { return nil, b.err }

// callAll calls all methods of a record that may fail, and fails the test if one does so in another way than it should.
func callAll(t *testing.T, r record.Record, want error) (calls int) {
	t.Helper()
	v := reflect.ValueOf(r)
	for i := range v.NumMethod() {
		kind := v.Method(i).Type()
		// Nobody waits for All but who exports.
		if name := v.Type().Method(i).Name; kind.NumIn() == 0 || name == "All" {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 1; n < kind.NumIn(); n++ {
			args = append(args, reflect.Zero(kind.In(n)))
		}
		results := v.Method(i).Call(args)
		if err, _ := results[len(results)-1].Interface().(error); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", v.Type().Method(i).Name, err, want)
		}
		calls++
	}
	return calls
}

func TestErrorsOfTheRecord(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		kind string // "": it is none
	}{
		{"away", fmt.Errorf("load: %w", record.ErrAway), "away"},
		{"broken", errors.New("disk full"), "failed"},
		{"nothing", nil, ""},
		{"not found", record.ErrNotFound, ""},
		{"changed", record.ErrChanged, ""},
		{"repeated", record.ErrRepeated, ""},
		{"visitor has left", context.Canceled, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := New()
			calls := callAll(t, m.Record(broken{tt.err}), tt.err)
			if calls < 20 {
				t.Fatalf("got only %d calls", calls)
			}
			want := map[string]float64{}
			if tt.kind != "" {
				want["kind="+tt.kind] = float64(calls)
			}
			if got := values(t, m, "xaman_live_record_errors_total"); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
