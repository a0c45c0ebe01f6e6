package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	userAgent  = "xaman-live/1 (+https://github.com/xaman-live/xaman-live)"
	apiVersion = 2
	timeout    = 10 * time.Second
	maxAnswer  = 1 << 20 // the metadata of a large transaction is some 100 KiB
)

// Client calls one node.
type Client struct {
	url  string
	http *http.Client
}

// NewClient returns a client of the node whose JSON-RPC is at url. A nil transport is [http.DefaultTransport].
func NewClient(url string, transport http.RoundTripper) *Client {
	return &Client{url: url, http: &http.Client{
		Transport: transport,
		Timeout:   timeout,
		// The answer to a question about money comes from the node that was chosen, or not at all.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// call puts the result of a method into result.
func (c *Client) call(ctx context.Context, method string, params map[string]any, result any) error {
	params["api_version"] = apiVersion
	body, err := json.Marshal(map[string]any{"method": method, "params": []any{params}})
	if err != nil {
		return fmt.Errorf("write %s: %w", method, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("write %s: %w", method, err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", userAgent)
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w: %w", method, ErrUnavailable, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("read %s: %w: %w", method, ErrUnavailable, err)
	}
	if len(answer) > maxAnswer {
		return fmt.Errorf("read %s: %w: answer exceeds %d bytes", method, ErrUnavailable, maxAnswer)
	}
	return decode(method, response.StatusCode, answer, result)
}

// decode reads an answer. Nodes report most of their errors with status 200, and some with others.
func decode(method string, status int, answer []byte, result any) error {
	var envelope struct {
		Result json.RawMessage `json:"result"`
	}
	var outcome struct {
		Status string `json:"status"`
		Error  string `json:"error"`
	}
	if json.Unmarshal(answer, &envelope) != nil || json.Unmarshal(envelope.Result, &outcome) != nil {
		return fmt.Errorf("read %s: %w: status %d without a result", method, ErrUnavailable, status)
	}
	switch {
	case outcome.Error == "txnNotFound", outcome.Error == "actNotFound":
		return fmt.Errorf("ask %s: %w", method, ErrNotFound)
	case outcome.Status != "success" || status != http.StatusOK:
		return fmt.Errorf("ask %s: %w: status %d, error %q", method, ErrUnavailable, status, outcome.Error)
	}
	if err := json.Unmarshal(envelope.Result, result); err != nil {
		return fmt.Errorf("read %s: %w: %w", method, ErrUnavailable, err)
	}
	return nil
}
