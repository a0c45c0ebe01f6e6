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
	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/metrics"
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
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "xaman-live:", err)
		os.Exit(1)
	}
}

// run starts the dev server and returns when ctx ends, or earlier if it cannot serve. The first line on stdout is
// "Open " and the URL to open. With "check" for its argument it judges the blobs on stdin instead, with "export" it
// writes what is in a record, with "doctor" it looks whether a server can do its work, and with "conform" it tries the
// backend at a URL.
func run(
	ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer,
) error {
	if len(args) > 0 && args[0] == "check" {
		return checkInput(args[1:], stdin, stdout, stderr)
	}
	if len(args) > 0 && args[0] == "export" {
		return export(ctx, args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == "doctor" {
		return examine(ctx, args[1:], getenv, stdout, stderr)
	}
	if len(args) > 0 && args[0] == "conform" {
		return tryBackend(ctx, args[1:], getenv, stdout, stderr)
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
	var log slog.Handler = slog.NewTextHandler(stderr, nil)
	if o.json {
		log = slog.NewJSONHandler(stderr, nil)
	}
	return serve(ctx, o, stdout, slog.New(log))
}

func serve(ctx context.Context, o options, stdout io.Writer, log *slog.Logger) error {
	root, err := openRoot(o.site, log)
	if err != nil {
		return fmt.Errorf("open -site: %w", err)
	}
	defer root.Close()
	ctx, end := context.WithCancel(ctx)
	defer end()
	lost := make(chan error, 1)
	remembered, err := o.remembered.open(ctx, func(err error) {
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
	private, err := listenPrivately(ctx, o, log)
	if err != nil {
		return err
	}
	if private != nil {
		defer private.Close()
	}
	counts := metrics.New()
	kept := counts.Record(remembered)
	counts.Waiting(kept.Waiting)
	certified, err := certify(o, log)
	if err != nil {
		return err
	}
	site, err := siteOrigin(o, listener)
	if err != nil {
		return err
	}
	p, err := choosePlatform(ctx, o, pageOrigins(site), origin(o.scheme(), listener)+backend.Webhook, counts, log)
	if err != nil {
		return err
	}
	defer p.close()
	networks, network, err := o.networks(p, counts.Calls("node", nil))
	if err != nil {
		return err
	}
	if o.ledger != "" || o.credentials != nil { // the sandbox's own does not run yet
		if err := askNodes(ctx, networks, log); err != nil {
			return err
		}
	}

	told, err := callback.New(o.receivers())
	if err != nil {
		return err
	}
	defer told.Close()
	b, err := backend.New(ctx, backend.Options{
		Origin: site, Pages: o.pages, Site: o.name(), Offers: o.offers(), Networks: networks, Network: network,
		Platform: p.client, Sandbox: p.phone, Record: kept, Ages: o.ages, Log: log, Observer: counts,
		Callbacks: o.callbacks(),
		Deliver: counts.Deliver(func(ctx context.Context, d record.Delivery) error {
			return told.Send(ctx, d.To, d.ID, d.Body)
		}),
	})
	if err != nil {
		return err
	}
	defer b.Close()
	counts.Followed(b.Followed)
	log.Info("listening", "addr", listener.Addr().String())
	if !loopback(listener) && certified == nil {
		log.Warn("other machines can reach the site, in plain HTTP", "addr", listener.Addr().String())
	}
	handler := o.proxies.Handler(siteHandler(b, root, contentPolicy(p.phone, p.origins...), site, o.origin == ""))
	fmt.Fprintf(stdout, "Open %s/\n%s\n", site, p.banner)
	// The site goes first when it ends, while what it needs still runs.
	servers := []server{{listener, counts.Requests(handler), certified}}
	if private != nil {
		watched, err := privateServer(o, private, b, readiness{kept, ctx.Done()}, counts, site, stdout, log)
		if err != nil {
			return err
		}
		servers = append(servers, watched)
	}
	err = serveAll(ctx, log, append(servers, p.servers...))
	select {
	case err = <-lost:
	default:
	}
	return err
}
