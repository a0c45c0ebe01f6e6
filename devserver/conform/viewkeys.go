package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// viewKeys is about visitors who show a key in the place of a cookie.
var viewKeys = []rule{
	{about: about{
		"a-made-up-view-key-shows-nothing", "Whoever may guess keys sees what others pay.",
		"Answer 404 not-found, as if there were no such request, to a View-Key that is not the request’s own.",
	}, try: madeUpKey},
	{about: about{
		"a-view-key-shows-its-request", "A card on another site has no cookies: the key is all that it can show.",
		"Answer GET with a good View-Key like GET with the request’s cookie, and set no cookie.",
	}, needs: privateAPI, try: keyShows},
	{about: about{
		"a-view-key-is-for-one-request", "Who has the key of his own request must not see another’s with it.",
		"Have the key depend on the request’s UUID, its end and a secret, and compare all of it.",
	}, needs: privateAPI, try: keyIsForOne},
	{about: about{
		"a-view-key-cancels", "A visitor of another site changes his mind as well.",
		"Take a DELETE with a good View-Key as if it came with the request’s cookie.",
	}, needs: privateAPI, try: keyCancels},
	{about: about{
		"a-view-key-counts-alone", "A card that was given a key shows what the key is for, whatever cookies there are.",
		"Judge a call with a View-Key by the key alone.",
	}, needs: privateAPI, try: keyCountsAlone},
	{about: about{
		"a-view-key-expires", "A key in a page that somebody keeps, or in a log, must not be good for ever.",
		"Answer 403 view-key-expired to a key whose time is over, so that the page asks for another one.",
	}, needs: privateAPI, try: keyExpires},
	{about: about{
		"listed-pages-see-by-a-view-key",
		"A card on another site asks from there: its browser has to let it read the answer.",
		"Name the origins that you have listed in Access-Control-Allow-Origin, and allow View-Key before; nobody else’s.",
	}, needs: privateAPI | otherPage, try: listedPages},
}

// keyed is a request that the site's own program has ordered, with a key for its visitor.
type keyed struct {
	UUID    payload.UUID `json:"uuid"`
	ViewKey string       `json:"view_key"`
	Error   api.Error    `json:"error"` // if it was not made
}

// leastView is the shortest time that a key is made for, in seconds.
const leastView = 60

// lookPrivately finds out whether the private API, if one is named, is there and takes the key. What is wrong with
// either is not the backend's fault.
func (b *backend) lookPrivately(ctx context.Context) error {
	if b.lacks(privateAPI) != "" {
		return nil
	}
	var list struct {
		Orders *[]json.RawMessage `json:"orders"`
	}
	var status int
	err := calmly(ctx, func() (_ int, header http.Header, err error) {
		status, header, err = b.callPrivately(ctx, "GET", "?reference=conform", "", &list)
		return status, header, err
	})
	switch {
	case status == http.StatusUnauthorized:
		return fmt.Errorf("the private API at %s does not take the key in XAMAN_LIVE_KEY", b.Orders)
	case status != 0 && (err != nil || status != http.StatusOK || list.Orders == nil):
		return fmt.Errorf("there is no private API at %s, which answers %d: say its URL as in http://127.0.0.1:8082/api",
			b.Orders, status)
	}
	return err
}

// callPrivately makes a call of the private API.
func (b *backend) callPrivately(
	ctx context.Context, method, path, body string, to any,
) (status int, header http.Header, err error) {
	r, err := http.NewRequestWithContext(ctx, method, b.Orders+"/orders"+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+b.Key)
	r.Header.Set("Content-Type", "application/json")
	res, err := b.client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("the private API does not answer: %w", err)
	}
	defer res.Body.Close()
	if json.NewDecoder(res.Body).Decode(to) != nil {
		err = fmt.Errorf("the private API at %s answers %d, and not in its JSON", b.Orders, res.StatusCode)
	}
	return res.StatusCode, res.Header, err
}

// order orders a request over the private API.
func (b *backend) order(ctx context.Context) (o keyed, err error) {
	name, err := b.any()
	if err != nil {
		return o, err
	}
	body, err := json.Marshal(map[string]any{"offer": name, "view": map[string]int{"expires_in": leastView}})
	if err != nil {
		return o, err
	}
	err = calmly(ctx, func() (int, http.Header, error) {
		return b.callPrivately(ctx, "POST", "", string(body), &o)
	})
	if err == nil && o.ViewKey == "" {
		err = fmt.Errorf("the private API makes no order: %s", o.Error.Message)
	}
	return o, err
}

func madeUpKey(ctx context.Context, b *backend) error {
	_, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	for _, key := range []string{"x", "zzzzzz." + strings.Repeat("A", 43), string(made.UUID)} {
		x, err := b.visitor().calm(ctx, "GET", one(made.UUID), "", api.ViewKey, key)
		if err := wantRefusal(x, err, http.StatusNotFound, api.NotFound); err != nil {
			return fmt.Errorf("with the View-Key %s, %w", key, err)
		}
	}
	return nil
}

func keyShows(ctx context.Context, b *backend) error {
	o, err := b.order(ctx)
	if err != nil {
		return err
	}
	v := b.visitor()
	if _, err := v.get(ctx, o.UUID, api.ViewKey, o.ViewKey); err != nil {
		return err
	}
	if len(v.cookies) > 0 {
		return fmt.Errorf("GET with a View-Key sets %d cookies", len(v.cookies))
	}
	return v.wantHidden(ctx, o.UUID, "without its key")
}

func keyIsForOne(ctx context.Context, b *backend) error {
	first, err := b.order(ctx)
	if err != nil {
		return err
	}
	second, err := b.order(ctx)
	if err != nil {
		return err
	}
	if _, err := b.visitor().get(ctx, second.UUID, api.ViewKey, second.ViewKey); err != nil {
		return err
	}
	for _, key := range []string{first.ViewKey, changed(second.ViewKey)} {
		for _, method := range []string{"GET", "DELETE"} {
			x, err := b.visitor().calm(ctx, method, one(second.UUID), "", api.ViewKey, key)
			if err := wantRefusal(x, err, http.StatusNotFound, api.NotFound); err != nil {
				return fmt.Errorf("with another key than its own, %w", err)
			}
		}
	}
	return nil
}

func keyCancels(ctx context.Context, b *backend) error {
	o, err := b.order(ctx)
	if err != nil {
		return err
	}
	c, err := b.visitor().cancel(ctx, o.UUID, api.ViewKey, o.ViewKey)
	if err == nil && c.Status != payload.StatusCancelled {
		err = fmt.Errorf("after DELETE with a View-Key it is %s", stand(c.SignRequest))
	}
	return err
}

func keyCountsAlone(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	o, err := b.order(ctx)
	if err != nil {
		return err
	}
	x, err := v.calm(ctx, "GET", one(made.UUID), "", api.ViewKey, o.ViewKey)
	if err := wantRefusal(x, err, http.StatusNotFound, api.NotFound); err != nil {
		return fmt.Errorf("with its cookie, and the View-Key of another request, %w", err)
	}
	return nil
}

func keyExpires(ctx context.Context, b *backend) error {
	o, err := b.order(ctx)
	if err != nil {
		return err
	}
	if err := sleep(ctx, (leastView+2)*time.Second); err != nil {
		return err
	}
	x, err := b.visitor().calm(ctx, "GET", one(o.UUID), "", api.ViewKey, o.ViewKey)
	return wantRefusal(x, err, http.StatusForbidden, api.ViewKeyExpired)
}

func listedPages(ctx context.Context, b *backend) error {
	o, err := b.order(ctx)
	if err != nil {
		return err
	}
	const allowOrigin = "Access-Control-Allow-Origin"
	for page, allowed := range map[string]string{b.Page: b.Page, foreigner: ""} {
		from := []string{"Origin", page, "Sec-Fetch-Site", "cross-site"}
		x, err := b.visitor().send(ctx, "GET", one(o.UUID), "", append(from, api.ViewKey, o.ViewKey)...)
		if err != nil {
			return err
		}
		if got := x.header.Get(allowOrigin); got != allowed {
			return fmt.Errorf("GET with a View-Key by a page of %s is answered with %s: %q", page, allowOrigin, got)
		}
		asked := append(from, "Access-Control-Request-Method", "DELETE", "Access-Control-Request-Headers", "view-key")
		if x, err = b.visitor().send(ctx, "OPTIONS", one(o.UUID), "", asked...); err != nil {
			return err
		}
		may := strings.Contains(strings.ToLower(x.header.Get("Access-Control-Allow-Headers")), "view-key")
		if got := x.header.Get(allowOrigin); got != allowed || allowed != "" && !may {
			return fmt.Errorf("OPTIONS by a page of %s is answered with %s: %q, and View-Key may be sent: %t",
				page, allowOrigin, got, may)
		}
	}
	return nil
}
