package conform

import (
	"context"
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// cancelling is about requests that nobody wants any more.
var cancelling = []rule{
	{about: about{
		"cancelling-ends-a-request", "A visitor who cancels makes a new request: the old one must not be paid as well.",
		"Cancel it at the platform, and answer with cancelled true, reason OK and status cancelled, then " +
			"and later.",
	}, try: cancellingEnds},
	{about: about{
		"cancelled-once", "A page may ask twice. What was cancelled before is over, and so a new one may be made.",
		"Answer 200 with cancelled false, the platform’s reason ALREADY_CANCELLED, and status cancelled.",
	}, try: cancelledOnce},
	{about: about{
		"an-opened-request-is-not-cancelled",
		"What is on the phone can still be signed: a new request could be paid besides.",
		"Answer with cancelled false, reason ALREADY_OPENED and status opened.",
	}, needs: sandbox, try: openedIsNotCancelled},
	{about: about{
		"a-verdict-is-not-cancelled", "Who has paid has paid, whatever he presses then.",
		"Answer with cancelled false, and the verdict as it was.",
	}, needs: sandbox | payment, try: verdictIsNotCancelled},
	{about: about{
		"declining-is-final", "A visitor who has declined on the phone is offered a new request.",
		"Answer with status rejected and verdict none once the platform says resolved and not signed.",
	}, needs: sandbox, try: decliningIsFinal},
	{about: about{
		"expiring-is-told", "A request that nobody has opened in time can be replaced by another.",
		"Answer with status expired once the platform says so, and with cancelled false to a DELETE.",
	}, needs: sandbox, try: expiringIsTold},
}

// wantCancellation wants that a request is cancelled so.
func (v *visitor) wantCancellation(
	ctx context.Context, uuid payload.UUID, cancelled bool, reason string, status payload.Status,
) error {
	c, err := v.cancel(ctx, uuid)
	if err != nil {
		return err
	}
	if c.Cancelled != cancelled || c.Reason != reason || c.Status != status {
		return fmt.Errorf("DELETE of a request says cancelled %t, reason %q and %s, want %t, %q and %s",
			c.Cancelled, c.Reason, stand(c.SignRequest), cancelled, reason, status)
	}
	r, err := v.get(ctx, uuid)
	if err == nil && r.Status != status {
		err = fmt.Errorf("after a DELETE that said %s, GET says %s", status, stand(r))
	}
	return err
}

func cancellingEnds(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if err := v.wantCancellation(ctx, made.UUID, true, "OK", payload.StatusCancelled); err != nil || b.box == nil {
		return err
	}
	if a, err := b.box.phone(ctx, made.UUID, "accept"); err == nil {
		return fmt.Errorf("a request that was cancelled is on the phone all the same, which has it %s", a.State)
	}
	return nil
}

func cancelledOnce(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if _, err := v.cancel(ctx, made.UUID); err != nil {
		return err
	}
	return v.wantCancellation(ctx, made.UUID, false, "ALREADY_CANCELLED", payload.StatusCancelled)
}

func openedIsNotCancelled(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if _, err := b.box.phone(ctx, made.UUID, "open"); err != nil {
		return err
	}
	return v.wantCancellation(ctx, made.UUID, false, "ALREADY_OPENED", payload.StatusOpened)
}

func verdictIsNotCancelled(ctx context.Context, b *backend) error {
	v, r, err := b.paid(ctx)
	if err != nil {
		return err
	}
	c, err := v.cancel(ctx, r.UUID)
	if err == nil && (c.Cancelled || c.Verdict != payload.VerdictVerified) {
		err = fmt.Errorf("DELETE of what is verified says cancelled %t and %s", c.Cancelled, stand(c.SignRequest))
	}
	return err
}

func decliningIsFinal(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if _, err := b.box.phone(ctx, made.UUID, "reject"); err != nil {
		return err
	}
	r, err := v.await(ctx, made.UUID, "rejected", status(payload.StatusRejected))
	if err == nil && r.Verdict != payload.VerdictNone {
		err = fmt.Errorf("what was declined is %s", stand(r))
	}
	return err
}

func expiringIsTold(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if err := b.box.faults(ctx, string(made.UUID), "expire-soon"); err != nil {
		return err
	}
	if _, err := v.await(ctx, made.UUID, "expired", status(payload.StatusExpired)); err != nil {
		return err
	}
	return v.wantCancellation(ctx, made.UUID, false, "ALREADY_EXPIRED", payload.StatusExpired)
}
