package card

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// emit tells the page's scripts.
func (c *Card) emit(kind string, more map[string]any) {
	event := map[string]any{
		"type":       kind,
		"uuid":       string(c.input.State.UUID),
		"phase":      string(cmp.Or(c.shown.Phase, payload.PhaseWaiting)), // nothing is shown before the first error
		"connection": string(c.shown.Connection),
	}
	if kind != "error" {
		// Until it is verified, who signed what is only what somebody said.
		var verified payload.Result
		if c.shown.Phase == payload.PhaseVerified {
			verified = c.input.State.Answer.Result
		}
		event["account"], event["txid"] = verified.Account, verified.TxID
	}
	maps.Copy(event, more)
	c.opts.Page.Emit(event)
}

// complain tells the page's developer what went wrong. It is fatal if there is nothing more to come of the request.
func (c *Card) complain(err error, fatal bool) {
	code := string(codeOf(err))
	c.journal.failed(code, err)
	c.publish()
	more := map[string]any{"code": code, "message": err.Error(), "fatal": fatal}
	if fatal {
		more["connection"] = string(payload.Closed)
	}
	c.emit("error", more)
}

// codeOf returns the stable code of an error. Codes of the backend are passed on as they are.
func codeOf(err error) payload.Code {
	if ours, ok := errors.AsType[*payload.Error](err); ok {
		return ours.Code
	}
	if backend, ok := errors.AsType[*api.Error](err); ok {
		return backend.Code
	}
	return payload.Internal
}

func panicked(r any) error {
	return &payload.Error{Code: payload.Internal, Message: fmt.Sprint("panic: ", r)}
}

// position is what cards of one request tell each other, in this page and in the site's other tabs: how far they are.
// No card believes another one, but one that is at another phase asks the backend.
func position(uuid payload.UUID, phase payload.Phase) string {
	return string(uuid) + " " + string(phase)
}

// Hear takes what another card has given to [Options].Tell.
func (c *Card) Hear(message string) {
	now := c.published.Load()
	if uuid, _, _ := strings.Cut(message, " "); uuid == string(now.uuid) && message != position(now.uuid, now.phase) {
		c.call(hint)
	}
}
