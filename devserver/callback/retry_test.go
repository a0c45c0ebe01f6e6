package callback

import (
	"slices"
	"testing"
	"time"
)

func TestRetry(t *testing.T) {
	made := time.Now()
	var pauses []time.Duration
	last := made
	for attempts := 1; ; attempts++ {
		next := Retry(made, last, attempts)
		if next.IsZero() {
			break
		}
		pauses = append(pauses, next.Sub(last))
		last = next
	}
	growing := []time.Duration{
		10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour,
	}
	if len(pauses) < len(growing) || !slices.Equal(pauses[:len(growing)], growing) {
		t.Errorf("got pauses %v, want them to begin with %v", pauses, growing)
	}
	for _, pause := range pauses[min(len(growing), len(pauses)):] {
		if pause != 6*time.Hour {
			t.Errorf("got a pause of %v after those that grow, want 6h", pause)
		}
	}
	if after := last.Sub(made); after > 72*time.Hour || after < 66*time.Hour {
		t.Errorf("got the last attempt after %v, want it within the last 6 of 72 hours", after)
	}
}

// A server that was not running for a while tries a delivery that is too old once, and then gives it up.
func TestRetryOfAnOldDelivery(t *testing.T) {
	made := time.Now()
	for _, attempts := range []int{0, 1, 5, 1000} {
		if next := Retry(made, made.Add(72*time.Hour), attempts); !next.IsZero() {
			t.Errorf("after %d attempts: got another one at %v, want none", attempts, next)
		}
		if next := Retry(made, made, attempts); !next.After(made) {
			t.Errorf("after %d attempts: got the next one at %v, want it later than the last", attempts, next)
		}
	}
}
