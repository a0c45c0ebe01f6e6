//go:build js && wasm

package browser

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// fetch makes one HTTP request with the page's own fetch, as [api.Client] wants it: without cookies if it has a view
// key. When ctx ends, the request is aborted.
func fetch(
	ctx context.Context, method, url string, header map[string]string, body []byte,
) (status int, text []byte, err error) {
	var js script
	abort := js.try(js.try(safejs.Global().Get("AbortController")).New())
	defer context.AfterFunc(ctx, func() { _, _ = abort.Call("abort") })()
	headers, credentials := map[string]any{}, "include"
	for name, value := range header {
		headers[name] = value
		if name == api.ViewKey {
			credentials = "omit"
		}
	}
	// A redirect would take the call, and what it says, to where nobody has said that there is a backend.
	init := map[string]any{
		"method": method, "headers": headers, "signal": js.try(abort.Get("signal")),
		"cache": "no-store", "credentials": credentials, "redirect": "error",
	}
	if body != nil {
		init["body"] = string(body)
	}
	if js.err != nil {
		return 0, nil, fmt.Errorf("fetch: %w", js.err)
	}
	response := js.try(await(ctx, js.try(safejs.Global().Call("fetch", url, init))))
	return js.response(response, js.try(await(ctx, js.try(callOn(response, "text")))))
}

// response reads a response, whose text is beside it.
func (js *script) response(response, text safejs.Value) (status int, body []byte, err error) {
	code := js.try(property(response, "status"))
	if js.err != nil {
		return 0, nil, fmt.Errorf("fetch: %w", js.err)
	}
	answer, err := text.String()
	if err == nil {
		status, err = code.Int()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("fetch: %w", err)
	}
	return status, []byte(answer), nil
}
