package subscribe

import (
	"fmt"
	"sync"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// workers are the goroutines of a subscription. The first that panics is reported to failed.
type workers struct {
	sync.WaitGroup
	failed func(error)
}

func (w *workers) run(work func()) {
	w.Go(func() {
		defer caught(w.failed)
		work()
	})
}

// caught is deferred to hand a panic on as an error.
func caught(to func(error)) {
	if r := recover(); r != nil {
		to(&payload.Error{Code: payload.Internal, Message: fmt.Sprint("panic: ", r)})
	}
}
