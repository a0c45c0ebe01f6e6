package webdriver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// driver answers commands as they were prepared, and keeps those it got.
type driver struct {
	answers  map[string]string // by method and path; what has none gets null
	commands []string
}

func (d *driver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	command := r.Method + " " + r.URL.Path
	d.commands = append(d.commands, strings.TrimSpace(command+" "+string(body)))
	answer, ok := d.answers[command]
	if !ok {
		answer = `{"value":null}`
	}
	if strings.Contains(answer, `"error"`) {
		w.WriteHeader(http.StatusNotFound)
	}
	io.WriteString(w, answer)
}

func newDriver(t *testing.T) (*driver, *Browser) {
	t.Helper()
	d := &driver{answers: map[string]string{
		"POST /session":              `{"value":{"sessionId":"7","capabilities":{}}}`,
		"GET /session/7/window":      `{"value":"first"}`,
		"POST /session/7/window/new": `{"value":{"handle":"second","type":"window"}}`,
	}}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	c, err := newClassic(soon(t), server.URL, map[string]any{"name": "x"})
	if err != nil {
		t.Fatal(err)
	}
	return d, &Browser{protocol: c}
}

func TestClassicCommands(t *testing.T) {
	d, b := newDriver(t)
	d.answers["POST /session/7/execute/async"] = `{"value":"{\"value\":5}"}`
	w, err := b.Open(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	var five int
	for _, err := range []error{
		w.Load(soon(t), "http://there"), w.Eval(soon(t), "2 + 3", &five), w.Traverse(soon(t), -2), w.Traverse(soon(t), 1),
		w.Reload(soon(t)), w.Press(soon(t), "x"), w.Forget(soon(t)), w.Close(soon(t)),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if five != 5 {
		t.Errorf("got %d, want 5", five)
	}
	if _, err := b.Open(soon(t)); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	var got []string
	for _, command := range d.commands {
		method, path, _ := strings.Cut(command, " ")
		path, body, _ := strings.Cut(path, " ")
		if path == "/session/7/window" && method == "POST" {
			path += " " + body
		}
		got = append(got, method+" "+strings.TrimPrefix(path, "/session/7"))
	}
	want := []string{
		"POST /session", "GET /window",
		`POST /window {"handle":"first"}`, "POST /window/new", `POST /window {"handle":"second"}`, "POST /url",
		"POST /execute/async", "POST /back", "POST /back", "POST /forward", "POST /refresh", "POST /actions",
		"DELETE /cookie", "DELETE /window",
		`POST /window {"handle":"first"}`, "POST /window/new", "DELETE ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	const capabilities = `POST /session {"capabilities":{"alwaysMatch":{"name":"x"}}}`
	if d.commands[0] != capabilities {
		t.Errorf("got %s, want %s", d.commands[0], capabilities)
	}
}

func TestClassicErrors(t *testing.T) {
	tests := []struct{ name, answer, want string }{
		{"a refusal", `{"value":{"error":"no such window","message":"It is closed."}}`, "no such window: It is closed."},
		{"no JSON", `<h1>Not Found</h1>`, "Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, b := newDriver(t)
			w, err := b.Open(soon(t))
			if err != nil {
				t.Fatal(err)
			}
			d.answers["POST /session/7/url"] = tt.answer
			if err := w.Load(soon(t), "http://there"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("no session", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		if c, err := newClassic(soon(t), server.URL, nil); err == nil {
			t.Errorf("got %+v, want an error", c)
		}
	})
}

// A driver is waited for until it answers.
func TestReady(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(soon(t))
	cancel()
	if err := ready(ctx, "http://127.0.0.1:"+port); err == nil {
		t.Error("got no error of a driver that is not there")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.URL.Path)
	}))
	defer server.Close()
	if err := ready(soon(t), server.URL); err != nil {
		t.Error(err)
	}
}
