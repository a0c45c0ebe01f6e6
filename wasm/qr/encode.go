package qr

import (
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// Level is how much damage a reader can correct, at the price of more modules.
type Level int

// The levels, by the names of ISO/IEC 18004.
const (
	Medium   Level = iota // M, 15 %
	Quartile              // Q, 25 %
	High                  // H, 30 %
)

// recovery maps a Level to go-qrcode's, whose names are one off above Medium:
// its High is Q and its Highest is H.
var recovery = [...]qrcode.RecoveryLevel{
	Medium:   qrcode.Medium,
	Quartile: qrcode.High,
	High:     qrcode.Highest,
}

// Matrix holds the modules of a QR code, row by row, without the quiet zone.
// True is dark.
type Matrix [][]bool

// Encode returns a QR code that holds text at the given level. It fails when
// text is empty or does not fit the largest QR code.
func Encode(text string, level Level) (Matrix, error) {
	code, err := qrcode.New(text, recovery[level])
	if err != nil {
		return nil, fmt.Errorf("encode QR code: %w", err)
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}
