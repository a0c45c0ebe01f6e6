package socket

import (
	"errors"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// A browser reports an error before the end, of a socket that is being closed as well. The library takes an error as a
// reason to close, within the browser's callback: there it would wait for the close that is under way, and that for the
// end, which the browser reports when its callback has returned.
func TestErrorWhileClosing(t *testing.T) {
	for range 5 {
		c := dialed(t, "spoil")
		wantFrame(t, c, payloadtest.Welcome)
		c.Close()
		if _, err := c.Read(); !errors.Is(err, ErrClosed) {
			t.Errorf("read error is %v, want ErrClosed", err)
		}
	}
}
