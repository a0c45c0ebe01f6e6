//go:build js && wasm

package browser

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"
)

// copyTo returns a function that writes to the clipboard. It needs a click that was not long ago, and a page on https
// or on this machine.
func copyTo(navigator safejs.Value) func(ctx context.Context, text string) error {
	return func(ctx context.Context, text string) error {
		clipboard, err := property(navigator, "clipboard")
		if err != nil {
			return fmt.Errorf("find clipboard: %w", err)
		}
		promise, err := callOn(clipboard, "writeText", text)
		if err == nil {
			_, err = await(ctx, promise)
		}
		if err != nil {
			return fmt.Errorf("write clipboard: %w", err)
		}
		return nil
	}
}
