//go:build js && wasm

package browser

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// emit hands one flat object to the element, which makes an event of it.
func (c *card) emit(kind string, more map[string]any) {
	detail := map[string]any{
		"type":       kind,
		"uuid":       string(c.input.State.UUID),
		"phase":      string(cmp.Or(c.shown.Phase, payload.PhaseWaiting)), // nothing is shown before the first error
		"connection": string(c.shown.Connection),
	}
	if kind == "settled" {
		// Until it is verified, who signed what is only what somebody said.
		var verified payload.Result
		if c.shown.Phase == payload.PhaseVerified {
			verified = c.input.State.Answer.Result
		}
		detail["account"], detail["txid"] = verified.Account, verified.TxID
	}
	for key, value := range more {
		detail[key] = value
	}
	_, err := c.options.emit.Invoke(detail)
	c.page.note(err)
}

// report tells the page's developer what went wrong.
func (c *card) report(err error) { c.complain(err, false) }

// complain reports an error, which is fatal if there is nothing more to come of the request.
func (c *card) complain(err error, fatal bool) {
	code := string(codeOf(err))
	c.journal.fault(code, err)
	detail := map[string]any{"code": code, "message": err.Error(), "fatal": fatal}
	if fatal {
		detail["connection"] = string(payload.Closed)
	}
	c.emit("error", detail)
}

// codeOf returns the stable code of an error. Codes of the backend are passed on as they are.
func codeOf(err error) payload.Code {
	var ours *payload.Error
	var backend *api.Error
	switch {
	case errors.As(err, &ours):
		return ours.Code
	case errors.As(err, &backend):
		return backend.Code
	}
	return payload.Internal
}

func panicked(r any) error {
	return &payload.Error{Code: payload.Internal, Message: fmt.Sprint("panic: ", r)}
}
