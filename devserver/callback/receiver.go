package callback

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
)

// Receiver is a program that deliveries are sent to.
type Receiver struct {
	// URL is with https:, or with http: on this machine: as 127.0.0.1, ::1 or localhost.
	URL string
	// Secrets are those that sign: one, or two while one takes the place of the other. The receiver may know either.
	Secrets []Secret
}

// Secret is what a receiver knows a delivery by. However it is printed or logged, it stays hidden.
type Secret string

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// LogValue hides the secret from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret from JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

const hidden = "a secret"

var (
	// It is a part of the deliveries' ids, which go into a header.
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	// What openssl rand -hex 32 prints has 64. A line break that was read along with it would make another secret of it.
	secretForm = regexp.MustCompile(`^[!-~]{32,256}$`)
)

// check says in a sentence what is wrong with a receiver.
func (r Receiver) check() error {
	u, err := url.Parse(r.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("its url is not an https: URL, as in https://shop.example/paid")
	case u.User != nil:
		return errors.New("its url has a name or a password: the signature says who sends, so leave them out")
	case u.Fragment != "":
		return errors.New("its url has a part after #, which is never sent: leave it out")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("its url has http:, which is for this machine alone: it needs https: instead")
	case len(r.Secrets) == 0 || len(r.Secrets) > 2:
		return fmt.Errorf("it has %d secrets: give it one, or two while one takes the place of the other", len(r.Secrets))
	}
	for _, s := range r.Secrets {
		if !secretForm.MatchString(string(s)) {
			return errors.New("a secret of it does not have 32 to 256 characters from ! to ~: " +
				"make one with openssl rand -hex 32")
		}
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
