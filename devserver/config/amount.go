package config

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// asset is what amounts are of. The zero value is XRP.
type asset struct {
	currency string // of a token: three letters, or 40 hexadecimal digits
	issuer   string // address
	name     string // as it was written
}

func (a asset) String() string {
	if a.issuer == "" {
		return "XRP"
	}
	return a.name
}

// A ledger counts XRP in millionths, and keeps 15 digits of a token's amount.
const (
	places     = 6
	mostXRP    = 100_000_000_000
	mostDigits = 15
)

var number = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$`)

// parse reads an amount that is more than nothing and that the ledger can keep as it is.
func (a asset) parse(text string) (*big.Rat, error) {
	value, ok := new(big.Rat).SetString(text)
	switch {
	case !ok || !number.MatchString(text):
		return nil, fmt.Errorf("is not an amount, as in 2.5")
	case value.Sign() == 0:
		return nil, fmt.Errorf("is nothing")
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	switch digits := strings.Trim(whole+fraction, "0"); {
	case a.issuer != "" && len(digits) > mostDigits:
		return nil, fmt.Errorf("has more than %d digits, which a token cannot have", mostDigits)
	case a.issuer == "" && len(fraction) > places:
		return nil, fmt.Errorf("has more than %d digits behind the point, which XRP cannot have", places)
	case a.issuer == "" && value.Cmp(big.NewRat(mostXRP, 1)) > 0:
		return nil, fmt.Errorf("is more XRP than there is")
	}
	return value, nil
}

// field is an amount as a transaction has it.
func (a asset) field(value *big.Rat) json.RawMessage {
	if a.issuer == "" {
		drops := new(big.Rat).Mul(value, big.NewRat(1_000_000, 1))
		return text(drops.Num().String())
	}
	return text(map[string]string{"currency": a.currency, "issuer": a.issuer, "value": decimal(value)})
}

// decimal writes a number whose decimals end within 18 places.
func decimal(value *big.Rat) string {
	const most = 18
	return strings.TrimSuffix(strings.TrimRight(value.FloatString(most), "0"), ".")
}

// text is the JSON of a value that has one.
func text(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and maps of texts have one
	}
	return data
}
