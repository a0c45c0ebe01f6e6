package callback

import "time"

// pauses are those after the first attempts. All further ones are as long as the last.
var pauses = []time.Duration{
	10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour,
	6 * time.Hour,
}

// tryFor is how long after it was made a delivery is tried.
const tryFor = 3 * 24 * time.Hour

// Retry returns when a delivery that was made at one time is tried again, after so many attempts, the last of which
// has failed at another. It is the zero time if the delivery is given up.
func Retry(made, failed time.Time, attempts int) time.Time {
	next := failed.Add(pauses[min(max(attempts, 1), len(pauses))-1])
	if next.Sub(made) > tryFor {
		return time.Time{}
	}
	return next
}
