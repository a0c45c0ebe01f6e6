package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Codes of the types of fields.
const (
	typeAmount       = 6
	typeBlob         = 7
	typeAccountID    = 8
	typeObject       = 14
	typeArray        = 15
	typePathSet      = 18
	typeVector256    = 19
	typeIssue        = 24
	typeXChainBridge = 25
)

// sizes is the number of bytes of types that always have the same.
var sizes = map[int]int{
	1: 2, 2: 4, 3: 8, // UInt16, UInt32, UInt64
	4: 16, 5: 32, // Hash128, Hash256
	9: 12, 10: 4, // Number, Int32
	16: 1, 17: 20, 21: 24, // UInt8, Hash160, Hash192
	26: 20, // Currency
}

// scalar reads a value that is neither object nor array.
func (r *reader) scalar(kind int) ([]byte, error) {
	start := r.rest
	var err error
	switch kind {
	case typeBlob, typeAccountID, typeVector256:
		var n int
		if n, err = r.length(); err != nil {
			return nil, err
		}
		if kind == typeAccountID && n != accountIDSize || kind == typeVector256 && n%32 != 0 {
			return nil, errors.New("it has a value of a wrong length")
		}
		return r.take(n)
	case typeAmount:
		err = r.amount()
	case typePathSet:
		err = r.paths()
	case typeIssue:
		err = r.issue()
	case typeXChainBridge:
		err = r.bridge()
	default:
		size, ok := sizes[kind]
		if !ok {
			return nil, fmt.Errorf("it has a value of type %d, which this server cannot read", kind)
		}
		_, err = r.take(size)
	}
	if err != nil {
		return nil, err
	}
	return start[:len(start)-len(r.rest)], nil
}

// length reads a length prefix of one to three bytes. Each number has one form.
func (r *reader) length() (int, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	first := int(b[0])
	switch {
	case first <= 192:
		return first, nil
	case first <= 240:
		if b, err = r.take(1); err != nil {
			return 0, err
		}
		return 193 + (first-193)<<8 + int(b[0]), nil
	case first <= 254:
		if b, err = r.take(2); err != nil {
			return 0, err
		}
		return 12481 + (first-241)<<16 + int(b[0])<<8 + int(b[1]), nil
	}
	return 0, errors.New("it has a length that cannot be")
}

const (
	accountIDSize = 20
	dropsSize     = 8
	tokenSize     = 48 // value, currency, issuer
	mptSize       = 33 // mark, value, issuance id
	maxDrops      = 100_000_000_000_000_000
	zeroToken     = 1 << 63
)

var errAmount = errors.New("it has an amount that cannot be")

// amount reads an amount. Its first bits say of what: drops, a token, or a multi-purpose token (MPT).
func (r *reader) amount() error {
	if len(r.rest) == 0 {
		return errEnd
	}
	switch first := r.rest[0]; {
	case first&0x80 != 0:
		b, err := r.take(tokenSize)
		if err != nil {
			return err
		}
		value := binary.BigEndian.Uint64(b)
		mantissa, exponent := value&(1<<54-1), int(value>>54&0xff)-97
		normal := mantissa >= 1e15 && mantissa < 1e16 && exponent >= -96 && exponent <= 80
		if value != zeroToken && !normal || isZero(b[8:28]) {
			return errAmount
		}
	case first&0x20 != 0:
		b, err := r.take(mptSize)
		if err != nil {
			return err
		}
		if first != 0x60 || b[1]&0x80 != 0 {
			return errAmount
		}
	default:
		b, err := r.take(dropsSize)
		if err != nil {
			return err
		}
		if first&0x40 == 0 || binary.BigEndian.Uint64(b)&^(1<<62) > maxDrops {
			return errAmount
		}
	}
	return nil
}

// paths reads steps of one to three parts of 20 bytes, 0xff between paths and 0 at the end.
func (r *reader) paths() error {
	for empty := true; ; {
		b, err := r.take(1)
		if err != nil {
			return err
		}
		switch step := b[0]; {
		case step == 0x00 && !empty:
			return nil
		case step == 0xff && !empty:
			empty = true
		case step != 0 && step&^0x31 == 0:
			for _, part := range []byte{0x01, 0x10, 0x20} { // account, currency, issuer
				if step&part == 0 {
					continue
				}
				if _, err := r.take(20); err != nil {
					return err
				}
			}
			empty = false
		default:
			return errors.New("it has a path that cannot be")
		}
	}
}

var mptIssue = append(make([]byte, 19), 1)

// issue reads a currency without value: XRP as 20 zeros, a token with its issuer, an MPT as issuer, mark and sequence.
func (r *reader) issue() error {
	b, err := r.take(20)
	if err != nil || isZero(b) {
		return err
	}
	if b, err = r.take(20); err != nil || !bytes.Equal(b, mptIssue) {
		return err
	}
	_, err = r.take(4)
	return err
}

// bridge reads door and issue of two chains.
func (r *reader) bridge() error {
	for range 2 {
		n, err := r.length()
		if err != nil {
			return err
		}
		if n != accountIDSize {
			return errors.New("it has a value of a wrong length")
		}
		if _, err := r.take(n); err != nil {
			return err
		}
		if err := r.issue(); err != nil {
			return err
		}
	}
	return nil
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
