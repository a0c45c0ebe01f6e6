package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/config"
	"github.com/xaman-live/xaman-live/devserver/orders"
	"github.com/xaman-live/xaman-live/devserver/proxies"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// options is what a person may choose.
type options struct {
	addr        string
	privateAddr string   // "": there is none
	origin      string   // "": the address, if that is of this machine alone
	pages       []string // other origins whose pages may ask
	sandboxAddr string
	site        string
	remembered  place
	ages        record.Ages
	ledger      string             // "": the one that belongs to the platform
	network     *uint32            // that the ledger's node is on, if it does not say so itself; nil: not known
	platform    string             // "": Xaman's
	version     bool               // tell which one this is, and nothing else
	json        bool               // the log is JSON
	proxies     proxies.Trusted    // whose word on a visitor's address counts
	cert, key   string             // files of the site's certificate; "": it is served in plain HTTP
	keys        *orders.Keys       // of the site's own program, on privateAddr; nil: nobody has said any
	config      *config.Config     // of the file of -config; nil: there is none
	credentials *xaman.Credentials // of the application at the platform; nil: the sandbox takes its place
}

// usage comes before the list of flags.
const usage = `Usage:
  xaman-live [flags]               serve a site with its backend
  xaman-live doctor [flags]        look whether a server with these flags could do its work
  xaman-live export [flags]        write what is in a record
  xaman-live check                 judge signed transactions on standard input
  xaman-live conform [flags] URL   try a backend, in whatever language it is written
With -help behind its name, each says more. The flags of the server:
`

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("xaman-live", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` of the site; port 0 takes a free one")
	flags.StringVar(&o.privateAddr, "private-addr", "", "`address` for your own program, which shows a key of "+
		"XAMAN_LIVE_KEY, and for those who watch over the server; keep it from the network of visitors")
	file := flags.String("config", "", "`file` with offers, networks, callbacks, and what flags do not say")
	flags.Func("origin", "public `origin` of the site, as in https://shop.example; needed if -addr is not of this "+
		"machine alone", func(text string) (err error) {
		o.origin, err = parseOrigin(text)
		return err
	})
	flags.Func("allow-origin", "another `origin` whose pages may ask, as in https://www.shop.example: of the same site, "+
		"or of any with view keys; may be said again for more", originFlag(&o.pages))
	flags.StringVar(&o.sandboxAddr, "sandbox-addr", "127.0.0.1:8081",
		"`address` of the offline platform; port 0 takes a free one")
	flags.StringVar(&o.site, "site", "site", "`folder` of the site; if there is a folder dist in it, that is served")
	o.remembered.flags(flags)
	agesFlags(flags, &o.ages)
	flags.Func("ledger", "`URL` of an XRPL node's JSON-RPC (default the sandbox's, or with credentials "+testnetNode+")",
		urlFlag(&o.ledger))
	flags.Func("ledger-network", "`id` of the network that the node of -ledger is on, if the node does not say it: "+
		"0 Mainnet, 1 Testnet, 2 Devnet", networkFlag(&o.network))
	flags.Func("platform", "`URL` of another server with the platform's API, without a path (default, with credentials, "+
		xaman.DefaultBase+")", urlFlag(&o.platform))
	flags.Func("log", "`form` of the log, which is text (the default) or json", logFlag(&o.json))
	var trusted []string
	flags.Func("trusted-proxy", "`address` or network of a proxy before the site, as in 10.0.0.7 or 10.0.0.0/8, whose "+
		"X-Forwarded-For says where visitors come from; may be said again for more", func(one string) error {
		trusted = append(trusted, one)
		_, err := proxies.Parse(trusted)
		return err
	})
	flags.StringVar(&o.cert, "tls-cert", "",
		"`file` with the site's certificate and those between it and the authority's, as PEM; read again when it changes")
	flags.StringVar(&o.key, "tls-key", "", "`file` with the private key of the certificate, as PEM")
	flags.BoolVar(&o.version, "version", false, "print the version and end")
	err := flags.Parse(args)
	if err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *file != "" {
		if err := o.configure(flags, *file, getenv); err != nil {
			return options{}, err
		}
	}
	if o.proxies, err = proxies.Parse(trusted); err != nil {
		return options{}, fmt.Errorf("-trusted-proxy %w", err)
	}
	if (o.cert == "") != (o.key == "") {
		return options{}, errors.New("-tls-cert and -tls-key belong together: say both, or neither to serve plain HTTP")
	}
	o.platform = strings.TrimSuffix(o.platform, "/")
	if text := getenv("XAMAN_LIVE_KEY"); o.keys == nil && text != "" {
		keys, err := orders.ParseKeys(text)
		if err != nil {
			return options{}, fmt.Errorf("read XAMAN_LIVE_KEY: %w", err)
		}
		o.keys = &keys
	}
	if o.credentials == nil {
		if o.credentials, err = credentials(getenv); err != nil {
			return options{}, err
		}
	}
	if o.credentials == nil && o.platform != "" {
		return options{}, errors.New("-platform needs credentials: set XAMAN_API_KEY and XAMAN_API_SECRET")
	}
	return o, nil
}

// credentials are those of the environment, nil if it has none.
func credentials(getenv func(string) string) (*xaman.Credentials, error) {
	key, secret := getenv("XAMAN_API_KEY"), getenv("XAMAN_API_SECRET")
	switch {
	case key == "" && secret == "":
		return nil, nil
	case key == "" || secret == "":
		return nil, errors.New("set both XAMAN_API_KEY and XAMAN_API_SECRET, or neither to use the sandbox")
	}
	c, err := xaman.ParseCredentials(key, secret)
	if err != nil {
		return nil, fmt.Errorf("read XAMAN_API_KEY and XAMAN_API_SECRET: %w", err)
	}
	return &c, nil
}

// scheme is that of the site, as the server itself serves it.
func (o options) scheme() string {
	if o.cert != "" {
		return "https"
	}
	return "http"
}

// logFlag reads the form of the log.
func logFlag(json *bool) func(string) error {
	return func(form string) error {
		*json = form == "json"
		if !*json && form != "text" {
			return fmt.Errorf("%q is neither text nor json", form)
		}
		return nil
	}
}

// networkFlag reads the id of a network.
func networkFlag(id **uint32) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is not the id of a network, like 0 for Mainnet or 1 for Testnet", text)
		}
		network := uint32(n)
		*id = &network
		return nil
	}
}

// urlFlag reads the URL of a server.
func urlFlag(to *string) func(string) error {
	return func(text string) error {
		u, err := url.Parse(text)
		if text != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("%q is not an http: or https: URL", text)
		}
		*to = text
		return nil
	}
}

// originFlag reads one more origin.
func originFlag(all *[]string) func(string) error {
	return func(text string) error {
		one, err := parseOrigin(text)
		if err == nil {
			*all = append(*all, one)
		}
		return err
	}
}
