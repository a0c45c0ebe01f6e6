package ledger

import (
	"context"
	"fmt"
)

// Account says which keys may sign for an account, as of the newest validated ledger.
type Account struct {
	RegularKey     string // address of the key; empty: none
	MasterDisabled bool   // the account's own key may not sign
	Signers        []Signer
	Quorum         uint32 // weight that signers must reach together; 0: no signer list
}

// Signer is an entry of a signer list.
type Signer struct {
	Account string
	Weight  uint16
}

const masterDisabled = 0x00100000 // lsfDisableMaster

// Account asks for an account by its address.
func (c *Client) Account(ctx context.Context, address string) (Account, error) {
	var r struct {
		Validated bool `json:"validated"`
		Data      struct {
			Account    string
			Flags      *uint32
			RegularKey string
		} `json:"account_data"`
		Lists []struct {
			Quorum  uint32 `json:"SignerQuorum"`
			Entries []struct {
				Entry struct {
					Account string
					Weight  uint16 `json:"SignerWeight"`
				} `json:"SignerEntry"`
			} `json:"SignerEntries"`
		} `json:"signer_lists"`
	}
	params := map[string]any{"account": address, "ledger_index": "validated", "signer_lists": true}
	if err := c.call(ctx, "account_info", params, &r); err != nil {
		return Account{}, err
	}
	if !r.Validated || r.Data.Account != address || r.Data.Flags == nil {
		return Account{}, fmt.Errorf("read account_info: %w: not a validated answer for %s", ErrUnavailable, address)
	}
	a := Account{RegularKey: r.Data.RegularKey, MasterDisabled: *r.Data.Flags&masterDisabled != 0}
	if len(r.Lists) > 0 { // an account has at most one
		a.Quorum = r.Lists[0].Quorum
		for _, e := range r.Lists[0].Entries {
			a.Signers = append(a.Signers, Signer{Account: e.Entry.Account, Weight: e.Entry.Weight})
		}
	}
	return a, nil
}
