package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/orders"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// Config is what a file says. What it does not say is the zero value.
type Config struct {
	Settings    []Setting    // in the order of the keys
	Name        string       // of the site
	Keys        *orders.Keys // of the site's own program
	Credentials *xaman.Credentials
	Networks    map[string]Network // by the platform's key
	Network     string             // that of offers that name none; one of Networks if there are any
	Offers      map[string]backend.Offer
	Receivers   map[string]callback.Receiver // by the names of the callbacks
	Callbacks   map[string]bool              // by their names: whether they are told of every order
}

// Setting is what a file says in place of a flag.
type Setting struct {
	Flag  string
	Value string // one of several, if the flag can be said several times
	Where string // file, line and key: the beginning of a sentence about it
}

// Network is one that offers may be on.
type Network struct {
	ID     uint32
	Nodes  []string // URLs
	Quorum int      // nodes that have to agree
}

const maxFile = 256 << 10

// Read reads the file of that name. Of secrets it reads what the file names.
func Read(name string, getenv func(string) string) (Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	return parse(name, data, getenv, os.ReadFile)
}

// reader turns a source into what it says.
type reader struct {
	*source
	getenv   func(string) string
	readFile func(name string) ([]byte, error)
}

func parse(
	name string, data []byte, getenv func(string) string, readFile func(string) ([]byte, error),
) (Config, error) {
	if len(data) > maxFile {
		return Config{}, fmt.Errorf("%s is longer than %d kB, which is no configuration", name, maxFile>>10)
	}
	r := &reader{&source{name: name, lines: map[string]int{}}, getenv, readFile}
	f := r.decode(data)
	if err := r.err(); err != nil {
		return Config{}, err
	}
	c := Config{
		Settings:    r.settings("", reflect.ValueOf(f)),
		Name:        f.Server.Name,
		Keys:        r.keys(f.Server.PrivateKeys),
		Credentials: r.credentials(f.Platform),
		Networks:    r.networks(f.Networks),
		Network:     r.mainNetwork(f),
	}
	for key, addr := range map[string]string{
		"addr": f.Server.Addr, "private_addr": f.Server.PrivateAddr, "sandbox_addr": f.Server.SandboxAddr,
	} {
		r.address("server."+key, addr)
	}
	if f.Record.URL != nil {
		c.Settings = append(c.Settings, Setting{"record", r.secret("record.url", *f.Record.URL), r.where("record.url")})
	}
	c.Receivers, c.Callbacks = r.callbacks(f.Callbacks)
	c.Offers = r.offers(f)
	if err := r.err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// address checks where to listen.
func (r *reader) address(key, text string) {
	_, port, err := net.SplitHostPort(text)
	if _, number := strconv.ParseUint(port, 10, 16); r.has(key) && (err != nil || number != nil) {
		r.wrong(key, "is %q, and has to be an address with a port, as in 127.0.0.1:8080", text)
	}
}

// settings are the values of the keys below one that have a flag.
func (r *reader) settings(key string, v reflect.Value) (all []Setting) {
	for f, value := range v.Fields() {
		below := strings.TrimPrefix(key+"."+f.Tag.Get("toml"), ".")
		flag := f.Tag.Get("flag")
		switch said := value.Interface().(type) {
		case string, int:
			if flag != "" && r.has(below) {
				all = append(all, Setting{flag, fmt.Sprint(said), r.where(below)})
			}
		case []string:
			for _, one := range said {
				all = append(all, Setting{flag, one, r.where(below)})
			}
		default:
			if value.Kind() == reflect.Struct {
				all = append(all, r.settings(below, value)...)
			}
		}
	}
	return all
}

func (r *reader) where(key string) string {
	return fmt.Sprintf("%s, line %d: %s", r.name, r.line(key), key)
}

func (r *reader) keys(secrets []Secret) *orders.Keys {
	if len(secrets) == 0 {
		return nil
	}
	const key = "server.private_keys"
	var all []string
	for _, s := range secrets {
		all = append(all, r.secret(key, s))
	}
	keys, err := orders.ParseKeys(strings.Join(all, " "))
	if err != nil {
		r.wrong(key, "cannot be used: %v", err)
	}
	return &keys
}

func (r *reader) credentials(p platform) *xaman.Credentials {
	switch {
	case p.APIKey == nil && p.APISecret == nil:
		return nil
	case p.APISecret == nil:
		r.wrong("platform.api_key", "needs platform.api_secret beside it")
		return nil
	case p.APIKey == nil:
		r.wrong("platform.api_secret", "needs platform.api_key beside it")
		return nil
	}
	key, secret := r.secret("platform.api_key", *p.APIKey), r.secret("platform.api_secret", *p.APISecret)
	if key == "" || secret == "" {
		return nil
	}
	c, err := xaman.ParseCredentials(key, secret)
	if err != nil {
		r.wrong("platform.api_key", "and platform.api_secret are not what the platform's console shows: %v", err)
	}
	return &c
}

// ids are those of the networks that the platform has.
var ids = map[string]uint32{"MAINNET": 0, "TESTNET": 1, "DEVNET": 2, "XAHAU": 21337, "XAHAUTESTNET": 21338}

func (r *reader) networks(all map[string]network) map[string]Network {
	networks := map[string]Network{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		n, key := all[name], join([]string{"networks", name})
		id, known := ids[name]
		switch {
		case strings.ToUpper(name) != name:
			r.wrong(key, "has to be written in capitals, as the platform does: %s", strings.ToUpper(name))
		case n.ID != nil && known && *n.ID != id:
			r.wrong(key+".id", "is %d, and that of %s is %d", *n.ID, name, id)
		case n.ID == nil && !known:
			r.wrong(key, "needs an id, as in id = 1, since it is none of %s",
				strings.Join(slices.Sorted(maps.Keys(ids)), ", "))
		case n.ID != nil:
			id = *n.ID
		}
		r.nodes(key, n)
		if !r.has(key + ".quorum") {
			n.Quorum = len(n.Nodes)/2 + 1
		}
		networks[name] = Network{id, n.Nodes, n.Quorum}
	}
	return networks
}

func (r *reader) nodes(key string, n network) {
	if len(n.Nodes) == 0 {
		r.wrong(key, `needs nodes, as in nodes = ["https://node.example/"]`)
		return
	}
	seen := map[string]bool{}
	for _, node := range n.Nodes {
		u, err := url.Parse(node)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			r.wrong(key+".nodes", "has %q, which is not an http: or https: URL of a node's JSON-RPC", node)
		case seen[u.Host]:
			r.wrong(key+".nodes", "has %s twice, and the same node agrees with itself", u.Host)
		default:
			seen[u.Host] = true
		}
	}
	if least := len(n.Nodes)/2 + 1; r.has(key+".quorum") && (n.Quorum < least || n.Quorum > len(n.Nodes)) {
		r.wrong(key+".quorum", "is %d, and has to be more than half of the %d nodes: from %d to %d",
			n.Quorum, len(n.Nodes), least, len(n.Nodes))
	}
}

// mainNetwork is that of offers that name none.
func (r *reader) mainNetwork(f file) string {
	name := f.Server.Network
	_, there := f.Networks[name]
	switch {
	case name == "" && len(f.Networks) == 1:
		for only := range f.Networks {
			return only
		}
	case name == "" && len(f.Networks) > 1:
		r.wrong("server.network", "has to say which of the networks offers are on that name none")
	case name != "" && !there:
		r.wrong("server.network", "is %q, which is none of the networks", name)
	}
	return name
}

// callbacks returns the receivers of callbacks, and which of them are told of every order.
func (r *reader) callbacks(keys map[string]told) (map[string]callback.Receiver, map[string]bool) {
	receivers, all := map[string]callback.Receiver{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		t, key := keys[name], join([]string{"callbacks", name})
		all[name] = t.All
		if name == "hook" {
			r.wrong(key, "needs another name, since the server itself uses this one")
		}
		to := callback.Receiver{URL: t.URL}
		for _, s := range t.Secrets {
			to.Secrets = append(to.Secrets, callback.Secret(r.secret(key+".secrets", s)))
		}
		if len(r.problems) > 0 {
			continue
		}
		sender, err := callback.New(map[string]callback.Receiver{name: to})
		if err != nil {
			r.wrong(key, "cannot be used: %v", cmp.Or(errors.Unwrap(err), err))
			continue
		}
		sender.Close()
		receivers[name] = to
	}
	return receivers, all
}
