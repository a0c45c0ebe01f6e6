package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// backend is what is tried.
type backend struct {
	Options
	base   string // URL
	path   string // of that
	origin string
	client *http.Client
	court  *court
	offers []api.Offer
	box    *box // nil: its platform is no sandbox
}

// needs is what a rule cannot be tried without.
type needs int

const (
	payment needs = 1 << iota
	signIn
	sandbox
	privateAPI
	otherPage
)

// lacks says what is missing of some needs, "" if nothing is.
func (b *backend) lacks(n needs) string {
	switch {
	case n&payment != 0 && b.Payment == "":
		return "The backend lists no offer of a payment: name one with -payment."
	case n&signIn != 0 && b.SignIn == "":
		return "The backend lists no offer of a sign-in: name one with -sign-in."
	case n&sandbox != 0 && b.box == nil:
		return "The backend’s platform is not known to be a sandbox: start one for it, and name it with -sandbox."
	case n&privateAPI != 0 && (b.Orders == "" || b.Key == ""):
		return "View keys are made by the private API: name it with -orders, and its key in XAMAN_LIVE_KEY."
	case n&otherPage != 0 && b.Page == "":
		return "No page of another site may ask: allow one, and name its origin with -page."
	}
	return ""
}

// look asks what is offered.
func (b *backend) look(ctx context.Context) error {
	x, err := b.visitor().send(ctx, "GET", api.Collection, "")
	if err != nil {
		return err
	}
	var list api.Offers
	if err := json.Unmarshal(x.body, &list); err != nil || x.status != http.StatusOK {
		return fmt.Errorf("there is no backend at %s: %s", b.base, x)
	}
	b.offers = list.Offers
	for _, offer := range b.offers {
		switch {
		case offer.Type == "Payment" && b.Payment == "":
			b.Payment = offer.Name
		case offer.Type == "SignIn" && b.SignIn == "":
			b.SignIn = offer.Name
		}
	}
	if origin := strings.TrimSuffix(b.Sandbox, "/"); origin != "" {
		b.box = &box{origin, b.client}
		return b.box.check(ctx)
	}
	// What a backend names may be another thing, or nothing: it is not ours to complain of.
	if list.Sandbox != "" {
		if named := (&box{list.Sandbox, b.client}); named.check(ctx) == nil {
			b.box = named
		}
	}
	return nil
}

// any is the name of an offer, of which there is always one.
func (b *backend) any() (string, error) {
	switch {
	case b.SignIn != "":
		return b.SignIn, nil
	case b.Payment != "":
		return b.Payment, nil
	case len(b.offers) > 0:
		return b.offers[0].Name, nil
	}
	return "", untried("The backend lists no offers: name one with -payment or -sign-in.")
}

// other is the name of an offer other than any's, "" if there is none.
func (b *backend) other(than string) string {
	for _, name := range []string{b.SignIn, b.Payment} {
		if name != "" && name != than {
			return name
		}
	}
	for _, offer := range b.offers {
		if offer.Name != than {
			return offer.Name
		}
	}
	return ""
}
