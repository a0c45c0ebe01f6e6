package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// box is the sandbox that is the backend's platform.
type box struct {
	origin string
	client *http.Client
}

// act is what came of something that the phone did.
type act struct{ State, Account, TxID string }

// ask makes a call of the sandbox, and reads its answer.
func (b *box) ask(ctx context.Context, method, path string, body, into any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, b.origin+path, strings.NewReader(string(content)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := b.client.Do(r)
	if err != nil {
		return fmt.Errorf("the sandbox does not answer: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the sandbox answers %s to %s %s", res.Status, method, path)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return fmt.Errorf("what answers at %s is no sandbox: %w", b.origin, err)
	}
	return nil
}

// check makes sure that it is one.
func (b *box) check(ctx context.Context) error {
	_, err := b.misbehaviours(ctx)
	return err
}

// misbehaviours are the ways in which its phone can err.
func (b *box) misbehaviours(ctx context.Context) (names []string, err error) {
	var list struct{ Misbehaviours []struct{ Name string } }
	if err := b.ask(ctx, "GET", "/phone/misbehaviours", nil, &list); err != nil {
		return nil, err
	}
	for _, m := range list.Misbehaviours {
		names = append(names, m.Name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("what answers at %s is no sandbox", b.origin)
	}
	return names, nil
}

// phone has the phone open, accept, reject or close a request, and err in some ways.
func (b *box) phone(ctx context.Context, uuid payload.UUID, does string, misbehave ...string) (a act, err error) {
	err = b.ask(ctx, "POST", "/phone/"+string(uuid)+"/"+does, map[string]any{"misbehave": misbehave}, &a)
	return a, err
}

// Faults are those of a request's UUID, of the next one, or of the node.
const (
	nextRequest = "next"
	theNode     = "node"
)

// faults switches faults on, in the place of those before.
func (b *box) faults(ctx context.Context, of string, names ...string) error {
	var out struct{}
	return b.ask(ctx, "PUT", "/faults/"+of, map[string]any{"faults": append([]string{}, names...)}, &out)
}

// reads is how many times the backend has read a request from the platform so far.
func (b *box) reads(ctx context.Context, uuid payload.UUID) (n int, err error) {
	var wire struct {
		Lines []struct{ From, To, Kind, Summary string }
	}
	if err := b.ask(ctx, "GET", "/wire/"+string(uuid), nil, &wire); err != nil {
		return 0, err
	}
	for _, l := range wire.Lines {
		if l.From == "site" && l.Kind == "rest" && strings.HasPrefix(l.Summary, "GET ") {
			n++
		}
	}
	return n, nil
}
