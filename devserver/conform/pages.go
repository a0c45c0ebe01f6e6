package conform

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// pages is about pages of other sites, which a visitor may have open as well.
var pages = []rule{
	{about: about{
		"own-pages-may-ask", "The site’s own pages are what all of this is for.",
		"Let in what names the site’s own origin in Origin, and what browsers call same-origin.",
	}, try: ownPages},
	{about: about{
		"foreign-pages-make-nothing", "A foreign page that makes requests in a visitor’s name has his phone ring.",
		"Answer 403 forbidden to a POST with a foreign Origin, or with Sec-Fetch-Site: cross-site.",
	}, try: foreignPagesMakeNothing},
	{about: about{
		"foreign-pages-cancel-nothing", "A foreign page that cancels has the visitor’s payment fail.",
		"Answer 403 forbidden to a DELETE with a foreign Origin, or with Sec-Fetch-Site: cross-site.",
	}, try: foreignPagesCancelNothing},
	{about: about{
		"foreign-pages-read-nothing", "A foreign page that may read the answers sees who pays what.",
		"Name in Access-Control-Allow-Origin pages of your own alone: never *, and not whoever asks.",
	}, try: foreignPagesReadNothing},
}

const foreigner = "https://foreign.example"

// foreign are the headers of a call by a foreign page, in browsers of today and of before.
var foreign = [][]string{
	{"Origin", foreigner, "Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", foreigner},
	{"Origin", "null"},
}

func ownPages(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	for _, headers := range [][]string{
		{"Origin", b.origin, "Sec-Fetch-Site", "same-origin"}, {"Origin", b.origin},
	} {
		v := b.visitor()
		made, err := v.create(ctx, name, headers...)
		if err != nil {
			return fmt.Errorf("of %s: %w", headers, err)
		}
		if _, err := v.get(ctx, made.UUID, headers...); err != nil {
			return fmt.Errorf("of %s: %w", headers, err)
		}
	}
	return nil
}

func foreignPagesMakeNothing(ctx context.Context, b *backend) error {
	name, err := b.any()
	if err != nil {
		return err
	}
	for _, headers := range foreign {
		x, err := b.visitor().calm(ctx, "POST", api.Collection, b.body(name), headers...)
		if err := wantRefusal(x, err, http.StatusForbidden, api.Forbidden); err != nil {
			return fmt.Errorf("of %s: %w", headers, err)
		}
	}
	return nil
}

func foreignPagesCancelNothing(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	for _, headers := range foreign {
		x, err := v.calm(ctx, "DELETE", one(made.UUID), "", headers...)
		if err := wantRefusal(x, err, http.StatusForbidden, api.Forbidden); err != nil {
			return fmt.Errorf("of %s: %w", headers, err)
		}
	}
	r, err := v.get(ctx, made.UUID)
	if err == nil && r.Status != payload.StatusPending {
		err = fmt.Errorf("after what was refused it is %s", stand(r))
	}
	return err
}

func foreignPagesReadNothing(ctx context.Context, b *backend) error {
	v, made, err := b.newRequest(ctx)
	if err != nil {
		return err
	}
	for _, path := range []string{api.Collection, one(made.UUID)} {
		for _, method := range []string{"GET", "OPTIONS"} {
			x, err := v.send(ctx, method, path, "", "Origin", foreigner, "Sec-Fetch-Site", "cross-site",
				"Access-Control-Request-Method", "DELETE", "Access-Control-Request-Headers", "content-type")
			if err != nil {
				return err
			}
			if allowed := x.header.Get("Access-Control-Allow-Origin"); allowed == "*" || strings.EqualFold(allowed, foreigner) {
				return fmt.Errorf("%s %s of %s is answered with Access-Control-Allow-Origin: %s", method, path, foreigner, allowed)
			}
		}
	}
	return nil
}
