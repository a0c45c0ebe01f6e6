package orders

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// write answers with JSON, in which HTML stays readable.
func write(w http.ResponseWriter, status int, body any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // the caller may have gone
	return nil
}

func fail(w http.ResponseWriter, e *api.Error) {
	_ = write(w, e.Status, map[string]*api.Error{"error": e})
}
