//go:build js && wasm

package browser

import (
	"fmt"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/card"
)

// readOptions returns what the element asks of its card, without the ports that need the card's nodes. What is missing
// is empty.
func readOptions(v safejs.Value) (o card.Options, err error) {
	var backend string // base URL of the contract
	for name, field := range map[string]*string{
		"payload": &o.Payload, "uuid": &o.UUID, "demo": &o.Demo, "preview": &o.Preview, "backend": &backend,
		"platform": &o.Platform,
	} {
		member, err := v.Get(name)
		if err != nil {
			return o, fmt.Errorf("read options: %w", err)
		}
		if member.Type() != safejs.TypeString {
			continue
		}
		if *field, err = member.String(); err != nil {
			return o, fmt.Errorf("read option %s: %w", name, err)
		}
	}
	o.Touch = truthy(v.Get("touch"))
	if backend != "" {
		o.Backend = &api.Client{Base: backend, Fetch: fetch}
	}
	return o, nil
}
