package conform

import (
	"context"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// polling is about how often the platform is asked.
var polling = []rule{
	{about: about{
		"asking-often-is-cheap", "The platform allows an application some calls a minute, for all of its visitors together.",
		"Answer from memory where you can: ask the platform about one request a few times at once, and " +
			"then seldom.",
	}, needs: sandbox, try: askingOften},
	{about: about{
		"what-is-final-is-not-asked-for", "A page that stays open for a day asks for what cannot change any more.",
		"Answer what has come to its end from your own record.",
	}, needs: sandbox | payment, try: finalIsKept},
	{about: about{
		"strangers-cost-nothing", "Anybody can ask for a UUID: who does not own it must not use up the platform’s calls.",
		"Look who asks before you ask the platform.",
	}, needs: sandbox, try: strangersCostNothing},
	{about: about{
		"news-is-told-soon", "A visitor who has signed looks at the page, and presses again if nothing happens.",
		"Ask the platform anew when somebody asks after a quarter of a second, within the request’s share " +
			"of calls.",
	}, needs: sandbox, try: newsIsTold},
}

// cost is how many times the platform is asked while something is done.
func (b *backend) cost(ctx context.Context, uuid payload.UUID, do func() error) (int, error) {
	before, err := b.box.reads(ctx, uuid)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := b.box.reads(ctx, uuid)
	return after - before, err
}

func askingOften(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	const asked = 60
	n, err := b.cost(ctx, made.UUID, func() error {
		for range asked {
			if _, err := v.get(ctx, made.UUID); err != nil {
				return err
			}
			if err := sleep(ctx, 50*time.Millisecond); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && n > asked/3 {
		err = fmt.Errorf("%d calls in three seconds had the platform asked %d times, want at most %d", asked, n, asked/3)
	}
	return err
}

func finalIsKept(ctx context.Context, b *backend) error {
	v, r, err := b.paid(ctx)
	if err != nil {
		return err
	}
	n, err := b.cost(ctx, r.UUID, func() error {
		for range 5 {
			if err := sleep(ctx, 300*time.Millisecond); err != nil {
				return err
			}
			if _, err := v.get(ctx, r.UUID); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && n > 0 {
		err = fmt.Errorf("5 calls about what was verified had the platform asked %d times", n)
	}
	return err
}

func strangersCostNothing(ctx context.Context, b *backend) error {
	_, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	const asked = 5
	stranger := b.visitor()
	n, err := b.cost(ctx, made.UUID, func() error {
		for range asked {
			if _, err := stranger.send(ctx, "GET", one(made.UUID), ""); err != nil {
				return err
			}
			if err := sleep(ctx, 300*time.Millisecond); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && n > 1 { // one may be the backend's own look at what is open
		err = fmt.Errorf("%d calls by a stranger had the platform asked %d times", asked, n)
	}
	return err
}

func newsIsTold(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if _, err := v.get(ctx, made.UUID); err != nil {
		return err
	}
	if _, err := b.box.phone(ctx, made.UUID, "open"); err != nil {
		return err
	}
	began := time.Now()
	if _, err := v.await(ctx, made.UUID, "opened", func(r api.SignRequest) bool {
		return r.Status != payload.StatusPending
	}); err != nil {
		return err
	}
	if took := time.Since(began); took > 3*time.Second {
		return fmt.Errorf("it took %s until a visitor who asked four times a second was told that it was opened", took)
	}
	return nil
}
