package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

func listen(ctx context.Context, name, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is in use: choose another with %s, or 0 for any", addr, name)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s %s: %w", name, addr, err)
	}
	return l, nil
}

// origin is the URL under which a browser on this machine reaches l. A listener on all addresses is reached by the
// loopback's, which browsers trust without encryption.
func origin(scheme string, l net.Listener) string {
	addr := l.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() {
		return fmt.Sprintf("%s://127.0.0.1:%d", scheme, addr.Port)
	}
	return scheme + "://" + addr.String()
}

func loopback(l net.Listener) bool { return l.Addr().(*net.TCPAddr).IP.IsLoopback() }

// server is a handler with the address that it is to be reached at.
type server struct {
	listener net.Listener
	handler  http.Handler
	tls      *tls.Config // nil: plain HTTP
}

// shutdownTimeout is longer than any answer takes: an order that is being made waits 10 seconds for the platform, and a
// second each for the node and for the name that the phone shows. Who ends the program sooner may lose such an order.
const shutdownTimeout = 20 * time.Second

// serveAll serves until ctx ends or one of the servers fails, and then lets all of them finish what they are at, one
// after the other.
func serveAll(ctx context.Context, log *slog.Logger, servers []server) error {
	running := make([]*http.Server, len(servers))
	ended := make(chan error)
	for i, s := range servers {
		// None of these limits holds for a connection that became a WebSocket.
		running[i] = &http.Server{
			Handler:           s.handler,
			TLSConfig:         s.tls,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      60 * time.Second,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		}
		go func() {
			if s.tls != nil {
				ended <- running[i].ServeTLS(s.listener, "", "")
				return
			}
			ended <- running[i].Serve(s.listener)
		}()
	}
	var failure error
	left := len(running)
	select {
	case <-ctx.Done():
	case err := <-ended:
		failure = fmt.Errorf("serve: %w", err)
		left--
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	for _, s := range running {
		if err := s.Shutdown(grace); err != nil {
			log.Warn("closed connections that were still in use", "err", err)
			s.Close()
		}
	}
	for range left {
		<-ended
	}
	return failure
}
