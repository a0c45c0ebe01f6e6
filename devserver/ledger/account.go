package ledger

import (
	"context"
	"errors"
)

// Account says which keys may sign for an account, as of a validated ledger.
type Account struct {
	Ledger         uint32 // index of that ledger; 0: not known
	Missing        bool   // the account is not on the ledger
	RegularKey     string // address of the key; empty: none
	MasterDisabled bool   // the account's own key may not sign
	Signers        []Signer
	Quorum         uint32 // weight that signers must reach together; 0: no signer list
}

// Signer is an entry of a signer list.
type Signer struct {
	Account string `json:"account"`
	Weight  uint16 `json:"weight"`
}

const masterDisabled = 0x00100000 // lsfDisableMaster

// Account asks for an account by its address, which need not be on the ledger.
func (c *Client) Account(ctx context.Context, address string) (Account, error) {
	params := map[string]any{"account": address, "ledger_index": "validated", "signer_lists": true}
	r, err := c.call(ctx, "account_info", params)
	validated, said := field[bool](r, "validated")
	switch {
	case errors.Is(err, ErrNotFound) && (validated || !said):
		return Account{Ledger: r.index("ledger_index"), Missing: true}, nil
	case errors.Is(err, ErrNotFound):
		return Account{}, incomplete("account_info", "validated")
	case err != nil:
		return Account{}, err
	}
	return readAccount(r, address)
}

// readAccount insists on everything but RegularKey, which an account without one does not have.
func readAccount(r answer, address string) (Account, error) {
	missing := func(name string) (Account, error) { return Account{}, incomplete("account_info", name) }
	data := r.object("account_data")
	flags, hasFlags := field[uint32](data, "Flags")
	lists, hasLists := field[[]answer](r, "signer_lists")
	validated, _ := field[bool](r, "validated")
	a := Account{
		Ledger: r.index("ledger_index"), RegularKey: data.text("RegularKey"), MasterDisabled: flags&masterDisabled != 0,
	}
	switch {
	case !validated:
		return missing("validated")
	case a.Ledger == 0:
		return missing("ledger_index")
	case data == nil:
		return missing("account_data")
	case data.text("Account") == "":
		return missing("Account")
	case data.text("Account") != address:
		return Account{}, &UnusableAnswer{"account_info", "The node answered about another account."}
	case !hasFlags:
		return missing("Flags")
	case data.has("RegularKey") && a.RegularKey == "":
		return missing("RegularKey")
	case !hasLists && data.has("signer_lists"):
		return Account{}, &UnusableAnswer{"account_info", wrongVersion}
	case !hasLists:
		return missing("signer_lists")
	case len(lists) == 0:
		return a, nil
	}
	entries, hasEntries := field[[]answer](lists[0], "SignerEntries") // an account has at most one list
	a.Quorum, _ = field[uint32](lists[0], "SignerQuorum")
	if !hasEntries || a.Quorum == 0 {
		return missing("signer list")
	}
	for _, e := range entries {
		entry := e.object("SignerEntry")
		weight, weighs := field[uint16](entry, "SignerWeight")
		s := Signer{Account: entry.text("Account"), Weight: weight}
		if s.Account == "" || !weighs {
			return missing("SignerEntry")
		}
		a.Signers = append(a.Signers, s)
	}
	return a, nil
}
