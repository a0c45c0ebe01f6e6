package conform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// visitor is a browser with cookies of its own.
type visitor struct {
	*backend
	cookies map[string]*http.Cookie
}

func (b *backend) visitor() *visitor { return &visitor{b, map[string]*http.Cookie{}} }

// twin is a visitor with the same cookies, as they are now.
func (v *visitor) twin() *visitor { return &visitor{v.backend, maps.Clone(v.cookies)} }

// exchange is a call and its answer.
type exchange struct {
	method, path, sent string
	secure             bool
	began, ended       time.Time
	status             int
	header             http.Header
	body               []byte
}

const maxShown = 300 // bytes of a body that are shown

func (x exchange) String() string {
	shown := func(text string) string {
		if len(text) > maxShown {
			text = text[:maxShown] + "…"
		}
		return strings.ToValidUTF8(strings.TrimSpace(text), "?")
	}
	called := x.method + " " + x.path
	if x.sent != "" {
		called += " with " + shown(x.sent)
	}
	return fmt.Sprintf("%s answered %d %s", called, x.status, shown(string(x.body)))
}

const maxBody = 1 << 20

// send makes a call of a path below the base URL. Headers are names, each followed by its value.
func (v *visitor) send(ctx context.Context, method, path, body string, headers ...string) (exchange, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.base+path, strings.NewReader(body))
	if err != nil {
		return exchange{}, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Add(pair[0], pair[1])
		if pair[0] == "Content-Type" {
			r.Header[pair[0]] = []string{pair[1]}
		}
	}
	for _, c := range v.cookies {
		if strings.HasPrefix(r.URL.Path, c.Path) {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value, Quoted: c.Quoted})
		}
	}
	x := exchange{
		method: method, path: r.URL.Path, sent: body, secure: r.URL.Scheme == "https", began: time.Now(),
	}
	res, err := v.client.Do(r)
	if err != nil {
		return exchange{}, fmt.Errorf("%s %s has no answer: %w", method, x.path, err)
	}
	defer res.Body.Close()
	x.status, x.header = res.StatusCode, res.Header
	if x.body, err = io.ReadAll(io.LimitReader(res.Body, maxBody)); err != nil {
		return exchange{}, fmt.Errorf("%s %s has half an answer: %w", method, x.path, err)
	}
	x.ended = time.Now()
	for _, c := range res.Cookies() {
		if v.cookies[c.Name] = c; c.MaxAge < 0 || c.Value == "" {
			delete(v.cookies, c.Name)
		}
	}
	if method != http.MethodOptions {
		v.court.hear(strings.TrimPrefix(x.path, v.path), x)
	}
	return x, nil
}

// patience is how long something may take that is not a matter of the ledger.
const patience = 15 * time.Second

// calm is send that waits for as long as it is told to if it calls too often.
func (v *visitor) calm(ctx context.Context, method, path, body string, headers ...string) (x exchange, err error) {
	err = calmly(ctx, func() (int, http.Header, error) {
		var err error
		x, err = v.send(ctx, method, path, body, headers...)
		return x.status, x.header, err
	})
	return x, err
}

// calmly makes a call again for as long as it is told that there are too many, but not for ever.
func calmly(ctx context.Context, call func() (status int, header http.Header, err error)) error {
	for began := time.Now(); ; {
		status, header, err := call()
		if err != nil || status != http.StatusTooManyRequests || time.Since(began) > 2*time.Minute {
			return err
		}
		seconds, err := strconv.Atoi(header.Get("Retry-After"))
		if err != nil || seconds < 1 || seconds > 60 {
			seconds = 5
		}
		if err := sleep(ctx, time.Duration(seconds)*time.Second); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// body is what asks for an offer.
func (b *backend) body(offer string) string {
	if offer == b.Payment && b.Amount != "" {
		return fmt.Sprintf(`{"demo":%q,"amount":%q}`, offer, b.Amount)
	}
	return fmt.Sprintf(`{"demo":%q}`, offer)
}

// one is the path of a request.
func one(uuid payload.UUID) string { return api.Collection + "/" + string(uuid) }

// create makes a request.
func (v *visitor) create(ctx context.Context, offer string, headers ...string) (api.SignRequest, error) {
	x, err := v.calm(ctx, "POST", api.Collection, v.body(offer), headers...)
	if err != nil {
		return api.SignRequest{}, err
	}
	if x.status != http.StatusCreated {
		return api.SignRequest{}, fmt.Errorf("%s, want 201", x)
	}
	return read(x)
}

func (v *visitor) get(ctx context.Context, uuid payload.UUID, headers ...string) (api.SignRequest, error) {
	x, err := v.calm(ctx, "GET", one(uuid), "", headers...)
	if err != nil {
		return api.SignRequest{}, err
	}
	if x.status != http.StatusOK {
		return api.SignRequest{}, fmt.Errorf("%s, want 200", x)
	}
	return read(x)
}

func (v *visitor) cancel(ctx context.Context, uuid payload.UUID, headers ...string) (api.Cancellation, error) {
	x, err := v.calm(ctx, "DELETE", one(uuid), "", headers...)
	if err != nil {
		return api.Cancellation{}, err
	}
	if x.status != http.StatusOK {
		return api.Cancellation{}, fmt.Errorf("%s, want 200", x)
	}
	c, err := canned(x).Cancel(ctx, uuid)
	if err != nil {
		return api.Cancellation{}, fmt.Errorf("%s: %w", x, err)
	}
	return *c, nil
}

// canned is a client that gets an answer which is there already, read as the card reads it.
func canned(x exchange) api.Client {
	return api.Client{Fetch: func(context.Context, string, string, map[string]string, []byte) (int, []byte, error) {
		return x.status, x.body, nil
	}}
}

func read(x exchange) (api.SignRequest, error) {
	r, err := canned(x).Create(context.Background(), api.Create{}, "")
	if err != nil {
		return api.SignRequest{}, fmt.Errorf("%s: %w", x, err)
	}
	return *r, nil
}

// await asks for a request until it is as it should be; that takes the sentence's end for what is wanted.
func (v *visitor) await(
	ctx context.Context, uuid payload.UUID, want string, is func(api.SignRequest) bool,
) (r api.SignRequest, err error) {
	for began := time.Now(); ; {
		if r, err = v.get(ctx, uuid); err != nil || is(r) {
			return r, err
		}
		if time.Since(began) > patience {
			return r, fmt.Errorf("after %s, GET %s still says %s, want %s", patience, one(uuid), stand(r), want)
		}
		if err := sleep(ctx, 250*time.Millisecond); err != nil {
			return r, err
		}
	}
}

// stand is how a request stands, in a few words.
func stand(r api.SignRequest) string {
	text := fmt.Sprintf("%s, %s", r.Status, r.Verdict)
	for _, c := range r.Checks {
		if c.Outcome == payload.Fail || c.Outcome == payload.Pending {
			text += fmt.Sprintf(", %s %s (%s)", c.Name, c.Outcome, c.Code)
		}
	}
	return text
}

// wantRefusal says how an answer differs from a refusal with a status and one of some codes.
func wantRefusal(x exchange, err error, status int, codes ...payload.Code) error {
	if err != nil {
		return err
	}
	_, err = canned(x).Get(context.Background(), "")
	e, ok := errors.AsType[*api.Error](err)
	if !ok || x.status != status || !slices.Contains(codes, e.Code) {
		return fmt.Errorf("%s, want %d %v", x, status, codes)
	}
	return nil
}
