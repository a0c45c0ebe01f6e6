// Package proxies finds out where a request comes from that a proxy has passed on.
//
// A proxy connects in place of the visitor, and adds his address to the header X-Forwarded-For. Whatever stood in the
// header before may come from the visitor himself. So the header is read from its end: each address there was added by
// the proxy that is named after it, and counts if that one is trusted. The first one that is no trusted proxy is the
// visitor. Forwarded, X-Real-IP and all other headers are not read: most proxies pass on what a visitor says there.
package proxies

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Trusted are the addresses and networks of proxies whose word counts. Without any, no header does.
type Trusted []netip.Prefix

// Parse reads addresses and networks, as in 10.0.0.7 and 10.0.0.0/8.
func Parse(list []string) (Trusted, error) {
	var all Trusted
	for _, one := range list {
		network, err := netip.ParsePrefix(one)
		if err != nil {
			address, err := netip.ParseAddr(one)
			if err != nil || address.Zone() != "" {
				return nil, fmt.Errorf("%q is neither the address of a proxy nor a network, as in 10.0.0.7 or 10.0.0.0/8", one)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		if network != network.Masked() {
			return nil, fmt.Errorf("%q is an address within a network: say %v for all of it, or %v alone", one,
				network.Masked(), network.Addr())
		}
		if network.Bits() == 0 {
			return nil, fmt.Errorf("%q trusts everybody, so that visitors could choose the address they are limited by: "+
				"name the proxies", one)
		}
		all = append(all, network)
	}
	return all, nil
}

// Handler passes requests on to another handler, with the visitor's address as [http.Request.RemoteAddr].
func (t Trusted) Handler(next http.Handler) http.Handler {
	if len(t) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if visitor, ok := t.visitor(r.RemoteAddr, r.Header.Values("X-Forwarded-For")); ok {
			r.RemoteAddr = netip.AddrPortFrom(visitor, 0).String()
		}
		next.ServeHTTP(w, r)
	})
}

// visitor is the address that a request comes from, if that is another one than the peer's. What cannot be read in the
// header ends the search: the last address that was found to be a proxy's then stands for all behind it.
func (t Trusted) visitor(peer string, headers []string) (_ netip.Addr, ok bool) {
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		return netip.Addr{}, false
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, false
	}
	said := strings.Split(strings.Join(headers, ","), ",")
	for _, text := range slices.Backward(said) {
		if !t.has(at) {
			break
		}
		before, err := parseAddress(strings.TrimSpace(text))
		if err != nil {
			break
		}
		at, ok = before, true
	}
	return at, ok
}

func (t Trusted) has(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	return slices.ContainsFunc(t, func(network netip.Prefix) bool { return network.Contains(a) })
}

// parseAddress reads an address, with a port or without, as some proxies add it.
func parseAddress(text string) (netip.Addr, error) {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap(), nil
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.WithZone("").Unmap(), err
}
