package payload

import (
	"net/url"

	"github.com/valyala/fastjson"
)

// Created is the platform's answer to the creation of a payload, checked: the links open no script, and the socket is
// encrypted unless it leads to this very machine. Hosts are not checked, since the platform answers under several.
type Created struct {
	UUID     UUID
	Link     string // next.always: opens the wallet, or shows a QR code where there is none
	NoPush   string // next.no_push_msg_received: the QR code's page for a pushed payload, else ""
	QRImage  string // refs.qr_png, or ""
	Socket   string // refs.websocket_status
	Pushed   bool   // the platform sent a push notification to the visitor's phone
	original []byte
}

// JSON is the create response as it was parsed.
func (c Created) JSON() []byte { return c.original }

// ParseCreated reads a create response. Its errors are [*Error] with one of the codes [BadPayload], [BadUUID],
// [UnsafeLink] and [InsecureSocket].
func ParseCreated(data []byte) (Created, error) {
	v, err := fastjson.ParseBytes(data)
	if err != nil || v.Type() != fastjson.TypeObject {
		return Created{}, &Error{BadPayload, "payload is not the JSON object that the platform answers on creation"}
	}
	text := func(keys ...string) string { return string(v.GetStringBytes(keys...)) }
	c := Created{
		Link:     text("next", "always"),
		NoPush:   text("next", "no_push_msg_received"),
		QRImage:  text("refs", "qr_png"),
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
	for _, link := range []string{c.Link, c.NoPush, c.QRImage} {
		if link != "" && !SafeLink(link) {
			return Created{}, &Error{UnsafeLink, "payload has a link that is not an https: URL"}
		}
	}
	if !secure(c.Socket, "wss", "ws") {
		return Created{}, &Error{InsecureSocket, "refs.websocket_status is not a wss: URL"}
	}
	return c, nil
}

// SafeLink reports whether a visitor may be led to a URL that came from elsewhere: https, or http to this very machine.
func SafeLink(raw string) bool { return secure(raw, "https", "http") }

// secure reports whether raw is an absolute URL of the encrypted scheme, or of the plain one to this machine: what a
// browser treats as potentially trustworthy.
func secure(raw, encrypted, plain string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return u.Scheme == encrypted || u.Scheme == plain
	}
	return u.Scheme == encrypted
}
