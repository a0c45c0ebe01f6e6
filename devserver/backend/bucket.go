package backend

import "time"

// bucket limits how often something is done: at once up to a burst, and then at a steady rate. The zero value is full.
type bucket struct {
	used float64 // of the burst
	at   time.Time
}

// wait returns how long it is until one more may be used.
func (b *bucket) wait(now time.Time, burst int, every time.Duration) time.Duration {
	b.used = max(0, b.used-float64(now.Sub(b.at))/float64(every))
	b.at = now
	return time.Duration(max(0, b.used+1-float64(burst)) * float64(every))
}
