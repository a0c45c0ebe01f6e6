package verify

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	addresscodec "github.com/Peersyst/xrpl-go/address-codec"
	binarycodec "github.com/Peersyst/xrpl-go/binary-codec"
	"github.com/Peersyst/xrpl-go/binary-codec/definitions"
)

// supported reports whether the codec knows a transaction type that accounts can sign: those from 100 up are made by
// the ledger itself. Types of other networks it does not know.
func supported(kind string) bool {
	number, ok := definitions.Get().TransactionTypes[kind]
	return ok && number >= 0 && number < 100
}

// encode encodes the fields of a transaction and reads them back as strictly as those of a blob.
func encode(fields map[string]any) (object, error) {
	for name := range fields {
		// The codec drops in silence what it does not know.
		if info, ok := definitions.Get().Fields[name]; !ok || !info.IsSerialized {
			return nil, fmt.Errorf("no transaction has a field %.40q", name)
		}
	}
	if err := plain(fields, 1); err != nil {
		return nil, err
	}
	fields = maps.Clone(fields)
	bridge, bridged := fields["XChainBridge"]
	delete(fields, "XChainBridge")
	data, ok := codec(fields)
	if !ok {
		return nil, badField(fields)
	}
	if bridged {
		b, ok := encodeBridge(bridge)
		if !ok {
			return nil, errors.New("XChainBridge has a value that it cannot have")
		}
		data = append(data, b...)
	}
	return parseFields(data)
}

// badField names the field whose value the codec refuses, in words of our own: people who are asked for money read
// them.
func badField(fields map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := codec(map[string]any{name: fields[name]}); !ok {
			return fmt.Errorf("%s has a value that it cannot have", name)
		}
	}
	return errors.New("two fields do not go together")
}

// codec encodes fields, if the library takes their values. What it says of others is not for people.
func codec(fields map[string]any) (data []byte, ok bool) {
	defer func() { _ = recover() }() // It panics on a value of a type that it did not expect.
	text, err := binarycodec.Encode(fields)
	if err != nil {
		return nil, false
	}
	data, err = hex.DecodeString(text)
	return data, err == nil
}

// encodeBridge encodes what comes last in every transaction that has it. The codec takes a bridge's currencies for
// addresses.
func encodeBridge(v any) ([]byte, bool) {
	chains, _ := v.(map[string]any)
	if len(chains) != 4 {
		return nil, false
	}
	data := []byte{0x01, typeXChainBridge}
	for _, chain := range []string{"Locking", "Issuing"} {
		door, ok := codec(map[string]any{"Account": chains[chain+"ChainDoor"]})
		if !ok {
			return nil, false
		}
		issue, ok := codec(map[string]any{"Asset": chains[chain+"ChainIssue"]})
		if !ok {
			return nil, false
		}
		data = append(append(data, door[1:]...), issue[2:]...) // without the headers of those fields
	}
	return data, true
}

// decimals are the 64-bit fields whose text is decimal. That of all others is hex, and to the codec even theirs.
var decimals = []string{"MPTAmount", "MaximumAmount", "OutstandingAmount", "LockedAmount"}

// kindOf is the type of a field, or "" of one that there is not.
func kindOf(name string) string {
	if info, ok := definitions.Get().Fields[name]; ok {
		return info.Type
	}
	return ""
}

// plain replaces numbers, at any depth, by the types that the codec takes. Whole numbers may come as strings too.
func plain(o map[string]any, depth int) error {
	if depth > maxNesting {
		return errDeep
	}
	for name, v := range o {
		kind := kindOf(name)
		text, _ := v.(string)
		number, isNumber := v.(json.Number)
		if isNumber {
			text = number.String()
		}
		var err error
		switch whole := isNumber || isDigits(text); {
		case kind == "UInt32" && (isNumber || name != "PermissionValue"):
			o[name], err = uint32Of(name, text)
		case kind == "UInt16" && whole:
			o[name], err = intOf(strconv.ParseUint(text, 10, 16))
		case kind == "UInt8" && whole:
			o[name], err = intOf(strconv.ParseUint(text, 10, 8))
		case kind == "Int32" && isNumber:
			o[name], err = intOf(strconv.ParseInt(text, 10, 32))
		case kind == "UInt64" && isNumber, slices.Contains(decimals, name):
			var n uint64
			n, err = strconv.ParseUint(text, 10, 64)
			o[name] = strconv.FormatUint(n, 16)
		case kind == "AccountID" && addresscodec.IsValidXAddress(text):
			// The codec makes an address and a tag of it, and the platform refuses it.
			return fmt.Errorf("%s is an X-address: say the address that begins with r, and its tag beside it", name)
		case isNumber && kind != "" && kind != "Amount" && kind != "Number":
			return fmt.Errorf("%s cannot be a number", name)
		case isNumber:
			o[name] = text
		}
		if err != nil {
			return fmt.Errorf("%s is not a whole number of its size", name)
		}
		if err := plainInside(v, depth); err != nil {
			return err
		}
	}
	return nil
}

func plainInside(v any, depth int) error {
	switch v := v.(type) {
	case map[string]any:
		return plain(v, depth+1)
	case []any:
		if depth >= maxNesting {
			return errDeep
		}
		for _, element := range v {
			if err := plainInside(element, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// uint32Of also takes a negative number for the flags from 2^31 up, as software with signed integers writes them. Of
// anything else a negative number is a mistake.
func uint32Of(name, text string) (uint32, error) {
	if name == "Flags" && strings.HasPrefix(text, "-") {
		n, err := strconv.ParseInt(text, 10, 32)
		return uint32(n), err
	}
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err
}

func intOf[N int64 | uint64](n N, err error) (int, error) { return int(n), err }

func isDigits(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}
