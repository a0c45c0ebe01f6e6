package sandbox

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"regexp"
	"slices"

	"github.com/xaman-live/xaman-live/wasm/qr"
)

// imagePath matches what follows /sign/ in the address of a QR code.
var imagePath = regexp.MustCompile(`^(.{36})(?:_([mqh]))?\.(png|json)$`)

var qrLevels = map[string]qr.Level{"m": qr.Medium, "q": qr.Quartile, "h": qr.High, "": qr.Quartile}

// serveQR draws the sign page's address, for any well-formed uuid, whether a payload has it or not.
func (s *Sandbox) serveQR(w http.ResponseWriter, r *http.Request, uuid, level, format string) {
	matrix, err := qr.Encode(s.origin(r)+"/sign/"+uuid, qrLevels[level])
	if err != nil {
		s.log.Error("draw QR code", "uuid", short(uuid), "err", err)
		matrix = qr.Matrix{}
	}
	if format == "json" {
		// The platform derives the rows from text that holds two of them a line; a QR code has an
		// odd number of rows, so there is always a blank one at the end.
		if len(matrix) > 0 {
			matrix = append(slices.Clone(matrix), make([]bool, len(matrix[0])))
		}
		respond(w, http.StatusOK, map[string]qr.Matrix{"matrix": matrix})
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%s.png", uuid))
	if err := png.Encode(w, picture(matrix)); err != nil {
		s.log.Info("write QR code", "uuid", short(uuid), "err", err)
	}
}

// picture paints a matrix black on white with a margin of one module, about 310 pixels wide; every
// module has the same whole number of pixels.
func picture(matrix qr.Matrix) image.Image {
	modules := len(matrix) + 2
	scale := 320 / modules
	img := image.NewPaletted(image.Rect(0, 0, modules*scale, modules*scale), color.Palette{color.White, color.Black})
	for y, row := range matrix {
		for x, dark := range row {
			if !dark {
				continue
			}
			for i := range scale * scale {
				img.SetColorIndex((x+1)*scale+i%scale, (y+1)*scale+i/scale, 1)
			}
		}
	}
	return img
}
