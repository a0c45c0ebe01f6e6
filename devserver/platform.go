package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// platform is where the sign requests are made: Xaman's, or the sandbox in its place.
type platform struct {
	client      *xaman.Client
	application string   // UUID
	origins     []string // of the pictures and, with ws for http, of the sockets that it hands out
	banner      string   // what a person is told of it
	servers     []server // to be run for it
	close       func() error
}

func choosePlatform(ctx context.Context, o options, log *slog.Logger) (platform, error) {
	if o.credentials == nil {
		return startSandbox(ctx, o.sandboxAddr, log)
	}
	return platform{
		client:      xaman.NewClient("", *o.credentials, nil),
		application: o.credentials.Application(),
		origins:     []string{"https://xumm.app", "https://xaman.app"}, // it answers under both
		banner:      fmt.Sprintf("Platform %s, %s", xaman.DefaultBase, *o.credentials),
		close:       func() error { return nil },
	}, nil
}

func startSandbox(ctx context.Context, addr string, log *slog.Logger) (platform, error) {
	credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	if err != nil {
		return platform{}, fmt.Errorf("start sandbox: %w", err)
	}
	listener, err := listen(ctx, "-sandbox-addr", addr)
	if err != nil {
		return platform{}, err
	}
	if ip := listener.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() && !ip.IsUnspecified() {
		listener.Close()
		return platform{}, fmt.Errorf("listen on -sandbox-addr %s: pages accept a platform in plain HTTP from this "+
			"machine alone: choose a port of 127.0.0.1, or of 0.0.0.0 inside a container", addr)
	}
	base := origin(listener)
	offline := sandbox.New(sandbox.Config{BaseURL: base, Log: log.With("origin", "sandbox")})
	return platform{
		client:      xaman.NewClient(base, credentials, nil),
		application: credentials.Application(),
		origins:     []string{base},
		banner:      fmt.Sprintf("Sandbox %s/ key %s secret %s", base, sandbox.Key, sandbox.Secret),
		servers:     []server{{listener, offline}},
		close:       offline.Close,
	}, nil
}
