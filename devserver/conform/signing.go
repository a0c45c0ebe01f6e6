package conform

import (
	"context"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// signing is about what honest phones sign.
var signing = []rule{
	{about: about{
		"a-payment-is-verified", "Who has paid wants to see so, and the shop what it has got.",
		"Check what was signed on the ledger, and answer verified with txid, account and what was delivered.",
	}, needs: sandbox | payment, try: paymentIsVerified},
	{about: about{
		"a-sign-in-is-verified", "Who has signed in is who he says.",
		"Check the signature, and answer verified with the account. No ledger knows of a sign-in.",
	}, needs: sandbox | signIn, try: signInIsVerified},
	{about: about{
		"a-regular-key-may-sign", "Accounts of companies sign with a regular key, which the ledger knows of.",
		"Ask the ledger which keys may sign for the account.",
	}, needs: sandbox | payment, try: regularKey},
	{about: about{
		"nothing-is-verified-unsigned", "A link that was opened is no signature.",
		"Answer with the verdict none until the platform shows what was signed.",
	}, needs: sandbox | payment, try: nothingUnsigned},
	{about: about{
		"not-before-the-ledger",
		"What a phone has signed is paid only when a validated ledger has it: else goods go for nothing.",
		"Answer checking until a node shows the transaction in a validated ledger, for as long as that takes.",
	}, needs: sandbox | payment, alone: true, try: notBeforeTheLedger},
	{about: about{
		"a-late-signature-counts",
		"A request that was opened in time may be signed when its time is over: the money has moved.",
		"Have an opened request stay opened past its end, and take a signature that comes then.",
	}, needs: sandbox | payment, try: lateSignature},
}

func status(s payload.Status) func(api.SignRequest) bool {
	return func(r api.SignRequest) bool { return r.Status == s }
}

// awaitVerified asks for a request until it is verified, or is not.
func (v *visitor) awaitVerified(ctx context.Context, uuid payload.UUID) (api.SignRequest, error) {
	r, err := v.await(ctx, uuid, "a verdict", func(r api.SignRequest) bool { return r.Final() })
	if err == nil && r.Verdict != payload.VerdictVerified {
		err = fmt.Errorf("what was signed as asked for is %s", stand(r))
	}
	return r, err
}

// accepted is a visitor with a request that he has accepted on the phone, which errs in some ways.
func (b *backend) accepted(
	ctx context.Context, offer string, misbehave ...string,
) (*visitor, api.SignRequest, act, error) {
	v := b.visitor()
	made, err := v.create(ctx, offer)
	if err != nil {
		return nil, api.SignRequest{}, act{}, err
	}
	a, err := b.box.phone(ctx, made.UUID, "accept", misbehave...)
	return v, made, a, err
}

// paid is a visitor with a request that is verified.
func (b *backend) paid(ctx context.Context) (*visitor, api.SignRequest, error) {
	v, made, _, err := b.accepted(ctx, b.Payment)
	if err != nil {
		return nil, api.SignRequest{}, err
	}
	r, err := v.awaitVerified(ctx, made.UUID)
	return v, r, err
}

func paymentIsVerified(ctx context.Context, b *backend) error {
	v, made, a, err := b.accepted(ctx, b.Payment)
	if err != nil {
		return err
	}
	r, err := v.awaitVerified(ctx, made.UUID)
	if err != nil {
		return err
	}
	if r.Result.TxID != a.TxID || r.Result.Account != a.Account || r.Result.Amount != made.Summary.Amount ||
		r.Result.Destination != made.Summary.Destination {
		return fmt.Errorf("%s has paid %+v with transaction %s, and the result is %+v",
			a.Account, made.Summary, a.TxID, r.Result)
	}
	return nil
}

func signInIsVerified(ctx context.Context, b *backend) error {
	v, made, a, err := b.accepted(ctx, b.SignIn)
	if err != nil {
		return err
	}
	r, err := v.awaitVerified(ctx, made.UUID)
	if err == nil && r.Result.Account != a.Account {
		err = fmt.Errorf("%s has signed in, and the result is %+v", a.Account, r.Result)
	}
	return err
}

func regularKey(ctx context.Context, b *backend) error {
	v, made, _, err := b.accepted(ctx, b.Payment, "regular-key")
	if err != nil {
		return err
	}
	if _, err = v.awaitVerified(ctx, made.UUID); err != nil {
		err = fmt.Errorf("signed with a regular key that the ledger knows: %w", err)
	}
	return err
}

func nothingUnsigned(ctx context.Context, b *backend) error {
	v := b.visitor()
	made, err := v.create(ctx, b.Payment)
	if err != nil {
		return err
	}
	if _, err := b.box.phone(ctx, made.UUID, "open"); err != nil {
		return err
	}
	r, err := v.await(ctx, made.UUID, "opened", func(r api.SignRequest) bool {
		return r.Status != payload.StatusPending || r.Verdict != payload.VerdictNone
	})
	if err == nil && (r.Status != payload.StatusOpened || r.Verdict != payload.VerdictNone) {
		err = fmt.Errorf("what the phone has opened is %s", stand(r))
	}
	return err
}

// watching is how long a request is watched that must not be verified, and need not be unverified.
const watching = 4 * time.Second

// wantUnverified wants that a request is not verified for a while, and says where it stands then.
func (v *visitor) wantUnverified(
	ctx context.Context, uuid payload.UUID, while time.Duration,
) (r api.SignRequest, err error) {
	for began := time.Now(); time.Since(began) < while; {
		if r, err = v.get(ctx, uuid); err != nil || r.Verdict == payload.VerdictUnverified {
			return r, err
		}
		if r.Verdict == payload.VerdictVerified {
			return r, fmt.Errorf("it is verified")
		}
		if err := sleep(ctx, 250*time.Millisecond); err != nil {
			return r, err
		}
	}
	return r, nil
}

func notBeforeTheLedger(ctx context.Context, b *backend) (err error) {
	if err := b.box.faults(ctx, theNode, "busy"); err != nil {
		return err
	}
	v, made, _, err := b.accepted(ctx, b.Payment)
	if err == nil {
		var r api.SignRequest
		if r, err = v.wantUnverified(ctx, made.UUID, watching); err != nil || r.Verdict != payload.VerdictChecking {
			err = fmt.Errorf("while no node answers, what was signed is %s: %v", stand(r), err)
		}
	}
	if err := b.box.faults(ctx, theNode); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if _, err := v.awaitVerified(ctx, made.UUID); err != nil {
		return fmt.Errorf("when the node answers again: %w", err)
	}
	return nil
}

func lateSignature(ctx context.Context, b *backend) error {
	v := b.visitor()
	made, err := v.create(ctx, b.Payment)
	if err != nil {
		return err
	}
	if _, err := b.box.phone(ctx, made.UUID, "open"); err != nil {
		return err
	}
	if err := b.box.faults(ctx, string(made.UUID), "expire-soon"); err != nil {
		return err
	}
	if _, err = v.await(ctx, made.UUID, "less than no time left", func(r api.SignRequest) bool {
		return r.Over() || r.ExpiresIn != nil && *r.ExpiresIn < 0
	}); err != nil {
		return err
	}
	if r, err := v.get(ctx, made.UUID); err != nil || r.Status != payload.StatusOpened {
		return fmt.Errorf("a request that was opened, and whose time is over, is %s, want it opened still: %v", stand(r), err)
	}
	if _, err := b.box.phone(ctx, made.UUID, "accept"); err != nil {
		return err
	}
	_, err = v.awaitVerified(ctx, made.UUID)
	return err
}
