//go:build js && wasm

package browser

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"
)

// fetch makes one HTTP request with the page's own fetch, as [api.Client] wants it. When ctx ends, the request is
// aborted.
func fetch(ctx context.Context, method, url string, header map[string]string, body []byte) (int, []byte, error) {
	fail := func(err error) (int, []byte, error) {
		return 0, nil, fmt.Errorf("fetch: %w", err)
	}
	class, err := safejs.Global().Get("AbortController")
	if err != nil {
		return fail(err)
	}
	abort, err := class.New()
	if err != nil {
		return fail(err)
	}
	signal, err := abort.Get("signal")
	if err != nil {
		return fail(err)
	}
	stop := context.AfterFunc(ctx, func() { _, _ = abort.Call("abort") })
	defer stop()

	headers := map[string]any{}
	for name, value := range header {
		headers[name] = value
	}
	// A redirect would take the call, and what it says, to where nobody has said that there is a backend.
	init := map[string]any{
		"method": method, "headers": headers, "signal": signal,
		"cache": "no-store", "credentials": "same-origin", "redirect": "error",
	}
	if body != nil {
		init["body"] = string(body)
	}
	promise, err := safejs.Global().Call("fetch", url, init)
	if err != nil {
		return fail(err)
	}
	response, err := await(ctx, promise)
	if err != nil {
		return fail(err)
	}
	status, err := response.Get("status")
	if err != nil {
		return fail(err)
	}
	code, err := status.Int()
	if err != nil {
		return fail(err)
	}
	if promise, err = response.Call("text"); err != nil {
		return fail(err)
	}
	text, err := await(ctx, promise)
	if err != nil {
		return fail(err)
	}
	content, err := text.String()
	if err != nil {
		return fail(err)
	}
	return code, []byte(content), nil
}
