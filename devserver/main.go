package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/api"
)

func main() {
	// With so small a heap the collector would run some sixty times a second while many pages ask for a status, which
	// takes a fifth of the processor.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "devserver:", err)
		os.Exit(1)
	}
}

// run starts the dev server and returns when ctx ends, or earlier if it cannot serve. The first line on stdout is
// "Open " and the URL to open. With "check" for its argument it judges the blobs on stdin instead.
func run(
	ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer,
) error {
	if len(args) == 1 && args[0] == "check" {
		return check(stdin, stdout)
	}
	o, err := parseOptions(args, getenv, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.version {
		_, err := fmt.Fprintln(stdout, "xaman-live", api.Version, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
		return err
	}
	return serve(ctx, o, stdout, slog.New(slog.NewTextHandler(stderr, nil)))
}

// maxRequests is how many requests are remembered, besides those that have to be.
const maxRequests = 10_000

func serve(ctx context.Context, o options, stdout io.Writer, log *slog.Logger) error {
	root, err := openRoot(o.site, log)
	if err != nil {
		return fmt.Errorf("open -site: %w", err)
	}
	defer root.Close()
	ctx, end := context.WithCancel(ctx)
	defer end()
	lost := make(chan error, 1)
	remembered, err := record.Open(o.data, maxRequests, func(err error) {
		select {
		case lost <- err:
		default:
		}
		end()
	})
	if err != nil {
		return err
	}
	defer remembered.Close()
	listener, err := listen(ctx, "-addr", o.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	site, err := siteOrigin(o, listener)
	if err != nil {
		return err
	}
	p, err := choosePlatform(ctx, o, pageOrigins(site), origin(listener)+backend.Webhook, log)
	if err != nil {
		return err
	}
	defer p.close()
	node := ledger.NewClient(p.ledger, nil)
	node.Network = o.network
	if o.ledger != "" || o.credentials != nil { // the sandbox's own does not run yet
		if err := askNode(ctx, node, log); err != nil {
			return err
		}
	}

	b, err := backend.New(ctx, backend.Options{
		Origin: site, Pages: o.pages, Site: demoSite, Offers: demos, Network: demoNetwork, NetworkID: demoNetworkID,
		Platform: p.client, Sandbox: p.phone, Node: node, Record: remembered, Log: log,
	})
	if err != nil {
		return err
	}
	defer b.Close()
	log.Info("listening", "addr", listener.Addr())
	if !loopback(listener) {
		log.Warn("other machines can reach the site, in plain HTTP", "addr", listener.Addr())
	}
	handler := siteHandler(b, root, contentPolicy(p.phone, p.origins...), site, o.origin == "")
	fmt.Fprintf(stdout, "Open %s/\n%s\n", site, p.banner)
	// The site goes first when it ends, while what it needs still runs.
	err = serveAll(ctx, log, append([]server{{listener, handler}}, p.servers...))
	select {
	case err = <-lost:
	default:
	}
	return err
}
