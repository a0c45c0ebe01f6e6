package ledger

import (
	"context"
	"encoding/json"
)

// Server is the state of a node.
type Server struct {
	NetworkID *uint32 // 0 Mainnet, 1 Testnet, 2 Devnet; nil: not known
	Validated uint32  // index of the newest validated ledger; 0: none yet, or not known
}

// Server asks for the node's state. A node that does not say which network it is on may be on any: then
// [Client.Network] counts.
func (c *Client) Server(ctx context.Context) (Server, error) {
	info, err := c.info(ctx)
	if err != nil {
		return Server{}, err
	}
	return c.server(info), nil
}

func (c *Client) info(ctx context.Context) (answer, error) {
	r, err := c.call(ctx, "server_info", map[string]any{})
	if err != nil {
		return nil, err
	}
	info := r.object("info")
	if info == nil {
		return nil, incomplete("server_info", "info")
	}
	return info, nil
}

func (c *Client) server(info answer) Server {
	s := Server{NetworkID: c.Network, Validated: info.object("validated_ledger").index("seq")}
	if id, ok := field[uint32](info, "network_id"); ok {
		s.NetworkID = &id
	} else if _, said := field[json.RawMessage](info, "network_id"); said {
		s.NetworkID = nil // it says something else, which is not understood
	}
	return s
}
