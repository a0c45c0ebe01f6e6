package subscribe

import "time"

// alarm rings at a time that is set again and again. Each time it is another timer: the runtime for browsers may
// overlook one whose [time.Timer.Reset] moves it forward. When it wakes up for a timer that was stopped or put off
// meanwhile, it sleeps on until the first one of its heap, in which those that were reset still have their old places.
type alarm struct {
	timer *time.Timer // nil: it does not ring
}

func (a *alarm) set(at time.Time) {
	a.stop()
	a.timer = time.NewTimer(time.Until(at))
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}

// rings is what the alarm is heard by, until it is set anew.
func (a *alarm) rings() <-chan time.Time {
	if a.timer == nil {
		return nil
	}
	return a.timer.C
}
