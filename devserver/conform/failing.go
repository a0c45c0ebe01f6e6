package conform

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// failing is about a platform that has its bad days.
var failing = []rule{
	{about: about{
		"a-young-request-is-not-lost",
		"The platform’s databases may not know a new request for a while: the card would give up.",
		"Take the platform’s 404 for an answer only some seconds after the creation; until then, say what " +
			"is known.",
	}, needs: sandbox, alone: true, try: youngRequest},
	{about: about{
		"a-failing-platform-ends-nothing", "A failure of the platform says nothing of the request: it may have been paid.",
		"Answer with the last that is known and stale true, or 503 platform-unavailable, and keep the request.",
	}, needs: sandbox, try: failingPlatform},
	{about: about{
		"a-platform-that-is-down-is-told",
		"A visitor can try again if he is told, and a page that reads a stack trace cannot.",
		"Answer 503 platform-unavailable, in the contract’s words, while the platform cannot be reached.",
	}, needs: sandbox, alone: true, try: platformDown},
	{about: about{
		"an-odd-platform-is-understood",
		"The platform has changed its types and left out fields before: who has paid has paid.",
		"Read numbers that are texts, booleans that are 0 and 1, more keys and fewer, and compare values, " +
			"not texts.",
	}, needs: sandbox | payment, try: oddPlatform},
}

func youngRequest(ctx context.Context, b *backend) error {
	if err := b.box.faults(ctx, nextRequest, "early-404"); err != nil {
		return err
	}
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	for range 3 {
		x, err := v.calm(ctx, "GET", one(made.UUID), "")
		if err != nil {
			return err
		}
		if x.status == http.StatusNotFound {
			return fmt.Errorf("right after its creation, %s", x)
		}
		if err := sleep(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	_, err = v.await(ctx, made.UUID, "pending", status(payload.StatusPending))
	return err
}

func failingPlatform(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	for _, fault := range []string{"rest-500", "rest-429"} {
		if err := b.box.faults(ctx, string(made.UUID), fault); err != nil {
			return err
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
		x, err := v.send(ctx, "GET", one(made.UUID), "")
		if err != nil {
			return err
		}
		r, err := read(x)
		known := err == nil && r.Status == payload.StatusPending
		if !known && x.status != http.StatusServiceUnavailable && x.status != http.StatusTooManyRequests {
			return fmt.Errorf("while the platform answers with %s, %s", fault, x)
		}
	}
	if err := b.box.faults(ctx, string(made.UUID)); err != nil {
		return err
	}
	_, err = v.await(ctx, made.UUID, "pending", status(payload.StatusPending))
	return err
}

func platformDown(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if err := b.box.faults(ctx, string(made.UUID), "platform-restarted"); err != nil {
		return err
	}
	x, err := v.send(ctx, "POST", api.Collection, b.body(name))
	if err := wantRefusal(x, err, http.StatusServiceUnavailable, api.PlatformUnavailable); err != nil {
		return fmt.Errorf("while the platform cannot be reached, %w", err)
	}
	if err := sleep(ctx, 3*time.Second); err != nil {
		return err
	}
	if _, err := v.create(ctx, name); err != nil {
		return fmt.Errorf("when the platform is back: %w", err)
	}
	return nil
}

func oddPlatform(ctx context.Context, b *backend) error {
	for _, faults := range [][]string{
		{"rest-odd-types"}, {"rest-odd-template", "rest-unknown-keys"}, {"rest-sparse"},
	} {
		v := b.visitor()
		made, err := v.create(ctx, b.Payment)
		if err != nil {
			return err
		}
		if err := b.box.faults(ctx, string(made.UUID), faults...); err != nil {
			return err
		}
		if _, err := b.box.phone(ctx, made.UUID, "accept"); err != nil {
			return err
		}
		if _, err := v.awaitVerified(ctx, made.UUID); err != nil {
			return fmt.Errorf("with the sandbox’s %s: %w", strings.Join(faults, " and "), err)
		}
	}
	return nil
}
