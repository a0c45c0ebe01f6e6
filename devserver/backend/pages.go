package backend

import (
	"net/http"
	"slices"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// forPages lets pages of other origins read the answers, with the cookies that the browser sends from there. A browser
// asks beforehand, with OPTIONS, whether a page may send what no form could. From another site it would make a request
// and keep back the cookie that shows whose that is: nobody could tell such a page what has become of a payment. With a
// view key it can be told.
func (b *Backend) forPages(next http.Handler) http.Handler {
	if len(b.pages) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, page := w.Header(), r.Header.Get("Origin")
		h.Add("Vary", "Origin")
		_, keyed := viewKeyOf(r)
		foreign := r.Header.Get("Sec-Fetch-Site") == "cross-site" && !keyed && !wantsViewKey(r)
		if foreign || !slices.Contains(b.pages, page) {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", page)
		h.Set("Access-Control-Allow-Credentials", "true")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "Content-Type, "+api.IdempotencyKey+", "+api.ViewKey)
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}
