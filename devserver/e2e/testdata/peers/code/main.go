//go:build js && wasm

// Command code makes codes as the program does, so that a page can time it beside others.
package main

import (
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/qr"
)

// A link as the platform's.
const link = "https://xumm.app/sign/f57fc8ad-0fd9-4b73-8e50-3e3a5a1b6b0f"

// draw makes the code of the link so often, and returns how long its drawing is in bytes.
//
//go:wasmexport draw
func draw(times int32) (length int32) {
	for range times {
		m, err := qr.Encode(link, qr.Medium)
		if err != nil {
			panic(err)
		}
		side := m.Side()
		const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"><path d="%s"/></svg>`
		length = int32(len(fmt.Sprintf(svg, side, side, m.Path())))
	}
	return length
}

func main() { select {} }
