package callback

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	userAgent = "xaman-live/1 (+https://github.com/xaman-live/xaman-live)"
	timeout   = 10 * time.Second // for all of an attempt
	maxAnswer = 1 << 10          // bytes of an answer that are read, to be shown
	maxHeader = 16 << 10
)

// Sender sends deliveries to receivers.
type Sender struct {
	receivers map[string]target
	client    *http.Client
}

// target is a receiver in use. Its secrets are in a function, as fmt prints unexported fields without asking them.
type target struct {
	url  string
	sign func(now time.Time, body []byte) string
}

// New returns a sender to receivers, by their names. What is wrong with one of them is an error that says so in a
// sentence.
func New(receivers map[string]Receiver) (*Sender, error) {
	targets := map[string]target{}
	for name, r := range receivers {
		if !nameForm.MatchString(name) {
			return nil, fmt.Errorf("the callback %q needs another name: small letters, digits and hyphens, at most 32", name)
		}
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("the callback %q cannot be used: %w", name, err)
		}
		targets[name] = target{r.URL, func(now time.Time, body []byte) string { return signatures(r.Secrets, now, body) }}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = maxHeader
	transport.DisableCompression = true
	return &Sender{targets, &http.Client{
		Transport: transport,
		Timeout:   timeout,
		// A receiver would hand on what is signed for it alone, to any host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close ends connections that nobody uses.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send makes one attempt to bring a delivery to the receiver of that name. Its error is a sentence for whoever looks
// into a list of deliveries: of the address it names the host at most, as the rest may have a secret in it.
func (s *Sender) Send(ctx context.Context, to, id string, body []byte) error {
	r, known := s.receivers[to]
	if !known {
		return fmt.Errorf("the configuration has no callback %q any more", to)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := time.Now()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Xaman-Live-Id", id)
	req.Header.Set("Xaman-Live-Time", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("Xaman-Live-Signature", r.sign(now, body))
	res, err := s.client.Do(req)
	if err != nil {
		return unreached(err)
	}
	defer res.Body.Close()
	// Read in any case, so that the connection can be used again. The status has said whether it arrived.
	said, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return refused(res, said)
}

// signatures is the header that signs a body at a time, with each secret.
func signatures(secrets []Secret, now time.Time, body []byte) string {
	var all []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%d.", now.Unix())
		mac.Write(body)
		all = append(all, "v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, ", ")
}

// refused says in a sentence why an answer is none that takes a delivery; nil: it does.
func refused(res *http.Response, said []byte) error {
	status := strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", http.StatusText(res.StatusCode)))
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return fmt.Errorf("the receiver leads elsewhere, with %s: redirects are not followed, configure the address "+
			"that they lead to", status)
	}
	text := payload.Readable(string(said), maxAnswer)
	if text == "" {
		return fmt.Errorf("the receiver answered %s", status)
	}
	return fmt.Errorf("the receiver answered %s: %s", status, text)
}
