//go:build js && wasm

package browser

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"
)

// writeClipboard needs a click that was not long ago, and a page on https or on this machine.
func writeClipboard(ctx context.Context, text string) error {
	navigator, err := safejs.Global().Get("navigator")
	if err != nil {
		return fmt.Errorf("find clipboard: %w", err)
	}
	clipboard, err := property(navigator, "clipboard")
	if err != nil {
		return fmt.Errorf("find clipboard: %w", err)
	}
	promise, err := callOn(clipboard, "writeText", text)
	if err != nil {
		return fmt.Errorf("write clipboard: %w", err)
	}
	if _, err := await(ctx, promise); err != nil {
		return fmt.Errorf("write clipboard: %w", err)
	}
	return nil
}
