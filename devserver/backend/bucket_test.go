package backend

import (
	"testing"
	"time"
)

func TestBucket(t *testing.T) {
	var b bucket
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	steps := []struct {
		after time.Duration
		want  bool
	}{
		{0, true}, {0, true}, {0, false}, // the burst
		{900 * time.Millisecond, false}, {100 * time.Millisecond, true}, {0, false}, // one a second
		{time.Hour, true}, {0, true}, {0, false}, // never more than the burst
	}
	for i, s := range steps {
		now = now.Add(s.after)
		got := b.wait(now, 2, time.Second) == 0
		if got {
			b.used++
		}
		if got != s.want {
			t.Errorf("step %d: got %v, want %v", i, got, s.want)
		}
	}
}
