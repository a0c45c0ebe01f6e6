package api

import "github.com/xaman-live/xaman-live/wasm/payload"

// Collection is the path of all sign requests below the backend's base URL.
const Collection = "/sign-requests"

// Offers lists the sign requests that the backend is willing to make: their names, and in the same order what a page
// may say of them.
type Offers struct {
	Demos  []string `json:"demos"`
	Offers []Offer  `json:"offers"`
	// Platform is the origin on which the requests are made; empty with Xaman's own.
	Platform string `json:"platform,omitempty"`
	// Sandbox is the same if the backend runs that platform, so that pages may show its phone and have it err.
	Sandbox string `json:"sandbox,omitempty"`
}

// Offer is a sign request that the backend is willing to make.
type Offer struct {
	Name  string `json:"name"`
	Label string `json:"label"` // a few words in the backend's language
	Type  string `json:"type"`  // of the transaction, SignIn for a login
}

// Create is the body of a POST: it names one of the requests that the backend is willing to make. The browser never
// chooses a transaction. Amount is what the visitor has chosen for an offer that lets him, for instance "5" or "2.50";
// empty for one that does not. The backend refuses what is outside of the offer's bounds with [AmountRefused].
type Create struct {
	Demo   string `json:"demo"`
	Amount string `json:"amount,omitempty"`
}

// SignRequest is what a backend says of a sign request that this visitor's session created.
type SignRequest struct {
	payload.Answer
	Payload Raw `json:"payload"` // the platform's create response
	// Stale is set if the platform should have been asked and could not be: ask again.
	Stale bool `json:"stale,omitempty"`
	// Platform is the origin, https://host[:port], that links, image and socket of Payload may lead to besides those of
	// Xaman's own platform; empty with that one.
	Platform string `json:"platform,omitempty"`
}

// Cancellation is what became of the wish to cancel. Reason is the platform's: OK, ALREADY_CANCELLED,
// ALREADY_RESOLVED, ALREADY_EXPIRED or ALREADY_OPENED. Whether the visitor may be given a new request instead is not
// said by it, but by the status: see [payload.Answer.Over].
type Cancellation struct {
	SignRequest
	Cancelled bool   `json:"cancelled"`
	Reason    string `json:"reason"`
}

// Raw is JSON text inside other JSON.
type Raw []byte

// MarshalJSON returns r itself, or null if it is empty.
func (r Raw) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}
