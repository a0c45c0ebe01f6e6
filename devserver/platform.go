package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"

	"github.com/xaman-live/xaman-live/devserver/metrics"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// testnetNode is the public node of the network that the demos are on.
const testnetNode = "https://s.altnet.rippletest.net:51234/"

// xamanOrigins are those of Xaman's platform. A page can watch any request there, whichever platform its own are made
// on.
var xamanOrigins = []string{"https://xumm.app", "https://xaman.app"}

// iconOrigin is where Xaman keeps the icons of applications, which the phone shows beside their names.
const iconOrigin = "https://xumm-cdn.imgix.net"

// platform is where the sign requests are made: Xaman's, or the sandbox in its place.
type platform struct {
	client  *xaman.Client
	ledger  string   // URL of the node that knows the transactions
	origins []string // of the pictures and, with ws for http, of the sockets that pages may show
	phone   string   // origin of a simulated phone, "" if there is none
	banner  string   // what a person is told of it
	servers []server // to be run for it
	close   func() error
}

// choosePlatform has the sandbox work with the pages of some origins, and send its webhooks to a URL. Xaman's platform
// is told of one in its console.
func choosePlatform(
	ctx context.Context, o options, pages []string, webhooks string, counts *metrics.Metrics, log *slog.Logger,
) (platform, error) {
	if o.credentials == nil {
		return startSandbox(ctx, o, pages, webhooks, counts, log)
	}
	origins := xamanOrigins
	if o.platform != "" {
		origins = append([]string{o.platform}, xamanOrigins...)
	}
	return platform{
		client:  xaman.NewClient(o.platform, *o.credentials, counts.Calls("platform", nil)),
		ledger:  cmp.Or(o.ledger, testnetNode),
		origins: origins,
		banner:  fmt.Sprintf("Platform %s, %s", cmp.Or(o.platform, xaman.DefaultBase), *o.credentials),
		close:   func() error { return nil },
	}, nil
}

func startSandbox(
	ctx context.Context, o options, pages []string, webhooks string, counts *metrics.Metrics, log *slog.Logger,
) (platform, error) {
	credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	if err != nil {
		return platform{}, fmt.Errorf("start sandbox: %w", err)
	}
	listener, err := listen(ctx, "-sandbox-addr", o.sandboxAddr)
	if err != nil {
		return platform{}, err
	}
	if ip := listener.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() && !ip.IsUnspecified() {
		listener.Close()
		return platform{}, fmt.Errorf("listen on -sandbox-addr %s: pages accept a platform in plain HTTP from this "+
			"machine alone: choose a port of 127.0.0.1, or of 0.0.0.0 inside a container", o.sandboxAddr)
	}
	base := origin("http", listener)
	// Until it is closed, as the site needs it to the end.
	offline, err := sandbox.New(context.WithoutCancel(ctx), sandbox.Config{
		BaseURL: base, Sites: pages, WebhookURL: webhooks, Data: filepath.Join(o.remembered.data, "sandbox.db"),
		Log: log.With("origin", "sandbox"),
	})
	if err != nil {
		listener.Close()
		return platform{}, fmt.Errorf("start sandbox: %w", err)
	}
	return platform{
		client:  xaman.NewClient(base, credentials, counts.Calls("platform", nil)),
		ledger:  cmp.Or(o.ledger, base+"/ledger"),
		origins: append([]string{base}, xamanOrigins...),
		phone:   base,
		banner:  fmt.Sprintf("Sandbox %s/ key %s secret %s", base, sandbox.Key, sandbox.Secret),
		servers: []server{{listener, offline, nil}},
		close:   offline.Close,
	}, nil
}
