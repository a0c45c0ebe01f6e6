package verify

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// A phone chooses the fee, by what the network asks at the moment. These are the most drops that it may be unless an
// order says otherwise.
const (
	MaxFee        = 1_000_000 // 1 XRP, 100,000 times what a transaction costs ordinarily
	MaxReserveFee = 5_000_000 // of a transaction that costs the owner reserve of one object, which was as high as that
)

// reserveFees are the types that cost the owner reserve: xrpl.org, "Transaction Cost", "Special Transaction Costs".
var reserveFees = []string{"AccountDelete", "AMMCreate", "LedgerStateFix", "VaultCreate"}

// maxFee is the greatest fee for a template in drops, given what its order says of it. Who asks for a fee wants it.
func (t template) maxFee(ordered uint64) uint64 {
	most := uint64(MaxFee)
	switch {
	case ordered > 0:
		most = ordered
	case slices.Contains(reserveFees, t.kind):
		most = MaxReserveFee
	}
	asked, _ := drops(t.fields.value("Fee"))
	return max(most, asked)
}

// overpays says that the fee of a transaction is more than it may be, or nothing.
func overpays(o object, most uint64) deviation {
	fee := o.value("Fee")
	if fee == nil {
		return deviation{} // a sign-in has none
	}
	switch n, ok := drops(fee); {
	case !ok:
		return deviation{api.OtherField, "has a Fee that is not one in XRP"}
	case n > most:
		return deviation{api.FeeTooHigh, fmt.Sprintf("has a Fee of %s XRP, and it may be %s", xrp(n), xrp(most))}
	}
	return deviation{}
}

// drops reads an encoded amount of XRP.
func drops(value []byte) (uint64, bool) {
	if len(value) != dropsSize {
		return 0, false
	}
	return binary.BigEndian.Uint64(value) &^ (1 << 62), true
}
