package payload_test

import (
	"slices"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// names returns what is put on the wire for each value.
func names[T ~string](values ...T) (all []string) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// The names that backends rely on. Those of pages are in site/xaman-sign-request.d.ts, which a test compares.
func TestNames(t *testing.T) {
	tests := map[string]struct{ got, want []string }{
		"statuses": {
			names(payload.StatusPending, payload.StatusOpened, payload.StatusSigned, payload.StatusRejected,
				payload.StatusExpired, payload.StatusCancelled),
			[]string{"pending", "opened", "signed", "rejected", "expired", "cancelled"},
		},
		"verdicts": {
			names(payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified, payload.VerdictUnverified),
			[]string{"none", "checking", "verified", "unverified"},
		},
		"outcomes": {
			names(payload.Pass, payload.Fail, payload.Pending, payload.Skipped), []string{"pass", "fail", "pending", "skipped"},
		},
	}
	for kind, test := range tests {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: got %q, want %q", kind, test.got, test.want)
		}
	}
}
