package record_test

import (
	"testing"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/record/recordtest"
)

func TestFile(t *testing.T) {
	recordtest.Test(t, func(t *testing.T) record.Record {
		f, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	})
}

func BenchmarkFile(b *testing.B) {
	f, err := record.Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	recordtest.Benchmark(b, f)
}
