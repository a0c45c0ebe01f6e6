package api

import (
	"errors"
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// consistent returns why an answer is not accepted: a word that the contract does not know, or a verdict that
// its own checks contradict. Its error completes a sentence that begins with "backend's answer".
func consistent(a payload.Answer) error {
	switch a.Status {
	case payload.StatusPending, payload.StatusOpened, payload.StatusSigned, payload.StatusRejected,
		payload.StatusExpired, payload.StatusCancelled:
	default:
		return errors.New("has no known status")
	}
	if a.Verdict != payload.VerdictNone && a.Status != payload.StatusSigned {
		return errors.New("has a verdict on what is not signed")
	}
	outcomes := map[string]payload.Outcome{}
	failed := false
	for _, c := range a.Checks {
		switch c.Outcome {
		case payload.Fail:
			failed = true
		case payload.Pass, payload.Pending, payload.Skipped:
		default:
			return errors.New("has a check with no known outcome")
		}
		if _, twice := outcomes[c.Name]; twice {
			return fmt.Errorf("has the check %.40q twice", c.Name)
		}
		outcomes[c.Name] = c.Outcome
	}
	switch a.Verdict {
	case payload.VerdictNone:
	case payload.VerdictChecking:
		if failed {
			return errors.New("is still checking what has failed")
		}
	case payload.VerdictUnverified:
		if !failed {
			return errors.New("is unverified without a failed check")
		}
	case payload.VerdictVerified:
		for _, name := range Checks {
			switch outcome := outcomes[name]; {
			case outcome == payload.Pass, outcome == payload.Skipped && Skippable(name):
			default:
				return fmt.Errorf("is verified without the check %q", name)
			}
		}
		if len(outcomes) > len(Checks) {
			return errors.New("is verified with a check that the contract does not know")
		}
	default:
		return errors.New("has no known verdict")
	}
	return nil
}
