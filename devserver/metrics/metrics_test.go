package metrics

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
)

// values are those of a metric, by its labels: of a counter or a gauge its value, of a histogram how many it has.
func values(t *testing.T, m *Metrics, name string) map[string]float64 {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, one := range family.Metric {
			var labels []string
			for _, l := range one.Label {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			all[strings.Join(labels, " ")] = one.GetCounter().GetValue() + one.GetGauge().GetValue() +
				float64(one.GetHistogram().GetSampleCount())
		}
	}
	return all
}

func TestRequests(t *testing.T) {
	m := New()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /one/{uuid}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK) // too late
	})
	mux.HandleFunc("/text", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "some")
		_, _ = w.(io.ReaderFrom).ReadFrom(strings.NewReader(" text"))
	})
	mux.HandleFunc("/nothing", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/flushed", func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
	})
	h := m.Requests(mux)
	body := ""
	for _, path := range []string{"/one/1", "/one/2", "/text", "/nothing", "/flushed", "/unknown/3"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		body += w.Body.String()
	}
	want := map[string]float64{
		"code=418 route=GET /one/{uuid}": 2, "code=200 route=/text": 1, "code=200 route=/nothing": 1,
		"code=200 route=/flushed": 1, "code=404 route=": 1,
	}
	if got := values(t, m, "xaman_live_http_request_seconds"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !strings.HasPrefix(body, "some text") {
		t.Errorf("got the answers %q", body)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCalls(t *testing.T) {
	m := New()
	for status, times := range map[int]int{200: 3, 204: 1, 302: 1, 404: 2, 429: 4, 500: 1, 503: 1, 0: 5} {
		through := m.Calls("node", transport(func(r *http.Request) (*http.Response, error) {
			if status == 0 {
				return nil, errors.New("nobody listens")
			}
			return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
		}))
		for range times {
			res, err := through.RoundTrip(httptest.NewRequest("POST", "/", nil))
			if status == 0 && err == nil || status != 0 && (err != nil || res.StatusCode != status) {
				t.Errorf("%d: got %v, %v", status, res, err)
			}
		}
	}
	want := map[string]float64{
		"outcome=answered to=node": 5, "outcome=refused to=node": 2, "outcome=limited to=node": 4, "outcome=erred to=node": 2,
		"outcome=unreached to=node": 5,
	}
	if got := values(t, m, "xaman_live_call_seconds"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDeliver(t *testing.T) {
	m := New()
	failure := errors.New("the receiver answered 500 Internal Server Error")
	ended, end := context.WithCancel(t.Context())
	end()
	for _, tt := range []struct {
		ctx      context.Context
		made     time.Time
		attempts int
		err      error
	}{
		{t.Context(), time.Now(), 0, nil},
		{t.Context(), time.Now(), 0, failure},
		{t.Context(), time.Now().Add(-time.Hour), 5, failure},
		{t.Context(), time.Now().Add(-80 * time.Hour), 20, failure},
		{ended, time.Now(), 0, context.Canceled},
	} {
		deliver := m.Deliver(func(context.Context, record.Delivery) error { return tt.err })
		if err := deliver(tt.ctx, record.Delivery{Made: tt.made, Attempts: tt.attempts}); err != tt.err {
			t.Errorf("got %v, want %v", err, tt.err)
		}
	}
	want := map[string]float64{"outcome=delivered": 1, "outcome=failed": 2, "outcome=given-up": 1}
	if got := values(t, m, "xaman_live_deliveries_total"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A record that is away makes no scrape fail: the other counts are needed then most of all.
func TestWaiting(t *testing.T) {
	for want, count := range map[float64]func(context.Context) (int, error){
		7:  func(context.Context) (int, error) { return 7, nil },
		-1: func(context.Context) (int, error) { return 0, record.ErrAway },
	} {
		m := New()
		m.Waiting(count)
		if got := values(t, m, "xaman_live_deliveries_waiting")[""]; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}
