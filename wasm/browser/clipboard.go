//go:build js && wasm

package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/hack-pad/safejs"
)

// copyLink puts the link on the clipboard, or where that is forbidden, in a field from which the visitor can copy it.
func (c *card) copyLink(ctx context.Context) {
	if err := writeClipboard(ctx, c.input.Link); err == nil {
		c.input.CopiedUntil = time.Now().Add(2 * time.Second)
		return
	}
	c.face.field.show(true)
	c.face.field.call("focus")
	c.face.field.call("select")
}

func writeClipboard(ctx context.Context, text string) error {
	navigator, err := safejs.Global().Get("navigator")
	if err != nil {
		return fmt.Errorf("find clipboard: %w", err)
	}
	clipboard, err := navigator.Get("clipboard")
	if err != nil {
		return fmt.Errorf("find clipboard: %w", err)
	}
	promise, err := clipboard.Call("writeText", text) // undefined on an insecure page
	if err != nil {
		return fmt.Errorf("write clipboard: %w", err)
	}
	if _, err := await(ctx, promise); err != nil {
		return fmt.Errorf("write clipboard: %w", err)
	}
	return nil
}
