// Command wasm is the browser's side of xaman-live. It hands mount to the loader and then lives as long as the page.
package main

import (
	"context"

	"github.com/xaman-live/xaman-live/wasm/browser"
)

// ready is the function that loader.js sets on the program's global object, for as long as the program starts.
const ready = "xamanLiveReady"

func main() {
	ctx := context.Background()
	m, err := browser.NewMounter(ctx)
	if err == nil {
		err = m.Publish(ready)
	}
	if err != nil {
		panic(err) // the loader reports the end of the program
	}
	<-ctx.Done() // never: the program ends with the page
}
