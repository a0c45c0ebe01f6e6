package image

import "image/color"

// Image is the result type of QRCode.Image, which nothing calls.
type Image any

// Point is a corner of a Rectangle.
type Point struct{ X, Y int }

// Rectangle says how large an image is to be.
type Rectangle struct{ Min, Max Point }

// Paletted is what go-qrcode draws on, which nothing asks it for.
type Paletted struct {
	Pix     []uint8
	Palette color.Palette
}

// NewPaletted returns an image without pixels.
func NewPaletted(r Rectangle, p color.Palette) *Paletted { return &Paletted{Palette: p} }

// PixOffset returns nothing of use.
func (p *Paletted) PixOffset(x, y int) int { return 0 }
