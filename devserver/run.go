package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// run starts the dev server and returns when ctx ends, or earlier if it cannot serve. The first line on stdout is
// "Open " and the URL to open. With "check" for its argument it judges the blobs on stdin instead.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
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
	return serve(ctx, o, stdout, slog.New(slog.NewTextHandler(stderr, nil)))
}

// options is what a person may choose.
type options struct {
	addr        string
	origin      string // "": the address, if that is of this machine alone
	sandboxAddr string
	site        string
	data        string
	ledger      string             // "": the one that belongs to the platform
	network     *uint32            // that the ledger's node is on, if it does not say so itself; nil: not known
	platform    string             // "": Xaman's
	credentials *xaman.Credentials // of the application at the platform; nil: the sandbox takes its place
}

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("devserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` of the site; port 0 takes a free one")
	flags.StringVar(&o.origin, "origin", "",
		"public `origin` of the site, as in https://shop.example; needed if -addr is not of this machine alone")
	flags.StringVar(&o.sandboxAddr, "sandbox-addr", "127.0.0.1:8081",
		"`address` of the offline platform; port 0 takes a free one")
	flags.StringVar(&o.site, "site", "site", "`folder` of the site")
	flags.StringVar(&o.data, "data", ".data", "`folder` for what the server remembers; made if it is not there")
	flags.StringVar(&o.ledger, "ledger", "",
		"`URL` of an XRPL node's JSON-RPC (default the sandbox's, or with credentials "+testnetNode+")")
	flags.Func("ledger-network", "`id` of the network that the node of -ledger is on, if the node does not say it: "+
		"0 Mainnet, 1 Testnet, 2 Devnet", networkFlag(&o.network))
	flags.StringVar(&o.platform, "platform", "",
		"`URL` of another server with the platform's API, without a path (default, with credentials, "+xaman.DefaultBase+")")
	err := flags.Parse(args)
	if err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for name, value := range map[string]string{"-ledger": o.ledger, "-platform": o.platform} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return options{}, fmt.Errorf("%s %q is not an http: or https: URL", name, value)
		}
	}
	o.platform = strings.TrimSuffix(o.platform, "/")
	if o.origin, err = parseOrigin(o.origin); err != nil {
		return options{}, err
	}
	key, secret := getenv("XAMAN_API_KEY"), getenv("XAMAN_API_SECRET")
	switch {
	case key == "" && secret == "" && o.platform != "":
		return options{}, errors.New("-platform needs credentials: set XAMAN_API_KEY and XAMAN_API_SECRET")
	case key == "" && secret == "":
		return o, nil
	case key == "" || secret == "":
		return options{}, errors.New("set both XAMAN_API_KEY and XAMAN_API_SECRET, or neither to use the sandbox")
	}
	c, err := xaman.ParseCredentials(key, secret)
	if err != nil {
		return options{}, fmt.Errorf("read XAMAN_API_KEY and XAMAN_API_SECRET: %w", err)
	}
	o.credentials = &c
	return o, nil
}

func serve(ctx context.Context, o options, stdout io.Writer, log *slog.Logger) error {
	root, err := os.OpenRoot(o.site)
	if err != nil {
		return fmt.Errorf("open -site: %w", err)
	}
	defer root.Close()
	if _, err := root.Stat("dist"); errors.Is(err, fs.ErrNotExist) {
		log.Warn("the site has no dist folder, so its pages work without WebAssembly: run ./build.sh build")
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	lost := make(chan error, 1)
	remembered, err := record.Open(o.data, maxRecords, func(err error) {
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
	p, err := choosePlatform(ctx, o, origin(listener)+"/api/webhook", log)
	if err != nil {
		return err
	}
	defer p.close()
	bg := newBackground(ctx)
	defer bg.close()

	node := ledger.NewClient(p.ledger, nil)
	node.Network = o.network
	if o.ledger != "" || o.credentials != nil { // the sandbox's own does not run yet
		if err := askNode(ctx, node, log); err != nil {
			return err
		}
	}

	b := newBackend(site, p, node, remembered, bg, log)
	if err := b.resume(); err != nil {
		return err
	}
	log.Info("listening", "addr", listener.Addr())
	if !loopback(listener) {
		log.Warn("other machines can reach the site, in plain HTTP", "addr", listener.Addr())
	}
	handler := routes(b, siteHandler(root), contentPolicy(p.origins...), o.origin == "", log)
	fmt.Fprintf(stdout, "Open %s/\n%s\n", site, p.banner)
	// The site goes first when it ends, while what it needs still runs.
	err = serveAll(ctx, log, append([]server{{listener, handler}}, p.servers...))
	select {
	case err = <-lost:
	default:
	}
	return err
}
