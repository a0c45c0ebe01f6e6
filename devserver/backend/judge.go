package backend

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// statusOf reads the platform's booleans. The order is what makes it right for each of their combinations: a payload
// that was opened in time may be signed after it expired, and one that was signed expires all the same.
func statusOf(m xaman.Meta) payload.Status {
	switch {
	case m.Resolved && m.Signed:
		return payload.StatusSigned
	case m.Resolved:
		return payload.StatusRejected
	case m.Cancelled:
		return payload.StatusCancelled
	case m.AppOpened:
		return payload.StatusOpened
	case m.Expired:
		return payload.StatusExpired
	}
	return payload.StatusPending
}

// usedUp is the transaction that a verified payload uses up, or "" for a sign-in without a mark: its blob says nothing
// of the occasion, so that an account signs the same one every time. It counts for its payload alone.
func usedUp(o verify.Order, b *verify.Blob) (txid string) {
	if o.SignIn() && !o.Marked() {
		return ""
	}
	return b.TxID()
}

func unsigned(uuid payload.UUID, s payload.Status) payload.Answer {
	return payload.Answer{UUID: uuid, Status: s, Verdict: payload.VerdictNone, Checks: []payload.Check{}}
}

// judge brings a request's answer up to date with a payload and the evidence in next: its checks are computed once, and
// if nothing else is missing, the record is asked for the claim. Nothing that the phone reported is passed on before it
// is verified.
func (b *Backend) judge(ctx context.Context, h held, next record.Entry, p xaman.Payload) error {
	next.Answer = unsigned(next.Order.UUID, statusOf(p.Meta))
	if next.Answer.Status == payload.StatusSigned {
		next.Answer.Checks = verify.Checks(next.Order, p, b.read(h, p), next.Evidence)
		next.Answer.Verdict = verify.Verdict(next.Answer.Checks)
	}
	if h.Answer.Status == payload.StatusCancelled && !p.Meta.Resolved {
		next.Answer.Status = payload.StatusCancelled // the platform's replicas may have yet to hear of it
	}
	next.Signed = nil
	token := p.Application.IssuedUserToken
	switch {
	case verify.Claimable(next.Answer.Checks):
		return b.claim(ctx, h, next, token)
	case next.Checking():
		next.Signed = &p
		if !h.Checking() {
			next.Since = time.Now()
		}
	}
	return b.update(ctx, h, outlived(h.Entry, next, time.Now()), token)
}

// read returns the blob of a payload, which is read only if it is another than before.
func (b *Backend) read(h held, p xaman.Payload) *verify.Blob {
	if h.blob == nil || h.blob.Hex != p.Response.Hex {
		h.blob = b.readBlob(p.Response.Hex)
	}
	return h.blob
}

// outlived notes of a request that the platform has shown when it was due, and that may be signed still, that it is too
// late to open, and when it was looked at once more, that the platform is asked no longer.
func outlived(before, next record.Entry, now time.Time) record.Entry {
	due := before.Due()
	if next.Open() && !next.Announced && !due.IsZero() && !now.Before(due) && !now.Before(next.Deadline) {
		next.Late, next.Closed = true, before.Late
	}
	return next
}

// claim has a request count, or fail if its transaction has counted before.
func (b *Backend) claim(ctx context.Context, h held, next record.Entry, token string) error {
	verified, taken := next, next
	verified.Answer.Checks = verify.Claimed(next.Answer.Checks, true)
	verified.Answer.Verdict = payload.VerdictVerified
	verified.Answer.Result = verify.Result(next.Order, h.blob, next.Evidence)
	if txid := verified.Answer.Result.TxID; txid != "" {
		verified.Answer.Result.Explorer = b.platform.Explorer(next.Order.Network, txid)
	}
	kept, free, err := b.record.Claim(ctx, verified, usedUp(next.Order, h.blob), b.news(h.Entry, verified, token))
	if err != nil {
		return err
	}
	if free {
		b.became(h, kept)
		return nil
	}
	taken.Answer.Checks = verify.Claimed(next.Answer.Checks, false)
	taken.Answer.Verdict = payload.VerdictUnverified
	return b.update(ctx, h, taken, token)
}

// update stores what changed of a request before anybody hears of it. The time that is left and an answer's evidence
// change all the time, and are not worth a write of their own.
func (b *Backend) update(ctx context.Context, h held, next record.Entry, token string) error {
	same := next
	if same.Evidence = h.Evidence; next.Deadline.Sub(h.Deadline).Abs() < jitter {
		same.Deadline = h.Deadline
	}
	news := b.news(h.Entry, next, token)
	if news.Token == "" && reflect.DeepEqual(same, h.Entry) {
		h.become(next)
		return nil
	}
	kept, err := b.record.Save(ctx, next, news)
	if err == nil {
		b.became(h, kept)
	}
	return err
}

// jitter is how far the platform's word on the time that is left may be off.
const jitter = 5 * time.Second

// became takes over what was stored of a request, and has those told who are to be.
func (b *Backend) became(h held, kept record.Entry) {
	b.changed(h.Entry, kept)
	if event(h.Entry, kept) != "" {
		b.wakeDeliveries()
	}
	h.become(kept)
	h.readAt = time.Now()
}

// decide does what changes a request, and does it again on what is known then if another server has changed it
// meanwhile.
func (b *Backend) decide(ctx context.Context, h held, change func() error) (err error) {
	for range decisions {
		if err = change(); !errors.Is(err, record.ErrChanged) {
			break
		}
		if err := b.reread(ctx, h); err != nil {
			return err
		}
	}
	return err
}

// decisions is how often one is made anew, at most.
const decisions = 5
