package metrics

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// Requests counts those that a handler answers. It has to be the outermost one, around an [http.ServeMux]: the label
// "route" is the pattern of the mux that was found last, "" if there was none.
func (m *Metrics) Requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		a := &answer{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			m.requests.WithLabelValues(r.Pattern, strconv.Itoa(a.status)).Observe(time.Since(began).Seconds())
		}()
		next.ServeHTTP(a, r)
	})
}

// answer notes the status of what is answered.
type answer struct {
	http.ResponseWriter
	status int
	begun  bool
}

func (a *answer) WriteHeader(status int) {
	if !a.begun && status >= 200 { // those below come before the answer
		a.status, a.begun = status, true
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(data []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(data)
}

// Unwrap lets [http.ResponseController] find what else the connection can do.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// ReadFrom lets files go to the connection without a copy in memory.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.begun = true
	return io.Copy(a.ResponseWriter, r)
}
