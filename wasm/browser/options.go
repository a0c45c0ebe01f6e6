//go:build js && wasm

package browser

import (
	"fmt"

	"github.com/hack-pad/safejs"
)

// options is what the element asks of its card. Exactly one of payload, uuid, demo and preview counts, in this order.
type options struct {
	payload string // the platform's create response, JSON
	uuid    string // a sign request that the backend knows
	demo    string // the name of a sign request that the backend is willing to make
	preview string // a card shown from canned data, see [view.Previews]

	platform string // origins, separated by spaces, that a request may lead to besides Xaman's
	backend  string // base URL of the contract; "": nobody verifies
	language string
	touch    bool
	emit     safejs.Value // called with one flat object for each change
}

func readOptions(v safejs.Value) (options, error) {
	var o options
	for name, field := range map[string]*string{
		"payload": &o.payload, "uuid": &o.uuid, "demo": &o.demo, "preview": &o.preview, "backend": &o.backend,
		"platform": &o.platform, "language": &o.language,
	} {
		member, err := v.Get(name)
		if err != nil {
			return options{}, fmt.Errorf("read options: %w", err)
		}
		if member.Type() != safejs.TypeString {
			continue
		}
		if *field, err = member.String(); err != nil {
			return options{}, fmt.Errorf("read option %s: %w", name, err)
		}
	}
	touch, err := v.Get("touch")
	if err != nil {
		return options{}, fmt.Errorf("read options: %w", err)
	}
	if o.touch, err = touch.Truthy(); err != nil {
		return options{}, fmt.Errorf("read option touch: %w", err)
	}
	if o.emit, err = v.Get("emit"); err != nil {
		return options{}, fmt.Errorf("read options: %w", err)
	}
	return o, nil
}
