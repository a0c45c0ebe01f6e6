package backend

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// Offer is a sign request that the site is willing to make. A page names it, and chooses nothing else.
type Offer struct {
	Label       string          // what a page may call it, in a few words
	TxJSON      json.RawMessage // the transaction template, to which a mark is added: see [verify.Mark]
	Options     xaman.Options   // Submit, and Expire in minutes; the backend says network and return URL
	Instruction string          // what the phone shows; {host} stands for the site's
	Unmarked    bool            // asked for as it is, for a wallet that cannot sign a mark: see [verify.Order]
}

// order makes what is asked for one of a kind, unless it is to stay as it is, and makes sure that an answer to it can
// be verified. Its UUID is the platform's to give.
func (b *Backend) order(offer Offer, identifier string, now time.Time, newest uint32) (verify.Order, error) {
	o := verify.Order{
		Application: b.platform.Credentials().Application(),
		Identifier:  identifier,
		Network:     b.network,
		NetworkID:   b.networkID,
		Submit:      offer.Options.Submit,
		TxJSON:      offer.TxJSON,
		Unmarked:    offer.Unmarked,
		Created:     now,
		Ledger:      newest,
	}
	if !offer.Unmarked {
		random := make([]byte, verify.MarkSize)
		if _, err := io.ReadFull(b.random, random); err != nil {
			return verify.Order{}, fmt.Errorf("order: %w", err)
		}
		var err error
		if o.TxJSON, err = verify.Mark(offer.TxJSON, hostOf(b.origin), random); err != nil {
			return verify.Order{}, fmt.Errorf("order: %w", err)
		}
	}
	if err := o.Validate(); err != nil {
		return verify.Order{}, fmt.Errorf("order: %w", err)
	}
	return o, nil
}

// hostOf is the host, and port if any, of an origin.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}
