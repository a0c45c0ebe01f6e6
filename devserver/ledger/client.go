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
	// Network is the id of the network that the node is on, said by whoever chose the node. It counts while the node does
	// not say it itself; nil: nobody knows.
	Network *uint32

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

// call returns the result of a method. With an error that matches [ErrNotFound] it returns what else the node said.
func (c *Client) call(ctx context.Context, method string, params map[string]any) (answer, error) {
	params["api_version"] = apiVersion
	body, err := json.Marshal(map[string]any{"method": method, "params": []any{params}})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", method, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", method, about("the node", err))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", userAgent)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w: %w", method, ErrUnavailable, about(request.URL.Host, err))
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", method, ErrUnavailable, err)
	}
	if len(data) > maxAnswer {
		return nil, fmt.Errorf("read %s: %w: answer exceeds %d bytes", method, ErrUnavailable, maxAnswer)
	}
	return decode(method, response.StatusCode, data)
}

// notFound is how a method says that there is no such thing.
var notFound = map[string]string{"tx": "txnNotFound", "account_info": "actNotFound"}

// decode reads an answer. Nodes report most of their errors with status 200, and some with others.
func decode(method string, status int, data []byte) (answer, error) {
	var envelope answer
	_ = json.Unmarshal(data, &envelope) // what is no object has no result
	result := envelope.object("result")
	if result == nil && bytes.Contains(data, []byte("invalid_API_version")) { // which rippled says in plain text
		return nil, &UnusableAnswer{method, wrongVersion}
	}
	if result == nil {
		return nil, fmt.Errorf("read %s: %w: status %d without a result", method, ErrUnavailable, status)
	}
	switch name := result.text("error"); {
	case name != "" && name == notFound[method] && (status == http.StatusOK || status == http.StatusNotFound):
		return result, fmt.Errorf("ask %s: %w", method, ErrNotFound)
	case name == "invalid_API_version":
		return nil, &UnusableAnswer{method, wrongVersion}
	case result.text("status") != "success" || status != http.StatusOK:
		return nil, fmt.Errorf("ask %s: %w: status %d, error %.40q", method, ErrUnavailable, status, name)
	}
	return result, nil
}
