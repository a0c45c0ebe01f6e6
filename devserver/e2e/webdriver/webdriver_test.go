package webdriver

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// page is a browser with one page, which answers calls one after the other, the last answer again and again.
type page struct {
	protocol
	answers  []string // "": none, ever
	calls    []string
	performs [][]input
}

func (p *page) call(ctx context.Context, _, function string) (string, error) {
	p.calls = append(p.calls, function)
	answer := p.answers[0]
	if len(p.answers) > 1 {
		p.answers = p.answers[1:]
	}
	if answer == "" {
		<-ctx.Done()
		return "", ctx.Err()
	}
	return answer, nil
}

func (p *page) perform(_ context.Context, _ string, inputs []input) error {
	p.performs = append(p.performs, inputs)
	return nil
}

func TestEval(t *testing.T) {
	tests := []struct {
		name, answer string
		want         string
		err          string
	}{
		{"a value", `{"value":"there"}`, "there", ""},
		{"undefined", `{}`, "before", ""},
		{"null", `{"value":null}`, "before", ""},
		{"an exception", `{"error":"TypeError: no"}`, "before", "TypeError: no"},
		{"another type", `{"value":7}`, "before", "cannot unmarshal"},
		{"no JSON", `undefined`, "before", `got "undefined"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &Window{&Browser{protocol: &page{answers: []string{tt.answer}}}, ""}
			got := "before"
			err := w.Eval(soon(t), "it.works", &got)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			switch {
			case tt.err == "" && err != nil:
				t.Error(err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) ||
				!strings.Contains(err.Error(), "it.works")):
				t.Errorf("got error %v, want it to say %q, and of what", err, tt.err)
			}
		})
	}
}

func TestAwait(t *testing.T) {
	const yes, no = `{"value":true}`, `{"value":false}`
	tests := []struct {
		name    string
		answers []string
		err     string
		took    time.Duration
	}{
		{"at once", []string{yes}, "", 0},
		{"later", []string{no, no, yes}, "", 2 * look},
		{"a page that is not there yet", []string{`{"error":"TypeError"}`, yes}, "", look},
		{"a page that is left", []string{no, "", yes}, "", look + lookTime},
		{"never", []string{no}, "not so: it", time.Minute},
		{"what cannot be asked", []string{`{"error":"SyntaxError"}`}, "SyntaxError", time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				began := time.Now()
				err := (&Window{&Browser{protocol: &page{answers: tt.answers}}, ""}).Await(ctx, "it")
				if took := time.Since(began); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
					t.Errorf("got error %v, want %q", err, tt.err)
				}
			})
		})
	}
}

func TestClickAndPress(t *testing.T) {
	p := &page{answers: []string{`{"value":true}`, `{"value":{"x":3,"y":4}}`}}
	w := &Window{&Browser{protocol: p}, ""}
	if err := w.Click(soon(t), "button"); err != nil {
		t.Fatal(err)
	}
	if err := w.Press(soon(t), KeyEnter); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(p.performs)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[[{"id":"mouse","type":"pointer","parameters":{"pointerType":"mouse"},"actions":[` +
		`{"type":"pointerMove","x":3,"y":4},{"button":0,"type":"pointerDown"},{"button":0,"type":"pointerUp"}]}],` +
		`[{"id":"keyboard","type":"key","actions":[{"type":"keyDown","value":"` + KeyEnter + `"},` +
		`{"type":"keyUp","value":"` + KeyEnter + `"}]}]]`
	if string(got) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// An engine that is not there says what it needs, and where that comes from.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, e := range Engines {
		t.Run(e.Name, func(t *testing.T) {
			b, err := e.Start(Options{Dir: t.TempDir(), Log: io.Discard})
			if missing, ok := errors.AsType[*Missing](err); !ok || missing.Program == "" || b != nil {
				t.Fatalf("got %v, %v, want a missing program", b, err)
			}
			if !strings.Contains(err.Error(), e.Install) {
				t.Errorf("got %v, want it to name %s", err, e.Install)
			}
		})
	}
}

func TestSilent(t *testing.T) {
	for answer, want := range map[string]bool{`{"value":0}`: false, "": true} {
		synctest.Test(t, func(t *testing.T) {
			w := &Window{&Browser{protocol: &page{answers: []string{answer}}}, ""}
			began := time.Now()
			if got := w.Silent(); got != want || w.browser.silent != want {
				t.Errorf("a page that says %q is silent: %t, its browser %t, want %t", answer, got, w.browser.silent, want)
			}
			if took := time.Since(began); took > lookTime {
				t.Errorf("took %v to say so, want at most %v", took, lookTime)
			}
		})
	}
}
