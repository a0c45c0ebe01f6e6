package orders

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/strictjson"
)

// A view key is good for so long if nobody says for how long: from when it is too late to open the request, so that its
// visitor sees what has come of it, and if that has passed, from now.
const afterwards = 24 * time.Hour

// What may be said, in seconds.
const (
	leastView = 60
	mostView  = 30 * 24 * 60 * 60
)

// view says how long a view key is to be good for.
type view struct {
	ExpiresIn *int `json:"expires_in"` // seconds from now
}

func (v view) check() error {
	if v.ExpiresIn != nil && (*v.ExpiresIn < leastView || *v.ExpiresIn > mostView) {
		return badRequest("The expires_in of a view key is in seconds, from %d to %d.", leastView, mostView)
	}
	return nil
}

// shown is how a visitor is let see a request.
type shown struct {
	Key     string    `json:"view_key"`
	Expires time.Time `json:"view_key_expires"`
	HTML    string    `json:"html"` // the element, for a page
}

func (h handler) show(e record.Entry, v view) (shown, error) {
	now, until := time.Now(), e.Deadline.Add(afterwards)
	switch {
	case v.ExpiresIn != nil:
		until = now.Add(time.Duration(*v.ExpiresIn) * time.Second)
	case now.After(e.Deadline):
		until = now.Add(afterwards)
	}
	until = until.UTC().Truncate(time.Second)
	key := h.Backend.ViewKey(e.Order.UUID, until)
	element, err := element(e, h.Base, key)
	return shown{key, until, element}, err
}

// element is the card of a request, with link and code for a page on which no script runs.
func element(e record.Entry, base, key string) (string, error) {
	var created struct {
		Next struct {
			Always string `json:"always"`
		} `json:"next"`
		Refs struct {
			QRPNG string `json:"qr_png"`
		} `json:"refs"`
	}
	if err := json.Unmarshal(e.Created, &created); err != nil {
		return "", fmt.Errorf("read the create response: %w", err)
	}
	text := fmt.Sprintf(`<xaman-sign-request uuid="%s" view-key="%s" backend="%s"><a href="%s">Open in Xaman</a>`,
		html.EscapeString(string(e.Order.UUID)), html.EscapeString(key), html.EscapeString(base),
		html.EscapeString(created.Next.Always))
	if image := created.Refs.QRPNG; image != "" {
		text += fmt.Sprintf(`<img src="%s" alt="QR code of the link">`, html.EscapeString(image))
	}
	return text + "</xaman-sign-request>", nil
}

// viewKey makes another view key.
func (h handler) viewKey(w http.ResponseWriter, r *http.Request) error {
	data, err := body(r)
	if err != nil {
		return err
	}
	var v view
	if len(data) > 0 {
		if err := strictjson.UnmarshalKnown(data, &v); err != nil {
			return unreadable(err)
		}
	}
	if err := v.check(); err != nil {
		return err
	}
	e, err := h.find(r)
	if err != nil {
		return err
	}
	s, err := h.show(e, v)
	if err != nil {
		return err
	}
	return write(w, http.StatusCreated, s)
}
