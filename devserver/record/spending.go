package record

import (
	"time"
)

// Spending is a call to the platform that somebody wants to make.
type Spending struct {
	Most   int     // calls of all in a minute, this one included, beyond which it is refused
	Shares []Share // that it uses up
}

// Share limits how often something is done: at once up to a burst, and then at a steady rate.
type Share struct {
	Of    string // what it limits
	Burst int
	Every time.Duration
}

// Full is what is known of a share: when all of it can be used again. It is in the past for one that is not known.
type Full map[string]time.Time

const (
	minute     = 60 // seconds
	crowdWaits = 5 * time.Second
)

// Book decides on a spending after so many calls of all in the last minute. It returns how long to wait if that is
// refused, or else what is known of its shares then.
func (s Spending) Book(now time.Time, calls int, known Full) (then Full, wait time.Duration) {
	if calls >= s.Most {
		return nil, crowdWaits
	}
	then = Full{}
	for _, share := range s.Shares {
		full := known[share.Of]
		burst := time.Duration(share.Burst) * share.Every
		// No share is full later than after its burst, unless the clock was set back. By more than a minute, that says
		// nothing any more.
		if full.Before(now) || full.Sub(now) > burst+minute*time.Second {
			full = now
		}
		full = full.Add(share.Every)
		if wait := full.Sub(now) - burst; wait > 0 {
			return nil, wait
		}
		then[share.Of] = full
	}
	return then, 0
}
