// Package webdriver drives browsers of several engines over the protocols of the W3C: WebDriver, which is HTTP, and
// WebDriver BiDi, which is JSON over a socket, for a browser that needs no driver beside it.
package webdriver

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// protocol is what the two differ in. A window has a handle.
type protocol interface {
	open(ctx context.Context) (handle string, err error)
	load(ctx context.Context, handle, url string) error // returns when the page has been loaded, as reload does
	reload(ctx context.Context, handle string) error
	traverse(ctx context.Context, handle string, by int) error
	// call runs an asynchronous function without arguments, JavaScript that resolves with a string.
	call(ctx context.Context, handle, function string) (string, error)
	perform(ctx context.Context, handle string, inputs []input) error
	forget(ctx context.Context, handle string) error
	close(ctx context.Context, handle string) error
	quit(ctx context.Context) error // closes the browser and the connection to it
}

// input is a sequence of what one device does; both protocols have the same.
type input struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Actions    []action          `json:"actions"`
}

// action has a type and what belongs to it: a place in the window in CSS pixels, a button, a key.
type action map[string]any

// Browser is a browser that runs, with a profile of its own.
type Browser struct {
	protocol
	processes []*process // the last one to be ended comes first
	silent    bool       // a window has not answered
}

// quitTime is how long a browser has to close.
const quitTime = 5 * time.Second

// Close closes the browser and waits until its processes have ended. A browser that is silent need not close by itself.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), quitTime)
	defer cancel()
	err := b.quit(ctx)
	if b.silent {
		err = nil
	}
	for i := len(b.processes) - 1; i >= 0; i-- {
		b.processes[i].end()
	}
	return err
}

// Open opens a window with an empty page. Tabs would hide each other, and WebKit brings no new one to the front.
func (b *Browser) Open(ctx context.Context) (*Window, error) {
	handle, err := b.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open window: %w", err)
	}
	return &Window{b, handle}, nil
}

// Window is one of a browser's windows. All of them share its cookies.
type Window struct {
	browser *Browser
	handle  string
}

// Load shows the page at url, and returns when that has been loaded.
func (w *Window) Load(ctx context.Context, url string) error {
	return wrap(w.browser.load(ctx, w.handle, url), "load %s", url)
}

// Reload returns when the page has been loaded again.
func (w *Window) Reload(ctx context.Context) error {
	return wrap(w.browser.reload(ctx, w.handle), "reload")
}

// Traverse goes through the window's history: by -1 is back, by 1 forward. The page need not be there when it returns.
func (w *Window) Traverse(ctx context.Context, by int) error {
	return wrap(w.browser.traverse(ctx, w.handle, by), "go by %d", by)
}

// Forget deletes the cookies of the page.
func (w *Window) Forget(ctx context.Context) error {
	return wrap(w.browser.forget(ctx, w.handle), "delete cookies")
}

// Close closes the window.
func (w *Window) Close(ctx context.Context) error {
	return wrap(w.browser.close(ctx, w.handle), "close window")
}

// Eval evaluates a JavaScript expression in the page, and decodes what it is, or what the promise resolves with that it
// is, into result as JSON. A nil result is for what it does. undefined leaves result as it was.
func (w *Window) Eval(ctx context.Context, expression string, result any) error {
	text, err := w.browser.call(ctx, w.handle, `async () => {
		try { return JSON.stringify({ value: await (`+expression+`) }); }
		catch (e) { return JSON.stringify({ error: String(e) }); }
	}`)
	if err != nil {
		return fmt.Errorf("evaluate %s: %w", expression, err)
	}
	var got struct {
		Value json.RawMessage
		Error string
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return fmt.Errorf("evaluate %s: got %q: %w", expression, text, err)
	}
	if got.Error != "" {
		return fmt.Errorf("evaluate %s: %s", expression, got.Error)
	}
	if result == nil || got.Value == nil {
		return nil
	}
	return wrap(json.Unmarshal(got.Value, result), "evaluate %s", expression)
}

// Silent reports whether the page does not answer any more, however simple the question.
func (w *Window) Silent() bool {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	silent := w.Eval(ctx, "0", nil) != nil
	w.browser.silent = w.browser.silent || silent
	return silent
}

const (
	look     = 20 * time.Millisecond // the time between two looks at a page that is being waited for
	lookTime = 3 * time.Second       // for one: a page that is left, and kept, answers when it is shown again
)

// Await waits until a JavaScript expression is true. Meanwhile the page may be replaced by another one.
func (w *Window) Await(ctx context.Context, expression string) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		is, err := w.is(ctx, expression)
		if is {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return cmp.Or(err, fmt.Errorf("not so: %s: %w", expression, ctx.Err()))
		}
	}
}

func (w *Window) is(ctx context.Context, expression string) (is bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err = w.Eval(ctx, "!!("+expression+")", &is)
	return is, err
}

// Click clicks in the middle of the element that a JavaScript expression is, once it can be seen there, with a mouse.
func (w *Window) Click(ctx context.Context, element string) error {
	if err := w.Await(ctx, "("+element+")?.checkVisibility()"); err != nil {
		return err
	}
	var at struct{ X, Y int }
	place := `((element) => {
		element.scrollIntoView({ block: 'center', behavior: 'instant' });
		const { left, top, width, height } = element.getBoundingClientRect();
		return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
	})(` + element + `)`
	if err := w.Eval(ctx, place, &at); err != nil {
		return err
	}
	const left = 0
	return wrap(w.browser.perform(ctx, w.handle, []input{{
		ID: "mouse", Type: "pointer", Parameters: map[string]string{"pointerType": "mouse"},
		Actions: []action{
			{"type": "pointerMove", "x": at.X, "y": at.Y},
			{"type": "pointerDown", "button": left}, {"type": "pointerUp", "button": left},
		},
	}}), "click %s", element)
}

// The protocol's names of keys that write nothing.
const (
	KeyTab    = "\uE004"
	KeyEnter  = "\uE007"
	KeyEscape = "\uE00C"
)

// Press presses a key, and lets it go.
func (w *Window) Press(ctx context.Context, key string) error {
	return wrap(w.browser.perform(ctx, w.handle, []input{{
		ID: "keyboard", Type: "key", Actions: []action{{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}},
	}}), "press %q", key)
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// Missing is a program that an engine needs and that is not there.
type Missing struct{ Program string }

func (m *Missing) Error() string { return "there is no " + m.Program }

// errGone is said of a browser that has closed the connection.
var errGone = errors.New("the browser has gone")
