package sandbox

import "net/http"

// overheard is a response that is told of before it is sent.
type overheard struct {
	http.ResponseWriter
	say    func(status int, body []byte)
	status int
	said   bool
}

// WriteHeader implements [http.ResponseWriter].
func (o *overheard) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter]. What is overheard comes in one piece.
func (o *overheard) Write(b []byte) (int, error) {
	if !o.said {
		o.said = true
		o.say(o.status, b)
	}
	return o.ResponseWriter.Write(b)
}

// end tells that there was no answer, if there was none.
func (o *overheard) end() {
	if !o.said {
		o.say(0, nil)
	}
}
