package sandbox

import (
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func TestQRImages(t *testing.T) {
	inWorlds(t, map[string]bool{"": true, "_m": true, "_q": true, "_h": true}, func(w world, _ bool) {
		a := w.do("GET", "/sign/"+unknownUUID+w.name+".png", "", nil)
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/png" ||
			a.header.Get("Content-Disposition") != "inline; filename="+unknownUUID+".png" {
			w.t.Fatalf("got %d %v", a.status, a.header)
		}
		img, err := png.Decode(strings.NewReader(a.body))
		if err != nil {
			w.t.Fatal(err)
		}
		if size := img.Bounds().Dx(); size < 290 || size > 320 {
			w.t.Errorf("got %d pixels, want 290 to 320", size)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			w.t.Fatal(err)
		}
		result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil || result.GetText() != base+"/sign/"+unknownUUID {
			w.t.Errorf("got %s, %v", result, err)
		}

		rows := w.do("GET", "/sign/"+strings.ToUpper(unknownUUID)+w.name+".json", "", nil).json["matrix"].([]any)
		columns := len(rows[0].([]any))
		if len(rows) != columns+1 || columns%2 != 1 {
			w.t.Errorf("got %d rows of %d, want an odd number of columns and one row more", len(rows), columns)
		}
		if pick(rows, "0.0") != "true" || rows[columns-1].([]any)[0] != true {
			w.t.Error("want no quiet zone")
		}
		if slices.Contains(rows[columns].([]any), any(true)) {
			w.t.Error("want the last row to be blank")
		}
	})
	inWorld(t, func(w world) {
		for _, path := range []string{
			"nonsense_q.png", "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77_q.png", unknownUUID + "_x.png", unknownUUID + "_q.gif",
		} {
			if got := w.do("GET", "/sign/"+path, "", nil).status; got != http.StatusNotFound {
				w.t.Errorf("%s: got %d, want %d", path, got, http.StatusNotFound)
			}
		}
	})
}
