package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// soon is how long before its end a certificate should have been renewed.
const soon = 7 * 24 * time.Hour

// certificate looks at the files of the site's own certificate, if it has one, as a browser will.
func (v *visit) certificate(context.Context) []Finding {
	if v.Cert == "" {
		return nil
	}
	f := Finding{About: "certificate"}
	pair, err := tls.LoadX509KeyPair(v.Cert, v.Key)
	if err != nil {
		f.Says = fmt.Sprintf("It cannot be used: look into %s and %s (%v).", v.Cert, v.Key, err)
		return []Finding{f}
	}
	between := x509.NewCertPool()
	for _, der := range pair.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(c)
		}
	}
	host := ""
	if u, err := url.Parse(v.Origin); err == nil {
		host = u.Hostname()
	}
	now := time.Now()
	_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: v.Roots, Intermediates: between, CurrentTime: now})
	_, untrusted := errors.AsType[x509.UnknownAuthorityError](err)
	end := pair.Leaf.NotAfter
	switch {
	case now.After(end):
		f.Says = fmt.Sprintf("It has ended on %s: renew it.", end.Format(time.DateOnly))
	case now.Before(pair.Leaf.NotBefore):
		f.Says = fmt.Sprintf("It begins on %s: look whether the clock is right.", pair.Leaf.NotBefore.Format(time.DateOnly))
	case host != "" && pair.Leaf.VerifyHostname(host) != nil:
		f.Says = fmt.Sprintf("It is not for %s: get one that is.", host)
	case untrusted:
		f.Says = fmt.Sprintf("Nobody trusts it: put those between it and a known authority's behind it in %s.", v.Cert)
	case err != nil:
		f.Says = fmt.Sprintf("Browsers will not take it: get another (%v).", err)
	case end.Sub(now) < soon:
		f.Says = fmt.Sprintf("It ends on %s: renew it, and look why that was not done by itself.", end.Format(time.DateOnly))
	default:
		f.Well, f.Says = true, fmt.Sprintf("It is for %s, until %s.", host, end.Format(time.DateOnly))
	}
	return []Finding{f}
}
