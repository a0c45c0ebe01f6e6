package verify

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Describes says why an order is not that of a payload which somebody else has made, by what the platform shows of it.
// It wants to be asked before the order is kept: what is signed for another payload could never be verified.
func (o Order) Describes(p xaman.Payload) error {
	for _, c := range []payload.Check{owner(o, p), asked(o, p.Payload)} {
		if c.Outcome != payload.Pass {
			return errors.New(inText(c.Detail))
		}
	}
	switch m := p.Meta; {
	case o.Submit != m.Submit:
		return fmt.Errorf("the platform's submit is %t, and that of this order %t", m.Submit, o.Submit)
	case o.Pathfinding != m.Pathfinding:
		return fmt.Errorf("the platform's pathfinding is %t, and that of this order %t", m.Pathfinding, o.Pathfinding)
	case m.ForceNetwork != "" && m.ForceNetwork != o.Network:
		return fmt.Errorf("the platform's force_network is %.40s, and this order is for %s", m.ForceNetwork, o.Network)
	}
	return nil
}

// inText is a sentence as a part of another.
func inText(sentence string) string {
	return strings.ToLower(sentence[:1]) + strings.TrimSuffix(sentence[1:], ".")
}
