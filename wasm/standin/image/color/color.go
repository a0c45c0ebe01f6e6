package color

// Color is what go-qrcode would draw with.
type Color any

// The colours that a code has unless others are asked for.
var (
	Black Color = "black"
	White Color = "white"
)

// Palette is the colours of an image.
type Palette []Color

// Index returns nothing of use.
func (p Palette) Index(c Color) int { return 0 }
