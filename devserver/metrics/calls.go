package metrics

import (
	"cmp"
	"net/http"
	"time"
)

// Calls counts those that go through a transport; nil is [http.DefaultTransport]. To says who is called: platform, node
// or callback.
//
// The outcome is answered, for status codes below 400; refused, for those below 500; limited, for 429; erred, for the
// others; and unreached if there was no answer.
func (m *Metrics) Calls(to string, through http.RoundTripper) http.RoundTripper {
	return calls{m, to, cmp.Or(through, http.DefaultTransport)}
}

type calls struct {
	m       *Metrics
	to      string
	through http.RoundTripper
}

func (c calls) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := c.through.RoundTrip(r)
	c.m.calls.WithLabelValues(c.to, outcome(res, err)).Observe(time.Since(began).Seconds())
	return res, err
}

// CloseIdleConnections lets a client end those of the transport.
func (c calls) CloseIdleConnections() {
	if t, ok := c.through.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

func outcome(res *http.Response, err error) string {
	switch {
	case err != nil:
		return "unreached"
	case res.StatusCode == http.StatusTooManyRequests:
		return "limited"
	case res.StatusCode >= 500:
		return "erred"
	case res.StatusCode >= 400:
		return "refused"
	}
	return "answered"
}
