package subscribe

import (
	"testing"
	"time"
)

// A timer that was stopped, and others that ring later, do not keep an alarm from ringing that was moved forward.
func TestAlarmMovedForward(t *testing.T) {
	const soon, guard = 200 * time.Millisecond, 5 * time.Second
	for range 8 { // so that the runtime does not tidy up for the one that is stopped
		defer time.AfterFunc(guard, func() {}).Stop()
	}
	var a alarm
	defer a.stop()
	a.set(time.Now().Add(time.Hour))
	other := time.AfterFunc(soon/2, func() { t.Error("rang, want it stopped") })
	moved := make(chan struct{})
	go func() {
		other.Stop()
		close(moved)
	}()
	select {
	case <-a.rings():
		t.Fatal("rang before it was set")
	case <-moved:
	}
	began := time.Now()
	a.set(began.Add(soon))
	<-a.rings()
	if took := time.Since(began); took >= guard {
		t.Errorf("rang after %v, want that after %v", took, soon)
	}
}
