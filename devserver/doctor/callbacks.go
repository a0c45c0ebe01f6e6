package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// callbacks sends what nobody has signed: who receives verdicts has to refuse that.
func (v *visit) callbacks(ctx context.Context) []Finding {
	names := slices.Sorted(maps.Keys(v.Callbacks))
	found := make([]Finding, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { found[i] = v.callback(ctx, name) })
	}
	all.Wait()
	return found
}

func (v *visit) callback(ctx context.Context, name string) Finding {
	f := Finding{About: "callback " + name}
	status, _, err := v.post(ctx, v.Callbacks[name])
	switch {
	case err != nil:
		f.Says = fmt.Sprintf("It does not answer: start your program, and look whether the address is right (%v).", err)
	case status < 300:
		f.Says = fmt.Sprintf("It answers with status %d to what nobody has signed: have it check the signature, or anybody "+
			"can tell it that an order is paid.", status)
	case status < 400:
		f.Says = fmt.Sprintf("It leads elsewhere with status %d, which is not followed: configure the address that it "+
			"leads to.", status)
	case status == 404 || status == 405 || status == 410:
		f.Says = fmt.Sprintf("It answers with status %d: look whether the path is right and takes POST.", status)
	case status >= 500:
		f.Says = fmt.Sprintf("It answers with status %d to what nobody has signed: look into your program's log.", status)
	default:
		f.Well, f.Says = true, fmt.Sprintf("It refuses what nobody has signed, with status %d.", status)
	}
	return f
}
