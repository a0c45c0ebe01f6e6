package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// refusing is about what nobody should send.
var refusing = []rule{
	{about: about{
		"unknown-offers-are-refused",
		"A page that misspells an offer is to be told so, and to be given nothing else instead.",
		"Answer 400 unknown-demo to a name that is not listed.",
	}, try: unknownOffer},
	{about: about{
		"unreadable-bodies-are-refused", "What cannot be read, or in two ways, is read by two programs as two things.",
		"Answer 400 to a body that is not one JSON object with a text in demo, and to one with a key twice.",
	}, try: unreadableBodies},
	{about: about{
		"other-types-are-refused",
		"Forms of other sites can send any text, but not as JSON: the type is what tells them apart.",
		"Answer 400 bad-request to a POST whose Content-Type is not application/json.",
	}, try: otherTypes},
	{about: about{
		"large-bodies-are-refused", "Whoever sends endless bodies fills the server’s memory.",
		"Stop reading after some kilobytes, and answer 413 too-large.",
	}, try: largeBody},
	{about: about{
		"the-browser-chooses-no-transaction", "What the browser may choose, whoever sits at it chooses: also the price.",
		"Take from the body the name of an offer and, where the offer lets the visitor choose, the " +
			"amount, and nothing else.",
	}, try: browserChooses},
	{about: about{
		"amounts-are-kept-in-bounds", "A donation of less than nothing, or of more than there is, is no donation.",
		"Answer 400 with the code amount to what is not a number within the offer’s bounds, or do not look at it.",
	}, needs: payment, try: amountsInBounds},
	{about: about{
		"bad-uuids-are-refused", "What is no UUID is a mistake of the page, which says so to its developer.",
		"Answer 400 bad-request to a path whose end is not a UUID of version 4.",
	}, try: badUUIDs},
	{about: about{
		"unknown-requests-are-not-found", "A page that keeps the UUID of a request which is gone makes a new one.",
		"Answer 404 not-found, in the contract’s words, for a UUID that is not known.",
	}, try: unknownRequests},
	{about: about{
		"other-methods-are-refused", "A call that is not of the contract is a mistake, not a request for something else.",
		"Answer 405 method-not-allowed, with the header Allow.",
	}, try: otherMethods},
	{about: about{
		"webhooks-are-signed", "Anybody can send a webhook: only the platform can sign one.",
		"Answer 401 unauthorized to a webhook without the application’s signature over its raw body.",
	}, try: webhooks},
}

// parse decodes JSON.
func parse(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("the answer is not as it should be: %w", err)
	}
	return nil
}

func unknownOffer(ctx context.Context, b *backend) error {
	for _, name := range []string{"no-such-offer", "../" + b.Payment, strings.ToUpper(b.SignIn) + " "} {
		x, err := b.visitor().calm(ctx, "POST", api.Collection, b.body(name))
		if err := wantRefusal(x, err, http.StatusBadRequest, api.UnknownDemo); err != nil {
			return err
		}
	}
	return nil
}

func unreadableBodies(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	good := b.body(name)
	for _, body := range []string{
		"{", "null", `"` + name + `"`, "[" + good + "]", `{"demo":7}`, `{"demo":["` + name + `"]}`, good + good, "{}",
		`{"demo":"` + name + `","demo":"` + name + `"}`,
	} {
		x, err := b.visitor().calm(ctx, "POST", api.Collection, body)
		if err := wantRefusal(x, err, http.StatusBadRequest, api.BadRequest, api.UnknownDemo); err != nil {
			return err
		}
	}
	return nil
}

func otherTypes(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"} {
		x, err := b.visitor().calm(ctx, "POST", api.Collection, b.body(name), "Content-Type", kind)
		if err := wantRefusal(x, err, http.StatusBadRequest, api.BadRequest); err != nil {
			return fmt.Errorf("as %s, %w", kind, err)
		}
	}
	return nil
}

func largeBody(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	body := `{"more":"` + strings.Repeat("x", 100_000) + `","demo":"` + name + `"}`
	x, err := b.visitor().calm(ctx, "POST", api.Collection, body)
	return wantRefusal(x, err, http.StatusRequestEntityTooLarge, api.TooLarge)
}

func browserChooses(ctx context.Context, b *backend) error {
	name := b.Payment
	if name == "" {
		var err error
		if name, err = b.any(); err != nil {
			return err
		}
	}
	plain, err := b.visitor().create(ctx, name)
	if err != nil {
		return err
	}
	const address = "rrrrrrrrrrrrrrrrrrrrBZbvji"
	body := strings.TrimSuffix(b.body(name), "}") + `,"txjson":{"TransactionType":"Payment","Destination":"` + address +
		`","Amount":"1"},"destination":"` + address + `","options":{"submit":false}}`
	x, err := b.visitor().calm(ctx, "POST", api.Collection, body)
	if err != nil || x.status == http.StatusBadRequest {
		return err
	}
	chosen, err := read(x)
	if err != nil {
		return err
	}
	if chosen.Summary.Amount != plain.Summary.Amount || chosen.Summary.Destination != plain.Summary.Destination ||
		chosen.Summary.Type != plain.Summary.Type {
		return fmt.Errorf("a page that sent %s is asked for %+v, another one for %+v", body, chosen.Summary, plain.Summary)
	}
	return nil
}

func amountsInBounds(ctx context.Context, b *backend) error {
	plain, err := b.visitor().create(ctx, b.Payment)
	if err != nil {
		return err
	}
	for _, amount := range []string{"-5", "0", "1e99", "5 XRP", "NaN", "0x10", "999999999999999999999"} {
		body := fmt.Sprintf(`{"demo":%q,"amount":%q}`, b.Payment, amount)
		x, err := b.visitor().calm(ctx, "POST", api.Collection, body)
		if err == nil && x.status == http.StatusCreated {
			r, err := read(x)
			if err != nil {
				return err
			}
			if r.Summary.Amount != plain.Summary.Amount || b.Amount != "" {
				return fmt.Errorf("%s", x)
			}
			continue
		}
		if err := wantRefusal(x, err, http.StatusBadRequest, api.AmountRefused, api.BadRequest); err != nil {
			return err
		}
	}
	return nil
}

func badUUIDs(ctx context.Context, b *backend) error {
	for _, uuid := range []string{
		"x", "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", "9a2c7a523c1e4b539d4e5f1b8c1f0a77", "%2e%2e",
	} {
		for _, method := range []string{"GET", "DELETE"} {
			x, err := b.visitor().calm(ctx, method, api.Collection+"/"+uuid, "")
			if err := wantRefusal(x, err, http.StatusBadRequest, api.BadRequest); err != nil {
				return err
			}
		}
	}
	return nil
}

// nobodys is the UUID of no request.
const nobodys = payload.UUID("00000000-0000-4000-8000-000000000000")

func unknownRequests(ctx context.Context, b *backend) error {
	for _, method := range []string{"GET", "DELETE"} {
		x, err := b.visitor().calm(ctx, method, one(nobodys), "")
		if err := wantRefusal(x, err, http.StatusNotFound, api.NotFound); err != nil {
			return err
		}
	}
	return nil
}

func otherMethods(ctx context.Context, b *backend) error {
	for _, call := range []struct{ method, path string }{
		{"PUT", api.Collection}, {"DELETE", api.Collection}, {"PUT", one(nobodys)}, {"POST", one(nobodys)},
		{"PATCH", one(nobodys)},
	} {
		x, err := b.visitor().calm(ctx, call.method, call.path, "")
		if err := wantRefusal(x, err, http.StatusMethodNotAllowed, api.MethodNotAllowed); err != nil {
			return err
		}
		if allowed := x.header.Get("Allow"); !strings.Contains(allowed, "GET") {
			return fmt.Errorf("%s, with Allow: %q", x, allowed)
		}
	}
	return nil
}

func webhooks(ctx context.Context, b *backend) error {
	const body = `{"meta":{"payload_uuidv4":"00000000-0000-4000-8000-000000000000"}}`
	for _, headers := range [][]string{
		nil, {"X-Xumm-Request-Timestamp", "1"},
		{"X-Xumm-Request-Timestamp", "1", "X-Xumm-Request-Signature", strings.Repeat("0", 40)},
	} {
		x, err := b.visitor().send(ctx, "POST", "/webhook", body, headers...)
		if err == nil && takesNone("/webhook", x) {
			return untried("The backend takes no webhooks at " + b.base + "/webhook: whoever takes them is to be tried.")
		}
		if err := wantRefusal(x, err, http.StatusUnauthorized, api.Unauthorized); err != nil {
			return err
		}
	}
	return nil
}
