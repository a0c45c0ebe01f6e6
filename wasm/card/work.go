package card

import "context"

// apart does what needs a deep stack, and waits for it. A goroutine that waits for most of its life keeps the deepest
// stack that it ever had for long, and a page may have many.
func apart(work func()) {
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		work()
	}()
	if r := <-done; r != nil {
		panic(r)
	}
}

// ended takes the end of a subscription or of other work. That fails only through a defect, unless ctx has ended.
func (c *Card) ended(ctx context.Context, err error) {
	if err != nil {
		c.result(ctx, func() bool { c.broken = err; return false })
	}
}

// later does work on a goroutine of its own, and its outcome on the card's.
func (c *Card) later(ctx context.Context, work func(context.Context) (outcome func() (renew bool))) {
	c.working.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				c.ended(ctx, panicked(r))
			}
		}()
		c.result(ctx, work(ctx))
	})
}

// result has something done on the card's goroutine, unless ctx has ended.
func (c *Card) result(ctx context.Context, outcome func() (renew bool)) {
	if ctx.Err() != nil {
		return
	}
	select {
	case c.results <- outcome:
	case <-ctx.Done():
	}
}
