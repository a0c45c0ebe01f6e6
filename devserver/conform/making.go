package conform

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// making is about how requests are made.
var making = []rule{
	{about: about{
		"offers-are-listed", "A page shows what the site offers from the list, under names that it then asks for.",
		"Answer GET /sign-requests with demos, the names, and offers, the same in the same order with " +
			"label and type.",
	}, try: offersAreListed},
	{about: about{
		"a-request-is-new", "A visitor opens what he gets: it has to be his, open, and lead to the platform.",
		"Answer 201 with a request that is pending, its seconds left, and the platform’s create response " +
			"as it came.",
	}, try: requestIsNew},
	{about: about{
		"a-request-is-told-again", "A page that is loaded again asks for the same request, and shows the same.",
		"Answer GET of one with what its creation said, for as long as nothing has happened.",
	}, try: requestIsToldAgain},
	{about: about{
		"same-key-same-request",
		"A call that failed on its way back is repeated: the visitor must not be asked to pay twice.",
		"Keep the Idempotency-Key of a session and an offer with the request that it has made, and answer " +
			"with that.",
	}, try: sameKey},
	{about: about{
		"same-key-at-once", "Two cards, or a page and its repetition, may send the same key before the first is answered.",
		"Book the key before the platform is called, and have the second call wait for the first.",
	}, try: sameKeyAtOnce},
	{about: about{
		"another-key-another-request", "A visitor who wants two coffees sends two keys.",
		"Make a request for each key.",
	}, try: anotherKey},
	{about: about{
		"a-key-is-the-visitors-own", "A key that somebody else has sent before must not show his request.",
		"Keep an Idempotency-Key with the session that has sent it: in another session it is another key.",
	}, try: keyIsOwn},
	{about: about{
		"a-key-is-the-offers-own", "A page may send the same key for two offers, and wants both.",
		"Keep an Idempotency-Key with the offer that it was sent for.",
	}, try: keyIsTheOffers},
	{about: about{
		"bad-keys-are-refused", "A key that is cut off or changed on its way makes two requests of one.",
		"Answer 400 bad-request to an Idempotency-Key that is not 1 to 64 visible ASCII characters, or is " +
			"there twice.",
	}, try: badKeys},
	{about: about{
		"a-repeated-uuid-is-refused",
		"The platform’s databases may repeat an answer: the request in it is another visitor’s.",
		"Answer 502 platform-refused if the UUID of a new request is known already, and keep the first as it was.",
	}, needs: sandbox, alone: true, try: repeatedUUID},
}

func offersAreListed(ctx context.Context, b *backend) error {
	if len(b.offers) == 0 {
		return fmt.Errorf("GET %s lists no offers", api.Collection)
	}
	x, err := b.visitor().send(ctx, "GET", api.Collection, "")
	if err != nil {
		return err
	}
	var list api.Offers
	if err := parse(x.body, &list); err != nil {
		return err
	}
	if len(list.Demos) != len(list.Offers) {
		return fmt.Errorf("%s, with %d demos and %d offers", x, len(list.Demos), len(list.Offers))
	}
	for i, offer := range list.Offers {
		if offer.Name != list.Demos[i] || offer.Name == "" || offer.Type == "" {
			return fmt.Errorf("%s, where offer %d has the name %q and the type %q", x, i, offer.Name, offer.Type)
		}
	}
	return nil
}

func requestIsNew(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	r, err := b.visitor().create(ctx, name)
	if err != nil {
		return err
	}
	if r.Status != payload.StatusPending || r.Verdict != payload.VerdictNone {
		return fmt.Errorf("a new request is %s", stand(r))
	}
	if r.ExpiresIn == nil || *r.ExpiresIn <= 0 {
		return fmt.Errorf("a new request does not say for how many seconds it can be opened")
	}
	created, err := payload.ParseCreated(r.Payload, r.Platform)
	if err != nil {
		return fmt.Errorf("its payload %s: %w", r.Payload, err)
	}
	if created.UUID != r.UUID {
		return fmt.Errorf("its uuid is %s, and that of its payload %s", r.UUID, created.UUID)
	}
	for _, offer := range b.offers {
		if offer.Name == name && offer.Type != r.Summary.Type {
			return fmt.Errorf("the offer %s is of type %s, and the request for it of type %s", name, offer.Type, r.Summary.Type)
		}
	}
	return nil
}

func requestIsToldAgain(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	again, err := v.get(ctx, made.UUID)
	if err != nil {
		return err
	}
	if again.Status != made.Status || string(again.Payload) != string(made.Payload) ||
		again.Summary.Type != made.Summary.Type || again.Summary.Amount != made.Summary.Amount {
		return fmt.Errorf("a new request is told as %+v with payload %s, and then as %+v with payload %s",
			made.Answer, made.Payload, again.Answer, again.Payload)
	}
	return nil
}

// newRequest is a new visitor with a new request.
func (b *backend) newRequest(ctx context.Context) (*visitor, api.SignRequest, error) {
	name, err := b.any()
	if err != nil {
		return nil, api.SignRequest{}, err
	}
	v := b.visitor()
	r, err := v.create(ctx, name)
	return v, r, err
}

// acquainted is a visitor who has been to the site before, and so has his session.
func (b *backend) acquainted(ctx context.Context) (*visitor, error) {
	v := b.visitor()
	_, err := v.send(ctx, "GET", api.Collection, "")
	return v, err
}

// twice makes two requests with two keys, for two offers and by two visitors.
func twice(
	ctx context.Context, first, second *visitor, keys, offers [2]string,
) (one, other api.SignRequest, err error) {
	if one, err = first.create(ctx, offers[0], api.IdempotencyKey, keys[0]); err == nil {
		other, err = second.create(ctx, offers[1], api.IdempotencyKey, keys[1])
	}
	return one, other, err
}

func sameKey(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	v, err := b.acquainted(ctx)
	if err != nil {
		return err
	}
	key := rand.Text()
	first, second, err := twice(ctx, v, v, [2]string{key, key}, [2]string{name, name})
	if err == nil && first.UUID != second.UUID {
		err = fmt.Errorf("the same Idempotency-Key made the requests %s and %s", first.UUID, second.UUID)
	}
	return err
}

func sameKeyAtOnce(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	v, err := b.acquainted(ctx)
	if err != nil {
		return err
	}
	const cards = 4
	var made [cards]api.SignRequest
	var failures [cards]error
	var all sync.WaitGroup
	key := rand.Text()
	for i := range cards {
		all.Go(func() { made[i], failures[i] = v.twin().create(ctx, name, api.IdempotencyKey, key) })
	}
	all.Wait()
	for i := range cards {
		if failures[i] != nil {
			return fmt.Errorf("of %d calls at once with one key: %w", cards, failures[i])
		}
		if made[i].UUID != made[0].UUID {
			return fmt.Errorf("%d calls at once with one key made the requests %s and %s", cards, made[0].UUID, made[i].UUID)
		}
	}
	return nil
}

func anotherKey(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	v, err := b.acquainted(ctx)
	if err != nil {
		return err
	}
	first, second, err := twice(ctx, v, v, [2]string{rand.Text(), rand.Text()}, [2]string{name, name})
	if err == nil && first.UUID == second.UUID {
		err = fmt.Errorf("two keys made one request, %s", first.UUID)
	}
	return err
}

func keyIsOwn(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	key := rand.Text()
	first, second, err := twice(ctx, b.visitor(), b.visitor(), [2]string{key, key}, [2]string{name, name})
	if err == nil && first.UUID == second.UUID {
		err = fmt.Errorf("a second visitor got the request %s of the first, by the same key", first.UUID)
	}
	return err
}

func keyIsTheOffers(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	other := b.other(name)
	if other == "" {
		return untried("The backend has only one offer.")
	}
	v, err := b.acquainted(ctx)
	if err != nil {
		return err
	}
	key := rand.Text()
	first, second, err := twice(ctx, v, v, [2]string{key, key}, [2]string{name, other})
	if err == nil && first.UUID == second.UUID {
		err = fmt.Errorf("the offers %s and %s got the same request, %s, by the same key", name, other, first.UUID)
	}
	return err
}

func badKeys(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	for _, keys := range [][]string{{""}, {strings.Repeat("x", 65)}, {"two words"}, {"key-é"}, {"one", "another"}} {
		var headers []string
		for _, key := range keys {
			headers = append(headers, api.IdempotencyKey, key)
		}
		x, err := b.visitor().calm(ctx, "POST", api.Collection, b.body(name), headers...)
		if err := wantRefusal(x, err, http.StatusBadRequest, api.BadRequest); err != nil {
			return fmt.Errorf("with the Idempotency-Key %q, %w", keys, err)
		}
	}
	return nil
}

func repeatedUUID(ctx context.Context, b *backend) error {
	owner, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if err := b.box.faults(ctx, nextRequest, "repeated-uuid"); err != nil {
		return err
	}
	other := b.visitor()
	name, _ := b.any()
	x, err := other.calm(ctx, "POST", api.Collection, b.body(name))
	if err := wantRefusal(x, err, http.StatusBadGateway, api.PlatformRefused); err != nil {
		return fmt.Errorf("when the platform repeated the UUID of another visitor’s request, %w", err)
	}
	if x, err = other.send(ctx, "GET", one(made.UUID), ""); err != nil || x.status == http.StatusOK {
		return fmt.Errorf("after a repeated UUID, the other visitor sees the request: %s, %v", x, err)
	}
	_, err = owner.get(ctx, made.UUID)
	return err
}
