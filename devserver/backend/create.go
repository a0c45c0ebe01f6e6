package backend

import (
	"net/http"

	"github.com/xaman-live/xaman-live/wasm/api"
)

func (b *Backend) create(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if _, ok := b.offers[body.Demo]; !ok {
		return errUnknownOffer
	}
	key, err := idempotencyKey(r, body)
	if err != nil {
		return err
	}
	who, from := whoIs(r), callerOf(r)
	req, _, err := b.once(r.Context(), creation{
		order: Order{Offer: body.Demo}, visitor: Visitor{ID: who.name(), Amount: body.Amount},
		from: from, hosted: who.hosted, key: key,
	})
	if err != nil {
		return err
	}
	defer b.requests.release(req)
	answer, err := b.last(r.Context(), req)
	if err != nil {
		return err
	}
	if !who.hosted {
		http.SetCookie(w, b.cookies.forHolder(req.uuid))
	}
	b.follows(w, r, req, answer.verdict)
	write(w, http.StatusCreated, answer.body)
	return nil
}

// idempotencyKey is what the record knows the visitor's key by, which counts in its session and for one demo and
// amount; "" if there is none.
func idempotencyKey(r *http.Request, body api.Create) (string, error) {
	key, err := IdempotencyKey(r)
	if key == "" || err != nil {
		return "", err
	}
	return fingerprint(session(r) + "\n" + body.Demo + "\n" + body.Amount + "\n" + key), nil
}

// IdempotencyKey is the key with which a call may be repeated, "" if it has none. The error is an [*api.Error].
func IdempotencyKey(r *http.Request) (string, error) {
	values, given := r.Header[http.CanonicalHeaderKey(api.IdempotencyKey)]
	if !given {
		return "", nil
	}
	if len(values) != 1 || !visible(values[0]) {
		return "", &api.Error{Code: api.BadRequest,
			Message: "The Idempotency-Key has to be 1 to 64 visible ASCII characters."}
	}
	return values[0], nil
}

// visible reports whether a text may be an idempotency key.
func visible(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(text) >= 1 && len(text) <= 64
}
