package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/metrics"
	"github.com/xaman-live/xaman-live/devserver/orders"
	"github.com/xaman-live/xaman-live/devserver/record"
)

// listenPrivately listens for those who watch over the server, nil if nobody does.
func listenPrivately(ctx context.Context, o options, log *slog.Logger) (net.Listener, error) {
	if o.privateAddr == "" {
		return nil, nil
	}
	l, err := listen(ctx, "-private-addr", o.privateAddr)
	if err == nil && !loopback(l) {
		log.Warn("other machines can reach the private address, in plain HTTP", "addr", l.Addr().String())
	}
	return l, err
}

// privateServer serves a listener, and tells a person how to reach it.
func privateServer(
	o options, l net.Listener, b *backend.Backend, ready readiness, counts *metrics.Metrics, site string, stdout io.Writer,
	log *slog.Logger,
) (server, error) {
	keys, hint, err := programKeys(o, l, log)
	if err != nil {
		return server{}, err
	}
	fmt.Fprintf(stdout, "Private %s/%s\n", origin("http", l), hint)
	program := orders.New(orders.Options{
		Backend: b, Record: ready.record, Keys: keys, Base: site + "/api", Log: log,
	})
	return server{l, counts.Requests(privateHandler(program, ready, counts.Handler())), nil}, nil
}

// privateHandler answers on the private listener: those who watch over the server, and with a key, the site's own
// program.
func privateHandler(orders http.Handler, ready readiness, metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeState(w, "") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		writeState(w, ready.problem(r.Context()))
	})
	mux.Handle("GET /metrics", metrics)
	mux.Handle("/api/", orders)
	return mux
}

// readiness is whether visitors should be sent to this server. What the platform and the nodes do makes no difference:
// all servers have the same ones, and answer from the record meanwhile.
type readiness struct {
	record record.Record
	ending <-chan struct{} // closed when the server ends, and finishes what it is at
}

// pingTimeout is shorter than those who ask usually wait.
const pingTimeout = 2 * time.Second

// problem says in a sentence why not; "": they should.
func (r readiness) problem(ctx context.Context) string {
	select {
	case <-r.ending:
		return "The server is ending."
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if r.record.Ping(ctx) != nil {
		return "The record cannot be reached."
	}
	return ""
}

func writeState(w http.ResponseWriter, problem string) {
	state := struct {
		OK      bool   `json:"ok"`
		Problem string `json:"problem,omitempty"`
	}{problem == "", problem}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if !state.OK {
		h.Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(state) // whoever asked may have left
}
