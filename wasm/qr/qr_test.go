package qr

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

const signLink = "https://xumm.app/sign/4e3f2a52-4a5c-4f0b-9f3e-0d3b3c6f8a11"

func TestPathGolden(t *testing.T) {
	m, err := Encode(signLink, Medium)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %[1]d\"><path d=\"%s\"/></svg>\n",
		m.Side(), m.Path())

	const golden = "testdata/sign.svg"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPathShapes(t *testing.T) {
	tests := map[string]struct {
		rows []string
		want string
	}{
		"empty":         {nil, ""},
		"all light":     {[]string{"..", ".."}, ""},
		"one module":    {[]string{"#"}, "m4 4h1v1h-1z"},
		"run":           {[]string{"...", "###", "..."}, "m4 5h3v1h-3z"},
		"column":        {[]string{".#.", ".#.", ".#."}, "m5 4h1v3h-1z"},
		"second starts": {[]string{"..#", "...", "#.."}, "m6 4h1v1h-1zm-2 2h1v1h-1z"},
		"ring":          {[]string{"###", "#.#", "###"}, "m4 4h3v3h-3zm1 2h1v-1h-1z"},
		"touch falling": {[]string{"#.", ".#"}, "m4 4h1v1h-1zm1 1h1v1h-1z"},
		"touch rising":  {[]string{".#", "#."}, "m5 4h1v1h-1zm-1 1h1v1h-1z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := make(Matrix, len(test.rows))
			for y, row := range test.rows {
				for _, module := range row {
					m[y] = append(m[y], module == '#')
				}
			}
			if got := m.Path(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			checkCoverage(t, m)
		})
	}
}

func TestReadBack(t *testing.T) {
	levels := map[string]Level{"M": Medium, "Q": Quartile, "H": High}
	texts := map[string]string{
		"one letter":        "x",
		"digits":            strings.Repeat("0123456789", 5),
		"sign link":         signLink,
		"short link":        "https://xumm.app/",
		"link of 100":       link(100),
		"link of 250":       link(250),
		"link with escapes": link(250)[:200] + "?return=" + strings.Repeat("%2F~_", 9)[:42],
		"upper case link":   strings.ToUpper(link(250)),
		"not ASCII":         "https://example.org/ünïcödé/支払い",
	}
	for letter, level := range levels {
		for name, text := range texts {
			t.Run(letter+"/"+name, func(t *testing.T) {
				m, err := Encode(text, level)
				if err != nil {
					t.Fatal(err)
				}
				checkCoverage(t, m)

				gotText, gotLevel, err := read(m)
				if err != nil {
					t.Fatal(err)
				}
				if gotText != text {
					t.Errorf("got text %q, want %q", gotText, text)
				}
				if gotLevel != letter {
					t.Errorf("got level %s, want %s", gotLevel, letter)
				}
			})
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	// The largest QR code holds 2331 bytes at M, 1663 at Q and 1273 at H.
	tests := map[string]struct {
		text  string
		level Level
		want  bool
	}{
		"empty":              {"", Medium, false},
		"M, fits":            {strings.Repeat("x", 2331), Medium, true},
		"M, one too many":    {strings.Repeat("x", 2332), Medium, false},
		"Q, fits":            {strings.Repeat("x", 1663), Quartile, true},
		"Q, one too many":    {strings.Repeat("x", 1664), Quartile, false},
		"H, fits":            {strings.Repeat("x", 1273), High, true},
		"H, one too many":    {strings.Repeat("x", 1274), High, false},
		"H, far too many":    {strings.Repeat("x", 100_000), High, false},
		"Q, digits fit":      {strings.Repeat("7", 3993), Quartile, true},
		"Q, too many digits": {strings.Repeat("7", 3994), Quartile, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := Encode(test.text, test.level)
			if got := err == nil; got != test.want {
				t.Fatalf("got error %v, want a code: %t", err, test.want)
			}
			if got := m != nil; got != test.want {
				t.Errorf("got a matrix: %t, want %t", got, test.want)
			}
		})
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range []string{"", "0", "A-Z", signLink, link(250), "a1A%ü\x00\xff", "12345abc67890ABC"} {
		f.Add(text, uint8(Medium))
		f.Add(text, uint8(High))
	}
	f.Fuzz(func(t *testing.T, text string, level uint8) {
		m, err := Encode(text, Level(level)%(High+1))
		if err != nil {
			if text != "" && len(text) <= 1273 { // fits at every level
				t.Fatal(err)
			}
			return
		}
		checkCoverage(t, m)
		if !utf8.ValidString(text) {
			return // the reader answers in text, not in bytes
		}
		if got, _, err := read(m); err != nil || got != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	})
}

func BenchmarkEncodeAndDraw(b *testing.B) {
	b.ReportAllocs()
	var path string
	for b.Loop() {
		m, err := Encode(signLink, Medium)
		if err != nil {
			b.Fatal(err)
		}
		path = m.Path()
	}
	b.ReportMetric(float64(len(path)), "path-bytes")
}

// link returns a sign link of n bytes.
func link(n int) string {
	const query = "?return_url=https%3A%2F%2Fshop.example%2Forders%2F8d1c"
	return (signLink + strings.Repeat(query, n/len(query)+1))[:n]
}

// checkCoverage reports where the path of m and its modules differ. The quiet
// zone is part of the comparison.
func checkCoverage(t *testing.T, m Matrix) {
	t.Helper()
	drawn, err := rasterise(m.Path(), m.Side())
	if err != nil {
		t.Fatal(err)
	}
	for y := range drawn {
		for x, got := range drawn[y] {
			row, col := y-quietZone, x-quietZone
			inside := row >= 0 && row < len(m) && col >= 0 && col < len(m)
			if want := inside && m[row][col]; got != want {
				t.Errorf("module (%d, %d): got dark %t, want %t", x, y, got, want)
			}
		}
	}
}

// rasterise fills path on a square of side units. It knows the commands m, h, v
// and z, and fails where the two fill rules of SVG would differ.
func rasterise(path string, side int) ([][]bool, error) {
	winding := make([][]int, side)
	for y := range winding {
		winding[y] = make([]int, side)
	}
	var x, y, startX, startY int
	vertical := func(to int) error {
		if x < 0 || x > side || min(y, to) < 0 || max(y, to) > side {
			return fmt.Errorf("line at %d from %d to %d leaves the drawing", x, y, to)
		}
		for row := min(y, to); row < max(y, to); row++ {
			for col := x; col < side; col++ {
				if to < y {
					winding[row][col]++
				} else {
					winding[row][col]--
				}
			}
		}
		y = to
		return nil
	}
	for path != "" {
		command := path[0]
		end := strings.IndexAny(path[1:], "mhvz") + 1
		if end == 0 {
			end = len(path)
		}
		args, err := integers(path[1:end])
		path = path[end:]
		if err != nil {
			return nil, err
		}
		switch {
		case command == 'm' && len(args) == 2:
			x, y = x+args[0], y+args[1]
			startX, startY = x, y
		case command == 'h' && len(args) == 1:
			x += args[0]
		case command == 'v' && len(args) == 1:
			err = vertical(y + args[0])
		case command == 'z' && len(args) == 0 && (x == startX || y == startY):
			err = vertical(startY)
			x = startX
		default:
			err = fmt.Errorf("unexpected command %c%v at (%d, %d)", command, args, x, y)
		}
		if err != nil {
			return nil, err
		}
	}

	dark := make([][]bool, side)
	for y := range winding {
		dark[y] = make([]bool, side)
		for x, n := range winding[y] {
			if n != 0 && n != 1 {
				return nil, fmt.Errorf("(%d, %d) is inside %d outlines", x, y, n)
			}
			dark[y][x] = n == 1
		}
	}
	return dark, nil
}

func integers(args string) ([]int, error) {
	var list []int
	for _, field := range strings.Fields(strings.ReplaceAll(args, "-", " -")) {
		n, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// read paints the path of m and returns the text and the level that a reader
// with its own decoder finds in the picture.
func read(m Matrix) (text, level string, err error) {
	drawn, err := rasterise(m.Path(), m.Side())
	if err != nil {
		return "", "", err
	}
	const scale = 4 // pixels a module
	picture := image.NewGray(image.Rect(0, 0, m.Side()*scale, m.Side()*scale))
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			if !drawn[y/scale][x/scale] {
				picture.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", "", err
	}
	result, err := zxing.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
		// Its search for the finder patterns is made for photographs and misses
		// some upright codes.
		gozxing.DecodeHintType_PURE_BARCODE: true,
	})
	if err != nil {
		return "", "", err
	}
	level, ok := result.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL].(string)
	if !ok {
		return "", "", errors.New("the reader names no level")
	}
	return result.GetText(), level, nil
}
