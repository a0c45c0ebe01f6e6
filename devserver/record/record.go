package record

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What errors of a [Record] match. Any other error says that it could not be asked or written, and nothing was changed.
var (
	ErrNotFound = errors.New("there is no such sign request")
	ErrRepeated = errors.New("the platform has repeated the UUID of another request")
)

// Record is what a backend remembers. Its methods may be called at the same time. Each that writes does so all or
// nothing, and has written when it returns nil.
//
// Requests that may still come to something, and those that were verified, stay. Of the others the newest stay up to a
// limit, each with the user token that it brought.
type Record interface {
	// Secret returns what the backend's cookies are signed with: 32 random bytes, always the same ones.
	Secret() []byte
	// Add keeps a new request. It drops the oldest that may be dropped at that time if there are too many, and returns
	// them. The error matches ErrRepeated if its UUID is known, or has counted.
	Add(ctx context.Context, e Entry, now time.Time) (dropped []payload.UUID, err error)
	// Get returns a request as it was saved last. The error matches ErrNotFound if there is none.
	Get(ctx context.Context, uuid payload.UUID) (Entry, error)
	// Save replaces what is kept of a request, unless that was dropped. A token that is not "" is the user token that the
	// request brought, for the session that follows its own.
	Save(ctx context.Context, e Entry, token string) error
	// Claim is Save for a verified request, if its transaction has counted for no other and it has counted for no other
	// transaction, which is so from then on. If that is not free, it changes nothing. The txid is "" for what is bound to
	// no transaction: then the request alone is claimed.
	Claim(ctx context.Context, e Entry, txid, token string) (free bool, err error)
	// Token returns the user token of a session, or "".
	Token(ctx context.Context, session string) (string, error)
	// Made returns the request that was made for an idempotency key, or "".
	Made(ctx context.Context, key string) (payload.UUID, error)
	// Deadlines lists when the open requests of a session become too late to open, of those that are not yet.
	Deadlines(ctx context.Context, session string, now time.Time) ([]time.Time, error)
	// Unfinished lists the requests that may still change without anybody asking, those that were signed first: at most
	// so many, from a place in the list on, "" for its beginning. The rest is the place behind them, "" at the end.
	Unfinished(ctx context.Context, now time.Time, from string, most int) (some []payload.UUID, rest string, err error)
}
