package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// options is what a person may choose.
type options struct {
	addr        string
	origin      string   // "": the address, if that is of this machine alone
	pages       []string // other origins whose pages may ask
	sandboxAddr string
	site        string
	data        string
	ledger      string             // "": the one that belongs to the platform
	network     *uint32            // that the ledger's node is on, if it does not say so itself; nil: not known
	platform    string             // "": Xaman's
	version     bool               // tell which one this is, and nothing else
	credentials *xaman.Credentials // of the application at the platform; nil: the sandbox takes its place
}

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("devserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` of the site; port 0 takes a free one")
	flags.StringVar(&o.origin, "origin", "",
		"public `origin` of the site, as in https://shop.example; needed if -addr is not of this machine alone")
	flags.Func("allow-origin", "another `origin` of the same site, whose pages may ask, as in https://www.shop.example; "+
		"may be said again for more", originFlag(&o.pages))
	flags.StringVar(&o.sandboxAddr, "sandbox-addr", "127.0.0.1:8081",
		"`address` of the offline platform; port 0 takes a free one")
	flags.StringVar(&o.site, "site", "site", "`folder` of the site; if there is a folder dist in it, that is served")
	flags.StringVar(&o.data, "data", ".data", "`folder` for what the server remembers; made if it is not there")
	flags.StringVar(&o.ledger, "ledger", "",
		"`URL` of an XRPL node's JSON-RPC (default the sandbox's, or with credentials "+testnetNode+")")
	flags.Func("ledger-network", "`id` of the network that the node of -ledger is on, if the node does not say it: "+
		"0 Mainnet, 1 Testnet, 2 Devnet", networkFlag(&o.network))
	flags.StringVar(&o.platform, "platform", "",
		"`URL` of another server with the platform's API, without a path (default, with credentials, "+xaman.DefaultBase+")")
	flags.BoolVar(&o.version, "version", false, "print the version and end")
	err := flags.Parse(args)
	if err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for name, value := range map[string]string{"-ledger": o.ledger, "-platform": o.platform} {
		u, err := url.Parse(value)
		if value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return options{}, fmt.Errorf("%s %q is not an http: or https: URL", name, value)
		}
	}
	o.platform = strings.TrimSuffix(o.platform, "/")
	if o.origin != "" {
		if o.origin, err = parseOrigin(o.origin); err != nil {
			return options{}, fmt.Errorf("-origin %w", err)
		}
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
