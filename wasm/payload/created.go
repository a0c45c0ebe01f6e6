package payload

import (
	"strings"

	"github.com/valyala/fastjson"
)

// Created is the platform's answer to the creation of a payload, checked: links, image and socket lead to the platform,
// and to this very request. It has what a page uses; the rest is in its JSON.
type Created struct {
	UUID     UUID
	Link     string // next.always: opens the wallet, or shows a QR code where there is none
	Socket   string // refs.websocket_status
	Pushed   bool   // the platform sent a push notification to the visitor's phone
	original []byte
}

// JSON is the create response as it was parsed.
func (c Created) JSON() []byte { return c.original }

// ParseCreated reads a create response. Its links may lead to the platform's own origins and to those in allowed, each
// spelled "https://host" or "https://host:port", or with http: for this very machine. Its errors are [*Error] with one
// of the codes [BadPayload], [BadUUID], [UnsafeLink] and [InsecureSocket].
func ParseCreated(data []byte, allowed ...string) (Created, error) {
	v, err := fastjson.ParseBytes(data)
	if err != nil || v.Type() != fastjson.TypeObject {
		return Created{}, &Error{BadPayload, "payload is not the JSON object that the platform answers on creation"}
	}
	for _, read := range []struct {
		object *fastjson.Object
		keys   []string
	}{
		{v.GetObject(), []string{"uuid", "next", "refs", "pushed"}},
		{v.GetObject("next"), []string{"always", "no_push_msg_received"}},
		{v.GetObject("refs"), []string{"qr_png", "websocket_status"}},
	} {
		if key := ambiguous(read.object, read.keys); key != "" {
			return Created{}, &Error{BadPayload, "payload has the key " + key + " twice, or in another spelling"}
		}
	}
	text := func(keys ...string) string { return string(v.GetStringBytes(keys...)) }
	c := Created{
		Link:     text("next", "always"),
		Socket:   text("refs", "websocket_status"),
		Pushed:   v.GetBool("pushed"),
		original: data,
	}
	if c.UUID, err = ParseUUID(text("uuid")); err != nil {
		return Created{}, err
	}
	if c.Link == "" || c.Socket == "" {
		return Created{}, &Error{BadPayload, "payload lacks next.always or refs.websocket_status"}
	}
	links := linksOf(c.UUID, allowed)
	const where = "to its request at Xaman, or at an origin that is allowed"
	for _, link := range []string{c.Link, text("next", "no_push_msg_received"), text("refs", "qr_png")} {
		if link != "" && !links.safe(link) {
			return Created{}, &Error{UnsafeLink, "payload has a link that does not lead " + where}
		}
	}
	if !links.secure(c.Socket) {
		return Created{}, &Error{InsecureSocket, "refs.websocket_status does not lead " + where}
	}
	return c, nil
}

// ambiguous returns one of the keys that the object has twice or in another spelling, or "". Of such keys one program
// takes the first, another the last, and a third any. What is missing or no object is nil, and has no keys.
func ambiguous(object *fastjson.Object, keys []string) (found string) {
	seen := map[string]bool{}
	object.Visit(func(key []byte, _ *fastjson.Value) {
		for _, want := range keys {
			if strings.EqualFold(string(key), want) {
				if string(key) != want || seen[want] {
					found = want
				}
				seen[want] = true
			}
		}
	})
	return found
}
