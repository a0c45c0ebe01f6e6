package sandbox

import "time"

// callsPerMinute is more than the 60 to 200 calls the real platform grants, so that only a client
// that polls in a tight loop meets it.
const callsPerMinute = 600

// limiter counts calls in a sliding minute.
type limiter struct {
	limit int
	calls []time.Time
}

// take admits one call at now, if the limit allows it, and says how many more would be admitted.
func (l *limiter) take(now time.Time) (remaining int, ok bool) {
	old := 0
	for old < len(l.calls) && now.Sub(l.calls[old]) >= time.Minute {
		old++
	}
	l.calls = append(l.calls[:0], l.calls[old:]...)
	if len(l.calls) >= l.limit {
		return 0, false
	}
	l.calls = append(l.calls, now)
	return l.limit - len(l.calls), true
}
