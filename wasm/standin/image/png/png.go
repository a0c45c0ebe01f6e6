package png

import (
	"errors"
	"image"
	"io"
)

// CompressionLevel is how much an Encoder compresses.
type CompressionLevel int

// BestCompression is the level that go-qrcode asks for.
const BestCompression CompressionLevel = -3

// Encoder is what go-qrcode writes images with, which nothing asks it for.
type Encoder struct{ CompressionLevel CompressionLevel }

// Encode fails.
func (*Encoder) Encode(io.Writer, image.Image) error { return errors.New("no images are written here") }
