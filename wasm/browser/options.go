//go:build js && wasm

package browser

import (
	"context"
	"fmt"
	"strings"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/card"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// onPhone is a media query. A tablet is held like a phone, but may as well be the second screen: it gets the code.
const onPhone = "(pointer: coarse) and (max-width: 700px)"

// readOptions returns what the element asks of its card, without the ports that need the card's nodes, and the image
// for the middle of the code. What is missing is empty.
func readOptions(v safejs.Value) (o card.Options, logo string, err error) {
	var backend, key string // base URL of the contract, and the view key that the page begins with
	var layout, correction, onward, onwardTo string
	for name, field := range map[string]*string{
		"payload": &o.Payload, "uuid": &o.UUID, "demo": &o.Demo, "amount": &o.Amount, "preview": &o.Preview,
		"backend": &backend, "view-key": &key, "platform": &o.Platform, "layout": &layout,
		"error-correction": &correction, "qr-logo": &logo, "return-url": &onward, "return-origins": &onwardTo,
	} {
		member, err := v.Get(name)
		if err != nil {
			return o, "", fmt.Errorf("read options: %w", err)
		}
		if member.Type() != safejs.TypeString {
			continue
		}
		if *field, err = member.String(); err != nil {
			return o, "", fmt.Errorf("read option %s: %w", name, err)
		}
	}
	if backend != "" {
		o.Backend = &api.Client{Base: backend, Fetch: fetch}
		o.Asked = asked(v)
		switch {
		case key == "":
		case o.Payload != "" || o.UUID != "":
			o.Backend.ViewKey = func() string { return textOf(v.Get("view-key")) }
		default:
			warn("the view-key is not used: there is none for a request that is still to be made, which demo asks for")
		}
	}
	o.Layout = layoutOf(layout)
	o.Level = level(correction)
	if logo = absolute(logo); logo != "" {
		o.Level = qr.High
	}
	o.Continue = absolute(onward)
	if o.Continue != "" && !payload.SafeReturn(o.Continue, origin(), strings.Fields(onwardTo)) {
		warn("the return-url is refused: it is not on this page's origin, nor on one of the return-origins: " + o.Continue)
		o.Continue = ""
	}
	matches, err := callOn(safejs.Global(), "matchMedia", onPhone)
	o.Touch = err == nil && truthy(property(matches, "matches"))
	return o, logo, nil
}

// asked is what the element has asked the backend already, {key, answer}: the idempotency key, and a promise of the
// response's status and text.
func asked(options safejs.Value) *card.Asked {
	question, err := options.Get("asked")
	if err != nil || question.Type() != safejs.TypeObject {
		return nil
	}
	return &card.Asked{
		Key: textOf(question.Get("key")),
		Answer: func(ctx context.Context) (int, []byte, error) {
			var js script
			answer := js.try(await(ctx, js.try(question.Get("answer"))))
			return js.response(answer, js.try(property(answer, "text")))
		},
	}
}

// layoutOf is the layout of that name, or that of a card in the page.
func layoutOf(name string) view.Layout {
	switch l := view.Layout(name); l {
	case view.LayoutCompact, view.LayoutDialog, view.LayoutButton:
		return l
	}
	return view.LayoutCard
}

// level is the error correction of that name, or M.
func level(name string) qr.Level {
	switch strings.ToUpper(name) {
	case "Q":
		return qr.Quartile
	case "H":
		return qr.High
	}
	return qr.Medium
}

// absolute returns the URL as the page resolves it, or "" if it is none.
func absolute(url string) string {
	if url == "" {
		return ""
	}
	var js script
	global := safejs.Global()
	base := js.try(js.try(global.Get("document")).Get("baseURI"))
	href, err := js.try(js.try(js.try(property(global, "URL")).New(url, base)).Get("href")).String()
	if js.err != nil || err != nil {
		return ""
	}
	return href
}

// origin is that of the page: "null" if it has none.
func origin() string {
	text, err := property(safejs.Global(), "origin")
	if err != nil {
		return ""
	}
	s, _ := text.String()
	return s
}
