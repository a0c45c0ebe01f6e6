package verify

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

const (
	objectHead = "EA" // Memo, an object
	arrayHead  = "F9" // Memos, an array
)

func TestHostileBlobsAreRefused(t *testing.T) {
	good := vectorNamed(t, "payment secp256k1").Hex
	signIn := vectorNamed(t, "sign in secp256k1").Hex
	account := signIn[len(signIn)-44:]
	token := func(value, currency string) string {
		return "61" + value + strings.Repeat("00", 12) + currency + account[4:]
	}
	big := strings.Repeat("00", 900_000)
	tests := []struct{ name, blob, why string }{
		{"empty", "", "empty"},
		{"not hex", "zz", "not hex"},
		{"odd length", "120", "not hex"},
		{"blank in front", " 12", "not hex"},
		{"prefix", "0x1200", "not hex"},
		{"900 kB field", "7DF7F0" + big + good, "longer"},
		{"one byte over the bound", strings.Repeat("00", maxBlob+1), "longer"},
		{"20,000 objects inside each other", strings.Repeat(objectHead, 20_000) + strings.Repeat("E1", 20_000), "nested"},
		{"20,000 arrays and objects inside each other", strings.Repeat(arrayHead+objectHead, 20_000), "nested"},
		{"20,000 beginnings", strings.Repeat(objectHead, 20_000), "nested"},
		{"a vector of a length that is no multiple", "0413080000000000000000", "wrong length"},
		{"a long length that points past the end", "7DFEFFFF", "too early"},
		{"a length that cannot be", "7DFF", "cannot be"},
		{"truncated", good[:len(good)-2], "too early"},
		{"truncated to a header", "73", "too early"},
		{"half a header", "00", "too early"},
		{"a header in a longer form", "10020000", "shortest"},
		{"a type in a longer form", "020101", "shortest"},
		{"a field that nobody knows", "20C8FFFFFFFF", "does not know"},
		{"a type that nobody knows", "0C1100", "does not know"},
		{"fields out of order", account + signIn[:len(signIn)-44], "out of order"},
		{"a field twice", good + account, "out of order"},
		{"the last field twice", account + account, "out of order"},
		{"a field twice inside an object", objectHead + "7D00" + "7D00" + "E1", "out of order"},
		{"fields out of order inside an object", objectHead + "7D00" + "7C00" + "E1", "out of order"},
		{"an end marker behind it", good + "E1", "end marker"},
		{"an array's end marker behind it", good + "F1", "end marker"},
		{"bytes behind an end marker", good + "E1C0FFEE", "end marker"},
		{"an end marker in front", "E1" + good, "end marker"},
		{"an object that does not end", good + objectHead + "7D00", "too early"},
		{"an array that does not end", good + arrayHead, "too early"},
		{"an object ended as an array", good + objectHead + "F1", "end marker"},
		{"an array ended as an object", good + arrayHead + "E1", "something else than objects"},
		{"an array of numbers", good + arrayHead + "2400000001F1", "something else than objects"},
		{"an address of 19 bytes", "8113" + strings.Repeat("00", 19), "wrong length"},
		{"an empty address", "8100", "wrong length"},
		{"negative drops", "610000000000000001", "amount"},
		{"a token's value that is not normal", token("D480000000000001", "5553440000000000"), "amount"},
		{"a token without currency", token("D4838D7EA4C68000", "0000000000000000"), "amount"},
		{"a negative MPT", "6120" + strings.Repeat("00", 32), "amount"},
		{"an empty path set", "011200", "path"},
		{"an empty path", "0112FF00", "path"},
		{"an empty path behind another", "011201" + strings.Repeat("01", 20) + "FF00", "path"},
		{"an empty path between others", "011201" + strings.Repeat("01", 20) + "FFFF", "path"},
		{"a bridge's door of 19 bytes", "011913" + strings.Repeat("01", 19) + strings.Repeat("00", 41), "wrong length"},
		{"a step of nothing known", "011202", "path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseBlob(tt.blob)
			if err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Fatalf("got error %v, want one with %q", err, tt.why)
			}
			f := Inspect(Specimen{Hex: tt.blob, TxID: new(txIDOrNothing(tt.blob)), RequestJSON: []byte(paymentTemplate)})
			want := "The signed transaction is refused: " + err.Error() + "."
			if f.Opinion != Reject || f.SignatureValid || f.Reason != want {
				t.Errorf("got %+v, want it rejected with %q", f, want)
			}
		})
	}
}

// txIDOrNothing is the hash of a blob, readable or not, and "" of what is not hex.
func txIDOrNothing(blob string) string {
	data, err := unhex(blob)
	if err != nil {
		return ""
	}
	return txID(data)
}

// The gate stops at the eleventh level, wherever the rest would go, so that depth costs no time and no stack. Arrays
// and objects count alike, whichever is the deepest.
func TestNesting(t *testing.T) {
	nested := func(levels int, heads, ends [2]string) (blob string) {
		for i := range levels {
			blob = heads[i%2] + blob + ends[i%2]
		}
		return "8114" + strings.Repeat("01", 20) + blob
	}
	for name, of := range map[string][2][2]string{
		"objects": {{objectHead, objectHead}, {"E1", "E1"}},
		"arrays":  {{arrayHead, objectHead}, {"F1", "E1"}},
	} {
		if _, err := parseBlob(nested(10, of[0], of[1])); err != nil {
			t.Errorf("10 levels of %s: got %v", name, err)
		}
		if _, err := parseBlob(nested(11, of[0], of[1])); err != errDeep {
			t.Errorf("11 levels of %s: got %v, want %v", name, err, errDeep)
		}
	}
}

func TestFieldsAreRead(t *testing.T) {
	account := strings.Repeat("01", 20)
	tests := []struct{ name, blob string }{
		{"no fields in an object", objectHead + "E1"},
		{"no elements in an array", arrayHead + "F1"},
		{"an XRP issue", "0318" + strings.Repeat("00", 20)},
		{"a token issue", "0318" + account + account},
		{"an MPT issue", "0318" + account + strings.Repeat("00", 19) + "01" + "01000000"},
		{"steps of all kinds", "0112" + "01" + account + "10" + account + "20" + account + "FF" +
			"30" + account + account + "31" + account + account + account + "00"},
		{"a bridge", "0119" + strings.Repeat("14"+account+strings.Repeat("00", 20), 2)},
		{"a token in lower case", "61" + "D4CEF4F902812000" + "0000000000000000000000007573640000000000" + account},
		{"a token with a name of 20 bytes", "61" + "D4CEF4F902812000" + "034142434445464748494A4B4C4D4E4F50515253" + account},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := parseBlob(tt.blob)
			if err != nil {
				t.Fatal(err)
			}
			if len(b.fields) != 1 || !strings.EqualFold(hex.EncodeToString(b.fields[0].raw), tt.blob) {
				t.Errorf("got %+v, want one field that is the whole", b.fields)
			}
		})
	}
}

// Each type has its size: a byte less is too early, a byte more is another field.
func TestSizes(t *testing.T) {
	for name, tt := range map[string]struct {
		header string
		size   int
	}{
		"UInt16": {"12", 2}, "UInt32": {"24", 4}, "UInt64": {"3D", 8}, "Hash128": {"41", 16}, "Hash256": {"5011", 32},
		"Number": {"91", 12}, "Int32": {"A1", 4}, "UInt8": {"001010", 1}, "Hash160": {"0111", 20}, "Hash192": {"0115", 24},
		"Currency": {"011A", 20}, "vector": {"031340", 64}, "account": {"8114", 20}, "blob": {"7D05", 5},
		"long blob": {"7DC1FF", 448}, "longest blob": {"7DF10102", 12739},
	} {
		whole := tt.header + strings.Repeat("01", tt.size)
		if b, err := parseBlob(whole); err != nil || len(b.fields) != 1 || len(b.fields[0].value) != tt.size {
			t.Errorf("%s: got %+v, %v, want one field of %d bytes", name, b.fields, err, tt.size)
		}
		if _, err := parseBlob(whole[:len(whole)-2]); err != errEnd && !strings.HasPrefix(err.Error(), errEnd.Error()) {
			t.Errorf("%s: got %v of a byte less, want %v", name, err, errEnd)
		}
		if _, err := parseBlob(whole + "01"); err == nil {
			t.Errorf("%s: got no error of a byte more", name)
		}
	}
}

// A length is what its bytes say, also where no blob is as long.
func TestLengths(t *testing.T) {
	for text, want := range map[string]int{
		"00": 0, "C0": 192, "C100": 193, "C1FF": 448, "C200": 449, "F0FF": 12480, "F10000": 12481, "F10100": 12737,
		"F1FFFF": 78016, "F20000": 78017, "FED417": 918744,
	} {
		data, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		r := reader{rest: data}
		if got, err := r.length(); err != nil || got != want || len(r.rest) > 0 {
			t.Errorf("%s: got %d, %v, with %d bytes left, want %d", text, got, err, len(r.rest), want)
		}
	}
}

// A type that the table of fields may get one day is refused until its size is known.
func TestTypesThatAreNotRead(t *testing.T) {
	for _, kind := range []int{0, 11, 12, 13, 20, 22, 23, 27} {
		r := reader{rest: make([]byte, 64)}
		if got, err := r.scalar(kind); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("type %d,", kind)) {
			t.Errorf("got %x, %v, want an error that names type %d", got, err, kind)
		}
	}
}

func TestTruncated(t *testing.T) {
	account := strings.Repeat("01", 20)
	for name, blob := range map[string]string{
		"length of two bytes": "7DC1", "length of three bytes": "7DF1", "length of three bytes, two there": "7DF101",
		"amount": "61", "drops": "6140", "token": "61" + "D4838D7EA4C68000", "MPT": "6160", "issue": "0318",
		"token issue": "0318" + account, "MPT issue": "0318" + account + strings.Repeat("00", 19) + "01" + "010000",
		"path": "0112", "step": "011201" + account[2:],
		"end of paths": "011201" + account, "second part of a step": "011230" + account,
		"bridge": "0119", "bridge's door": "011914" + account[2:], "bridge's issue": "011914" + account,
		"bridge's second door":            "011914" + account + strings.Repeat("00", 20),
		"bridge's second door, cut short": "011914" + account + strings.Repeat("00", 20) + "14" + account[2:],
		"bridge's second issue":           "011914" + account + strings.Repeat("00", 20) + "14" + account,
	} {
		if _, err := parseBlob(blob); err == nil || !strings.HasPrefix(err.Error(), errEnd.Error()) {
			t.Errorf("%s: got %v, want %v", name, err, errEnd)
		}
	}
}

func TestAmountsAtTheirBounds(t *testing.T) {
	usd := "0000000000000000000000005553440000000000" + strings.Repeat("01", 20)
	token := func(exponent int, mantissa uint64) string {
		return fmt.Sprintf("61%016X", 1<<63|1<<62|uint64(exponent+97)<<54|mantissa) + usd
	}
	firstByte := "61D4838D7EA4C6800001" + strings.Repeat("00", 19) + strings.Repeat("01", 20)
	for name, tt := range map[string]struct {
		blob string
		good bool
	}{
		"no drops":                       {"614000000000000000", true},
		"all drops":                      {fmt.Sprintf("61%016X", 1<<62|uint64(100_000_000_000_000_000)), true},
		"a drop more":                    {fmt.Sprintf("61%016X", 1<<62|uint64(100_000_000_000_000_001)), false},
		"least mantissa":                 {token(0, 1_000_000_000_000_000), true},
		"below the least mantissa":       {token(0, 999_999_999_999_999), false},
		"greatest mantissa":              {token(0, 9_999_999_999_999_999), true},
		"above the greatest mantissa":    {token(0, 10_000_000_000_000_000), false},
		"least exponent":                 {token(-96, 1_000_000_000_000_000), true},
		"below the least exponent":       {token(-97, 1_000_000_000_000_000), false},
		"greatest exponent":              {token(80, 1_000_000_000_000_000), true},
		"above the greatest exponent":    {token(81, 1_000_000_000_000_000), false},
		"currency of a first byte":       {firstByte, true},
		"no token":                       {"618000000000000000" + usd, true},
		"no token, with a sign":          {"61C000000000000000" + usd, false},
		"greatest MPT":                   {"61607FFFFFFFFFFFFFFF" + strings.Repeat("01", 24), true},
		"above the greatest MPT":         {"61608000000000000000" + strings.Repeat("01", 24), false},
		"MPT with a bit that is unknown": {"61700000000000000001" + strings.Repeat("01", 24), false},
	} {
		if _, err := parseBlob(tt.blob); (err == nil) != tt.good {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWhatIsNoHexHasNoHash(t *testing.T) {
	if _, err := unhex(strings.Repeat("00", 65536)); err != nil {
		t.Errorf("64 KiB: got %v", err)
	}
	for _, bad := range []string{"", "0", "zz", strings.Repeat("00", 65537)} {
		if _, err := unhex(bad); err == nil || !strings.HasPrefix(err.Error(), "it is ") {
			t.Errorf("got %v for %.10q, want an error", err, bad)
		}
		if got := ReadBlob(bad).TxID(); got != "" {
			t.Errorf("got %s for %.10q, want none", got, bad)
		}
	}
}
