package verify

import (
	"slices"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// The page believes a verified answer only with the checks that the contract names.
func TestChecksAreThoseOfTheContract(t *testing.T) {
	var got []string
	for _, c := range payment(t).checks() {
		got = append(got, c.Name)
	}
	if !slices.Equal(got, api.Checks) {
		t.Errorf("got checks %q, want %q", got, api.Checks)
	}
}
