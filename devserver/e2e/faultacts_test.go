//go:build e2e

package e2e

import (
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What visitors and phones do.

func nothing(*journey) {}

func live(j *journey) { j.awaitLive() }

func signed(j *journey) {
	j.awaitLive()
	j.phone(j.t, j.uuid, "open", "accept")
}

func declined(j *journey) {
	j.awaitLive()
	j.phone(j.t, j.uuid, "open", "reject")
}

// cancelledThenSigned is a phone that had the request open when its visitor cancelled it.
func cancelledThenSigned(j *journey) {
	j.awaitLive()
	j.phone(j.t, j.uuid, "open")
	j.awaitPhase(payload.PhaseOpened)
	j.eval(`card.cancel()`, nil)
	j.awaitPhase(payload.PhaseCancelled)
	j.phone(j.t, j.uuid, "accept")
}

// forgedThenDeclined is a phone whose user declines what the page heard was signed.
func forgedThenDeclined(j *journey) {
	j.awaitPhase(payload.PhaseSigned)
	j.phone(j.t, j.uuid, "open", "reject")
}

// unheard is a phone that does not wait for the page.
func unheard(j *journey) { j.phone(j.t, j.uuid, "open", "accept") }

func unheardDeclined(j *journey) { j.phone(j.t, j.uuid, "open", "reject") }

// missed is a phone that is used most likely while nobody listens.
func missed(j *journey) {
	j.sees(payload.Reconnecting)
	j.phone(j.t, j.uuid, "open", "accept")
}

func openedThenMissed(j *journey) {
	j.awaitLive()
	j.phone(j.t, j.uuid, "open")
	j.sees(payload.Reconnecting)
	j.phone(j.t, j.uuid, "accept")
}

func signedLate(j *journey) {
	j.awaitPhase(payload.PhaseOpened)
	j.wantShown("line", "The code has expired")
	for _, connection := range j.seen {
		j.sees(connection)
	}
	j.phone(j.t, j.uuid, "accept")
}

// signedInSilence waits until the page has been told all that it asks for by itself.
func signedInSilence(j *journey) {
	j.awaitLive()
	j.phone(j.t, j.uuid, "open")
	j.await(`card.getDebugReport().asks >= 2`)
	j.phone(j.t, j.uuid, "accept")
}

// cameBack is a visitor who comes back from the phone.
func cameBack(j *journey) {
	signedInSilence(j)
	j.eval(`dispatchEvent(new Event('online'))`, nil)
}

// healed waits until the page has given up the attempt that hangs.
func healed(j *journey) {
	j.sees(payload.Polling)
	j.faults(j.uuid)
	j.phone(j.t, j.uuid, "open")
	j.awaitUnseen(connected(payload.Live), 15*time.Second)
	j.phone(j.t, j.uuid, "accept")
}

func hidden(j *journey) {
	j.sees(payload.Reconnecting)
	j.faults(j.uuid)
	j.phone(j.t, j.uuid, "open", "accept")
}

// signedThenHealed ends the fault when the page has told the visitor that the backend has to confirm.
func signedThenHealed(j *journey) {
	signed(j)
	j.awaitPhase(payload.PhaseSigned)
	j.faults(j.uuid)
}
