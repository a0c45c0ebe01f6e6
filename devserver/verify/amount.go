package verify

import (
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// amount is an encoded amount. Amounts of one asset are in the order of their values, if they are positive.
type amount struct {
	value []byte
	asset []byte // of a token its currency and issuer, of an MPT its issuance; of XRP nothing
}

// positive looks at the bit of the sign, which a token's zero lacks.
func (a amount) positive() bool { return a.value[0]&0x40 != 0 }

// nothing reports whether it is zero, or below.
func (a amount) nothing() bool { return !a.positive() || a.spell().Value == "0" }

// newAmount takes an encoded amount apart, which is of one of three lengths.
func newAmount(b []byte) amount {
	if len(b) == mptSize {
		return amount{value: b[:9], asset: b[9:]}
	}
	return amount{value: b[:8], asset: b[8:]}
}

// spell writes an amount out for people.
func (a amount) spell() payload.Amount {
	n := binary.BigEndian.Uint64(a.value[len(a.value)-8:])
	switch len(a.asset) {
	case 0:
		return payload.Amount{Value: xrp(n &^ (1 << 62)), Currency: "XRP"}
	case mptSize - 9:
		return payload.Amount{Value: strconv.FormatUint(n, 10), Currency: upperHex(a.asset), Issuer: address(a.asset[4:])}
	}
	value := decimal(n&(1<<54-1), int(n>>54&0xff)-97)
	if !a.positive() && n != zeroToken {
		value = "-" + value
	}
	return payload.Amount{Value: value, Currency: currency(a.asset[:20]), Issuer: address(a.asset[20:])}
}

// currency writes out the 20 bytes of a token's currency: as the letters that they hold, wherever those are, or in hex
// if it is not that alone, or would pass for XRP.
func currency(code []byte) string {
	letters := strings.Trim(string(code), "\x00")
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	if strings.ContainsFunc(letters, odd) || strings.EqualFold(letters, "XRP") {
		return upperHex(code)
	}
	return letters
}

// xrp spells drops, a millionth of an XRP each.
func xrp(drops uint64) string { return decimal(drops, -6) }

// decimal spells mantissa times ten to the power of exponent.
func decimal(mantissa uint64, exponent int) string {
	digits := strconv.FormatUint(mantissa, 10) + strings.Repeat("0", max(exponent, 0))
	places := max(-exponent, 0)
	digits = strings.Repeat("0", max(places+1-len(digits), 0)) + digits
	point := len(digits) - places
	return strings.TrimSuffix(strings.TrimRight(digits[:point]+"."+digits[point:], "0"), ".")
}

// parseAmount reads delivered_amount. Very old partial payments have "unavailable" there, which is not an amount, and
// whatever is no text is not either.
func parseAmount(data json.RawMessage) (amount, error) {
	var drops string
	var token map[string]string
	var v any
	switch {
	case json.Unmarshal(data, &drops) == nil:
		v = drops
	case json.Unmarshal(data, &token) == nil:
		fields := map[string]any{}
		for name, text := range token {
			fields[name] = text
		}
		v = fields
	}
	o, err := encode(map[string]any{"Amount": v})
	if err != nil {
		return amount{}, err
	}
	return newAmount(o.value("Amount")), nil
}
