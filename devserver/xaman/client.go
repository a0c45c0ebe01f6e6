package xaman

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// DefaultBase is where the platform lives.
const DefaultBase = "https://xumm.app"

// userAgent is what the platform's logs call this client; the language's own name says nothing.
const userAgent = "xaman-live/1 (+https://github.com/xaman-live/xaman-live)"

const (
	timeout  = 10 * time.Second
	maxBytes = 4 << 20 // a signed transaction has at most 1 MiB, which is 2 MiB in hex
)

// Behind the platform's load balancer, a payload may be unknown for a moment after it was created. A read that finds
// nothing is therefore repeated after these waits.
var notFoundWaits = []time.Duration{75 * time.Millisecond, 250 * time.Millisecond}

// Client calls the platform. Its errors match [ErrNotFound], [ErrRateLimited] or [ErrUnavailable], or are an [*Error].
// After the platform said that calls come too fast, calls fail without reaching it until the time that it asked for
// is over.
type Client struct {
	base        string
	origin      string // that was asked for
	credentials Credentials
	http        *http.Client

	mu      sync.Mutex
	held    *Error    // the last refusal for rate
	free    time.Time // when the platform may be called again
	allowed int
}

// NewClient returns a client of the platform at base, a URL without path, or [DefaultBase] if it is empty. Requests go
// through transport, or through [http.DefaultTransport] if it is nil.
func NewClient(base string, credentials Credentials, transport http.RoundTripper) *Client {
	return &Client{
		base:        cmp.Or(base, DefaultBase),
		origin:      base,
		credentials: credentials,
		http: &http.Client{
			Transport: transport,
			Timeout:   timeout,
			// A followed redirect would take the secret along, to any host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Origin is the base that the client was made with, "" for [DefaultBase].
func (c *Client) Origin() string { return c.origin }

// Credentials are those that the client was made with.
func (c *Client) Credentials() Credentials { return c.credentials }

// Explorer is the platform's page that leads to a transaction in an explorer of that network.
func (c *Client) Explorer(network, txid string) string {
	return c.base + "/explorer/" + strings.ToLower(network) + "/" + txid
}

// Allowed is how many calls the platform allows the application in a minute, as it said last; 0 if it has not.
func (c *Client) Allowed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.allowed
}

// Create makes a payload. The result's JSON method returns the platform's answer as it was.
func (c *Client) Create(ctx context.Context, r Request) (payload.Created, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return payload.Created{}, fmt.Errorf("create payload: %w", err)
	}
	var answer json.RawMessage
	if err := c.call(ctx, "POST", "payload", body, &answer); err != nil {
		return payload.Created{}, fmt.Errorf("create payload: %w", err)
	}
	created, err := payload.ParseCreated(answer, c.base)
	if err != nil {
		return payload.Created{}, fmt.Errorf("create payload: %w: %w", ErrUnavailable, err)
	}
	return created, nil
}

// Get reads a payload. It is announced on the payload's status socket, as devapp_fetched.
func (c *Client) Get(ctx context.Context, uuid payload.UUID) (Payload, error) {
	return c.get(ctx, "payload/"+string(uuid))
}

// ByIdentifier reads a payload by its custom_meta.identifier.
func (c *Client) ByIdentifier(ctx context.Context, identifier string) (Payload, error) {
	return c.get(ctx, "payload/ci/"+url.PathEscape(identifier))
}

func (c *Client) get(ctx context.Context, path string) (Payload, error) {
	var p Payload
	err := c.call(ctx, "GET", path, nil, &p)
	for _, wait := range notFoundWaits {
		if !errors.Is(err, ErrNotFound) {
			break
		}
		select {
		case <-time.After(wait):
			err = c.call(ctx, "GET", path, nil, &p)
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		return Payload{}, fmt.Errorf("get payload: %w", err)
	}
	return p, nil
}

// Cancel ends a payload that no phone has opened. A payload that cannot be cancelled is not an error: the result says
// whether it was.
func (c *Client) Cancel(ctx context.Context, uuid payload.UUID) (Cancellation, error) {
	var answer struct {
		Result Cancellation `json:"result"`
	}
	if err := c.call(ctx, "DELETE", "payload/"+string(uuid), nil, &answer); err != nil {
		return Cancellation{}, fmt.Errorf("cancel payload: %w", err)
	}
	return answer.Result, nil
}

// call makes one call and decodes a good answer into out.
func (c *Client) call(ctx context.Context, method, path string, body []byte, out any) error {
	_, err := c.exchange(ctx, method, path, body, out)
	return err
}

// exchange is call, and returns the answer's header as well.
func (c *Client) exchange(ctx context.Context, method, path string, body []byte, out any) (http.Header, error) {
	if err := c.wait(time.Now()); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1/platform/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-API-Key", c.credentials.key)
	req.Header.Set("X-API-Secret", c.credentials.secret)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	res, err := c.http.Do(req)
	if err != nil {
		// The URL in the outer error holds the UUID, which lets whoever reads it listen to the payload.
		if outer, ok := errors.AsType[*url.Error](err); ok {
			err = outer.Err
		}
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer res.Body.Close()
	c.noteAllowed(res.Header)
	data, err := io.ReadAll(io.LimitReader(res.Body, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: read answer: %w", ErrUnavailable, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, c.refused(parseError(res.StatusCode, res.Header, data, time.Now()))
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%w: answer is over %d bytes", ErrUnavailable, maxBytes)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return nil, fmt.Errorf("%w: read answer: %w", ErrUnavailable, err)
	}
	return res.Header, nil
}

// wait returns the platform's last word as long as it does not want to be called.
func (c *Client) wait(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.free.Sub(now); left > 0 {
		e := *c.held
		e.RetryAfter = left
		return &e
	}
	return nil
}

func (c *Client) noteAllowed(h http.Header) {
	if n, err := strconv.Atoi(h.Get("X-RateLimit-Limit")); err == nil && n > 0 {
		c.mu.Lock()
		c.allowed = n
		c.mu.Unlock()
	}
}

func (c *Client) refused(e *Error) error {
	if e.rateLimited() {
		c.mu.Lock()
		c.held, c.free = e, time.Now().Add(e.RetryAfter)
		c.mu.Unlock()
	}
	return e
}
