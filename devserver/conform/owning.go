package conform

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// owning is about whose a request is.
var owning = []rule{
	{about: about{
		"strangers-see-nothing", "A request shows who signed and what was paid; that is nobody’s business but its maker’s.",
		"Give its maker a cookie of the request’s own, and answer 404 not-found to whoever comes without.",
	}, try: strangersSeeNothing},
	{about: about{
		"strangers-learn-nothing", "An answer that differs for an unknown and for another’s request says which ones exist.",
		"Answer a stranger exactly as if there were no such request.",
	}, try: strangersLearnNothing},
	{about: about{
		"strangers-cancel-nothing", "Whoever can cancel what he did not make can close the shop.",
		"Answer 404 not-found to a DELETE without the request’s cookie, and do not call the platform.",
	}, try: strangersCancelNothing},
	{about: about{
		"a-cookie-is-for-one-request", "Who renames his own cookie, or guesses one, must not open another’s request with it.",
		"Have the cookie depend on the request’s UUID and on a secret, and compare all of it.",
	}, try: cookieIsForOne},
	{about: about{
		"a-planted-session-shows-nothing", "A cookie can be planted in another’s browser: then two share a session.",
		"Do not show a request to its session, but to the browser that got the answer which made it.",
	}, try: plantedSession},
	{about: about{
		"a-planted-session-pushes-nothing", "Who planted a session must not make the phone of its victim ring.",
		"Send user_token only for the browser whose own request was signed: its session becomes a new one then.",
	}, needs: sandbox | signIn, try: plantedPush},
}

// wantHidden wants that a visitor is told of no such request.
func (v *visitor) wantHidden(ctx context.Context, uuid payload.UUID, who string) error {
	x, err := v.calm(ctx, "GET", one(uuid), "")
	if err := wantRefusal(x, err, http.StatusNotFound, api.NotFound); err != nil {
		return fmt.Errorf("%s: %w", who, err)
	}
	return nil
}

func strangersSeeNothing(ctx context.Context, b *backend) error {
	_, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	if err := b.visitor().wantHidden(ctx, made.UUID, "without cookies"); err != nil {
		return err
	}
	stranger, _, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	return stranger.wantHidden(ctx, made.UUID, "a visitor with a request of his own")
}

func strangersLearnNothing(ctx context.Context, b *backend) error {
	_, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	stranger := b.visitor()
	for _, method := range []string{"GET", "DELETE"} {
		foreign, err := stranger.calm(ctx, method, one(made.UUID), "")
		if err != nil {
			return err
		}
		unknown, err := stranger.calm(ctx, method, one(nobodys), "")
		if err != nil {
			return err
		}
		if foreign.status != unknown.status || string(foreign.body) != string(unknown.body) {
			return fmt.Errorf("%s, but %s", foreign, unknown)
		}
	}
	return nil
}

func strangersCancelNothing(ctx context.Context, b *backend) error {
	owner, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	stranger, _, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	for _, v := range []*visitor{b.visitor(), stranger} {
		x, err := v.calm(ctx, "DELETE", one(made.UUID), "")
		if err := wantRefusal(x, err, http.StatusNotFound, api.NotFound); err != nil {
			return err
		}
	}
	r, err := owner.get(ctx, made.UUID)
	if err == nil && r.Status != payload.StatusPending {
		err = fmt.Errorf("after somebody else’s DELETE it is %s", stand(r))
	}
	return err
}

func cookieIsForOne(ctx context.Context, b *backend) error {
	owner, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	stranger, own, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	renamed, guessed := b.visitor(), b.visitor()
	rename := strings.NewReplacer(string(own.UUID), string(made.UUID))
	for _, c := range stranger.cookies {
		k := *c
		k.Name, k.Value, k.Path = rename.Replace(c.Name), rename.Replace(c.Value), rename.Replace(c.Path)
		renamed.cookies[k.Name] = &k
	}
	if err := renamed.wantHidden(ctx, made.UUID, "with the cookies of another request, renamed"); err != nil {
		return err
	}
	for name, c := range owner.cookies {
		k := *c
		k.Value = changed(c.Value)
		guessed.cookies[name] = &k
	}
	return guessed.wantHidden(ctx, made.UUID, "with its maker’s cookies, but for their last characters")
}

// changed is a text whose second half is another.
func changed(text string) string {
	half := len(text) / 2
	return text[:half] + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, text[half:])
}

func plantedSession(ctx context.Context, b *backend) error {
	attacker, err := b.acquainted(ctx)
	if err != nil {
		return err
	}
	name, err := b.any()
	if err != nil {
		return err
	}
	if _, err := attacker.create(ctx, name); err != nil {
		return err
	}
	victim := attacker.twin()
	made, err := victim.create(ctx, name)
	if err != nil {
		return err
	}
	if err := attacker.wantHidden(ctx, made.UUID, "somebody who planted his cookies before"); err != nil {
		return err
	}
	_, err = victim.get(ctx, made.UUID)
	return err
}

func plantedPush(ctx context.Context, b *backend) error {
	attacker, err := b.acquainted(ctx)
	if err != nil {
		return err
	}
	planted := maps.Clone(attacker.cookies)
	victim := attacker.twin()
	made, err := victim.create(ctx, b.SignIn)
	if err != nil {
		return err
	}
	if _, err := b.box.phone(ctx, made.UUID, "accept"); err != nil {
		return err
	}
	if _, err := victim.awaitVerified(ctx, made.UUID); err != nil {
		return err
	}
	attacker.cookies = planted
	next, err := attacker.create(ctx, b.SignIn)
	if err != nil {
		return err
	}
	created, err := payload.ParseCreated(next.Payload, next.Platform)
	if err == nil && created.Pushed {
		err = fmt.Errorf("a request of whoever planted the session was pushed to the phone of the one who signed")
	}
	return err
}
