package sandbox

import (
	"encoding/json"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func TestQRImages(t *testing.T) {
	for _, suffix := range []string{"", "_m", "_q", "_h"} {
		t.Run("level"+suffix, func(t *testing.T) {
			inWorld(t, func(w world) {
				a := w.do("GET", "/sign/"+unknownUUID+suffix+".png", "", nil)
				if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/png" || a.header.Get("Content-Disposition") != "inline; filename="+unknownUUID+".png" {
					t.Fatalf("got %d %v", a.status, a.header)
				}
				img, err := png.Decode(strings.NewReader(a.body))
				if err != nil {
					t.Fatal(err)
				}
				if size := img.Bounds().Dx(); size < 290 || size > 320 {
					t.Errorf("got %d pixels, want 290 to 320", size)
				}
				bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
				if err != nil {
					t.Fatal(err)
				}
				result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := result.GetText(), base+"/sign/"+unknownUUID; got != want {
					t.Errorf("got %s, want %s", got, want)
				}

				a = w.do("GET", "/sign/"+strings.ToUpper(unknownUUID)+suffix+".json", "", nil)
				var doc struct{ Matrix [][]bool }
				if err := json.Unmarshal([]byte(a.body), &doc); err != nil {
					t.Fatal(err)
				}
				columns := len(doc.Matrix[0])
				if len(doc.Matrix) != columns+1 || columns%2 != 1 {
					t.Errorf("got %d rows of %d, want an odd number of columns and one row more", len(doc.Matrix), columns)
				}
				if !doc.Matrix[0][0] || !doc.Matrix[columns-1][0] {
					t.Error("want no quiet zone")
				}
				for _, dark := range doc.Matrix[columns] {
					if dark {
						t.Fatal("want the last row to be blank")
					}
				}
			})
		})
	}
	inWorld(t, func(w world) {
		for _, path := range []string{"nonsense_q.png", "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77_q.png", unknownUUID + "_x.png", unknownUUID + "_q.gif"} {
			if got := w.do("GET", "/sign/"+path, "", nil).status; got != http.StatusNotFound {
				t.Errorf("%s: got %d, want %d", path, got, http.StatusNotFound)
			}
		}
	})
}
