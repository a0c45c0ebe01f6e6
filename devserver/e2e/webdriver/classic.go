package webdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// classic is WebDriver: a session with a driver, in which commands are for the window that was chosen last.
type classic struct {
	base   string // the session's URL
	client *http.Client
	first  string // the window that there is from the beginning, which stays

	mu     sync.Mutex // held for a command, the choice of its window included
	chosen string
}

// newClassic opens a session at a driver.
func newClassic(ctx context.Context, driver string, capabilities map[string]any) (*classic, error) {
	c := &classic{base: driver, client: &http.Client{Transport: &http.Transport{}}}
	var session struct{ SessionID string }
	body := map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}}
	if err := c.send(ctx, "POST", "/session", body, &session); err != nil {
		c.client.CloseIdleConnections()
		return nil, fmt.Errorf("open session: %w", err)
	}
	c.base += "/session/" + session.SessionID
	if err := c.send(ctx, "GET", "/window", nil, &c.first); err != nil {
		c.quit(ctx)
		return nil, fmt.Errorf("first window: %w", err)
	}
	return c, nil
}

// send sends a command and decodes its value.
func (c *classic) send(ctx context.Context, method, path string, body, value any) error {
	var text []byte
	if method == "POST" {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err = io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var answer struct{ Value json.RawMessage }
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("got %s %q: %w", res.Status, text, err)
	}
	if res.StatusCode != http.StatusOK {
		var failure struct{ Error, Message string }
		if err := json.Unmarshal(answer.Value, &failure); err != nil {
			return fmt.Errorf("got %s %q: %w", res.Status, text, err)
		}
		return fmt.Errorf("%s: %s", failure.Error, failure.Message)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, value)
}

// in sends a command for a window.
func (c *classic) in(ctx context.Context, handle, method, path string, body, value any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chosen != handle {
		if err := c.send(ctx, "POST", "/window", map[string]string{"handle": handle}, nil); err != nil {
			return err
		}
		c.chosen = handle
	}
	return c.send(ctx, method, path, body, value)
}

func (c *classic) open(ctx context.Context) (string, error) {
	var made struct{ Handle string }
	// Commands are refused once the chosen window has been closed.
	if err := c.in(ctx, c.first, "POST", "/window/new", map[string]string{"type": "window"}, &made); err != nil {
		return "", err
	}
	return made.Handle, nil
}

func (c *classic) load(ctx context.Context, handle, url string) error {
	return c.in(ctx, handle, "POST", "/url", map[string]string{"url": url}, nil)
}

func (c *classic) reload(ctx context.Context, handle string) error {
	return c.in(ctx, handle, "POST", "/refresh", struct{}{}, nil)
}

func (c *classic) traverse(ctx context.Context, handle string, by int) error {
	path := "/forward"
	if by < 0 {
		path, by = "/back", -by
	}
	for range by {
		if err := c.in(ctx, handle, "POST", path, struct{}{}, nil); err != nil {
			return err
		}
	}
	return nil
}

func (c *classic) call(ctx context.Context, handle, function string) (text string, err error) {
	err = c.in(ctx, handle, "POST", "/execute/async", map[string]any{
		"script": "(" + function + ")().then(arguments[0])", "args": []any{},
	}, &text)
	return text, err
}

func (c *classic) perform(ctx context.Context, handle string, inputs []input) error {
	return c.in(ctx, handle, "POST", "/actions", map[string]any{"actions": inputs}, nil)
}

func (c *classic) forget(ctx context.Context, handle string) error {
	return c.in(ctx, handle, "DELETE", "/cookie", nil, nil)
}

func (c *classic) close(ctx context.Context, handle string) error {
	return c.in(ctx, handle, "DELETE", "/window", nil, nil)
}

func (c *classic) quit(ctx context.Context) error {
	defer c.client.CloseIdleConnections()
	return c.send(ctx, "DELETE", "", nil, nil)
}
