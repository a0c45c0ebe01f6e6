package qr_test

import (
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/qr"
)

// A link becomes the drawing that a page shows.
func Example() {
	code, err := qr.Encode("https://xumm.app/sign/4e3f2a52-4a5c-4f0b-9f3e-0d3b3c6f8a11", qr.Medium)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf(`<svg viewBox="0 0 %d %[1]d"><path d="%.25s…"/></svg>`, code.Side(), code.Path())

	// Output: <svg viewBox="0 0 41 41"><path d="m4 4h7v7h-7zm8 0h1v2h1v-1…"/></svg>
}
