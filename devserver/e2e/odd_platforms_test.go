package e2e

import (
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the platform says may come in other forms than it usually does. A payment is verified all the same, a sign-in
// too, and a request can be cancelled.
func TestOddPlatforms(t *testing.T) {
	platform := startPlatform(t, quick)
	d := startOn(t, platform, platform)
	for _, fault := range []string{"rest-odd-types", "rest-odd-template", "rest-unknown-keys", "rest-sparse"} {
		t.Run(fault, func(t *testing.T) {
			c := d.visitor(t)
			for _, demo := range []string{"pay", "sign-in"} {
				setFaults(t, platform, "next", fault)
				made := create(t, c, demo)
				d.accept(t, made.UUID, everyday)
				if a := await(t, c, made.UUID); a.Verdict != payload.VerdictVerified {
					t.Errorf("%s: got %+v, want it verified", demo, a)
				}
			}
			setFaults(t, platform, "next", fault)
			r, err := c.Cancel(t.Context(), create(t, c, "pay").UUID)
			if err != nil || r.Status != payload.StatusCancelled {
				t.Errorf("cancel: got %+v, %v, want it cancelled", r, err)
			}
		})
	}
}
