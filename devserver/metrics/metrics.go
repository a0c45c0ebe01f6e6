// Package metrics counts what the server does, in the form that Prometheus reads.
//
// Labels have few values, which are known beforehand: names of events, checks and outcomes, the patterns of paths, and
// status codes. No label tells of an order, a visitor or a secret. The guide "Run it" lists every name.
//
// The package decides nothing and keeps nothing: after a start all counts begin with zero, as Prometheus expects.
package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// Metrics are the counts of one server.
type Metrics struct {
	registry     *prometheus.Registry
	requests     *prometheus.HistogramVec
	calls        *prometheus.HistogramVec
	orders       *prometheus.CounterVec
	checks       *prometheus.CounterVec
	deliveries   *prometheus.CounterVec
	recordErrors *prometheus.CounterVec
}

// Buckets of seconds are from what memory answers to what a visitor gives up on.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// New returns counts that begin with zero.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.requests = m.seconds("xaman_live_http_request_seconds",
		"How long requests took that were answered, by the pattern of their path and the status code.", "route", "code")
	m.calls = m.seconds("xaman_live_call_seconds",
		"How long calls took that the server made, by who was called and what came of it.", "to", "outcome")
	m.orders = m.count("xaman_live_orders_total", "Sign requests that something has happened to, by what it was.", "event")
	m.checks = m.count("xaman_live_checks_total", "Checks that a verdict rests on, by their names and outcomes.",
		"check", "outcome")
	m.deliveries = m.count("xaman_live_deliveries_total", "Attempts to tell a callback, by what came of them.", "outcome")
	m.recordErrors = m.count("xaman_live_record_errors_total",
		"Calls of the record that failed, because it was away or for another reason.", "kind")
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "xaman_live_build_info", Help: "Always 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": api.Version},
	})
	build.Set(1)
	m.registry.MustRegister(build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) seconds(name, help string, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(v)
	return v
}

func (m *Metrics) count(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	return v
}

// Handler answers with all counts, in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Followed shows how many sign requests this server follows at the moment. It is to be called once.
func (m *Metrics) Followed(count func() int) {
	m.gauge("xaman_live_orders_followed", "Sign requests that this server brings to their verdicts at the moment.",
		func() float64 { return float64(count()) })
}

// Waiting shows how many deliveries are still to be made, by all servers; -1 if that cannot be found out. It is to be
// called once.
func (m *Metrics) Waiting(count func(context.Context) (int, error)) {
	m.gauge("xaman_live_deliveries_waiting", "Deliveries that are still to be made, by all servers; -1: not known.",
		func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			n, err := count(ctx)
			if err != nil {
				return -1
			}
			return float64(n)
		})
}

// patience is less than that of whoever collects the counts.
const patience = 2 * time.Second

func (m *Metrics) gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}
