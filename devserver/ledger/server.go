package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Server is the state of a node.
type Server struct {
	NetworkID uint32  // 0 Mainnet, 1 Testnet, 2 Devnet
	Validated uint32  // index of the newest validated ledger; 0: none yet
	Complete  []Range // the ledgers that it has
}

// Range is a run of ledgers, both ends included.
type Range struct{ First, Last uint32 }

// Has reports whether the node has all ledgers from first to last.
func (s Server) Has(first, last uint32) bool {
	return slices.ContainsFunc(s.Complete, func(r Range) bool { return r.First <= first && last <= r.Last })
}

// Server asks for the node's state.
func (c *Client) Server(ctx context.Context) (Server, error) {
	var r struct {
		Info *struct {
			NetworkID uint32 `json:"network_id"` // absent on Mainnet
			Complete  string `json:"complete_ledgers"`
			Validated struct {
				Index uint32 `json:"seq"`
			} `json:"validated_ledger"`
		} `json:"info"`
	}
	if err := c.call(ctx, "server_info", map[string]any{}, &r); err != nil {
		return Server{}, err
	}
	if r.Info == nil {
		return Server{}, fmt.Errorf("read server_info: %w: no info", ErrUnavailable)
	}
	complete, err := parseRanges(r.Info.Complete)
	if err != nil {
		return Server{}, fmt.Errorf("read server_info: %w: %w", ErrUnavailable, err)
	}
	return Server{NetworkID: r.Info.NetworkID, Validated: r.Info.Validated.Index, Complete: complete}, nil
}

// parseRanges reads complete_ledgers, like "1-5,7,9-12". A node that has none says "empty", or nothing.
func parseRanges(text string) ([]Range, error) {
	if text == "" || text == "empty" {
		return nil, nil
	}
	var all []Range
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.ParseUint(from, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read ledger range %.40q: %w", part, err)
		}
		last, err := strconv.ParseUint(to, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read ledger range %.40q: %w", part, err)
		}
		all = append(all, Range{First: uint32(first), Last: uint32(last)})
	}
	return all, nil
}
