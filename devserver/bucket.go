package main

import "time"

// bucket limits how often something is done: at once up to a burst, and then at a steady rate. The zero value is full.
type bucket struct {
	used float64 // of the burst
	at   time.Time
}

func (b *bucket) take(now time.Time, burst int, every time.Duration) bool {
	b.used = max(0, b.used-float64(now.Sub(b.at))/float64(every))
	b.at = now
	if b.used+1 > float64(burst) {
		return false
	}
	b.used++
	return true
}
