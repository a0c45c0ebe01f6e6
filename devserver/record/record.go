package record

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What errors of a [Record] match. Any other error says that it could not be asked or written. Whatever the error,
// nothing was changed, but for ErrAway: then it may have been, and the answer was lost.
var (
	ErrNotFound = errors.New("there is no such sign request")
	ErrRepeated = errors.New("the platform has repeated the UUID of another request")
	ErrChanged  = errors.New("another server has changed it meanwhile")
	ErrAway     = errors.New("the record cannot be reached at the moment")
)

// Record is what a backend, or all servers of one, remember. Its methods may be called at the same time. Each that
// writes does so all or nothing, and has written when it returns nil.
type Record interface {
	// Secret returns what the backend's cookies are signed with: 32 random bytes, always the same ones.
	Secret() []byte
	// Shared reports whether other servers write to it as well, so that what was read may be out of date.
	Shared() bool
	// Ping returns why the record cannot be used at the moment, or nil.
	Ping(ctx context.Context) error

	Orders
	Keys
	Following
	Deliveries

	// Spend books calls of the platform, which all servers share. If that is refused, nothing is booked, and the wait is
	// how long it takes until another try may do.
	Spend(ctx context.Context, now time.Time, s Spending) (wait time.Duration, err error)
	// Purge drops some orders that are over for longer than they are to be kept, at most so many, with their user tokens,
	// their keys and the deliveries that tell of them, and returns which. It never drops what is unfinished, or has a
	// delivery to be made. What was booked stays booked.
	Purge(ctx context.Context, now time.Time, ages Ages, most int) (dropped []payload.UUID, err error)
}

// Orders are the sign requests that are kept. Their version tells whether one was changed since it was read.
type Orders interface {
	// Add keeps a new request, in version 1, and what its idempotency key has made. The error matches ErrRepeated if its
	// UUID is known, or has counted, and ErrChanged if the key has made another one meanwhile.
	Add(ctx context.Context, e Entry) error
	// Get returns a request as it was saved last. The error matches ErrNotFound if there is none.
	Get(ctx context.Context, uuid payload.UUID) (Entry, error)
	// Save replaces what is kept of a request, and returns that with its new version. The error matches ErrChanged if
	// another version is kept than that of e, and ErrNotFound if none is.
	Save(ctx context.Context, e Entry, n News) (Entry, error)
	// Claim is Save for a verified request, if its transaction has counted for no other and it has counted for no other
	// transaction, which is so from then on. If that is not free, it changes nothing. The txid is "" for what is bound to
	// no transaction: then the request alone is claimed.
	Claim(ctx context.Context, e Entry, txid string, n News) (_ Entry, free bool, err error)
	// ByReference lists the requests that have a reference, the newest first.
	ByReference(ctx context.Context, reference string, most int) ([]payload.UUID, error)
	// All calls each for every request, the oldest first, until that returns an error, which it returns. It reads them in
	// parts: of those that are made or dropped meanwhile some may be left out.
	All(ctx context.Context, each func(Entry) error) error
	// Token returns the user token of a session, or "".
	Token(ctx context.Context, session string) (string, error)
	// Deadlines lists when the open requests of a session become too late to open, of those that are not yet.
	Deadlines(ctx context.Context, session string, now time.Time) ([]time.Time, error)
}

// Keys are idempotency keys, as the backend knows them.
type Keys interface {
	// Reserve returns the request that a key has made. If there is none, it books the key for a server until a moment, or
	// until [Orders.Add] or Free, or until the server is not alive any more, see [Following], and returns free. If it
	// returns neither, the key is booked already. A server without a name is taken to be alive.
	Reserve(ctx context.Context, server, key string, now, until time.Time) (made payload.UUID, free bool, err error)
	// Free ends the booking of a key that has made nothing.
	Free(ctx context.Context, key string) error
}

// Following tells servers which request to look at, so that each is followed by one of them. Whoever follows one has to
// be alive: what a server has taken is anybody's when it was not for as long as it said. A server that starts again is
// another one, with another name.
type Following interface {
	// Alive says that a server is alive, and will be for so long, by the clock of the record. It comes before the others.
	Alive(ctx context.Context, server string, lasting time.Duration) error
	// Take lists requests that are due, see [Entry.Due], and that no server that is alive has taken: those that were due
	// first, at most so many. They are the server's then.
	Take(ctx context.Context, server string, now time.Time, most int) ([]payload.UUID, error)
	// TakeOne reports whether a request is the server's, and takes it if it can.
	TakeOne(ctx context.Context, server string, uuid payload.UUID) (bool, error)
	// Leave gives a request back, if it is the server's. Until that is saved, it is due as its entry says, but not before
	// the moment due.
	Leave(ctx context.Context, server string, uuid payload.UUID, due time.Time) error
}
