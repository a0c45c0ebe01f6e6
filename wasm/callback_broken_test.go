//go:build !js

package main

import (
	"strings"
	"testing"
)

// The same rule, on programs that break it in every way that there is.
func TestWaitsAreFound(t *testing.T) {
	const head = `package x
		import ("context"; "slices"; "sync"; "syscall/js"; "time")
		var (c = make(chan int); mu sync.Mutex; wg sync.WaitGroup)
		var (_ = slices.Max[[]int]; _ = time.Now; _ = context.Background)
		func on(f func()) { js.FuncOf(func(js.Value, []js.Value) any { f(); return nil }) }
	`
	tests := []struct{ name, source, want string }{
		{"nothing", `
			func f() { on(func() {}) }`, ""},
		{"sends", `
			func f() { on(func() { c <- 1 }) }`, "x.f: sends"},
		{"sends if there is room", `
			func f() { on(func() { select { case c <- 1: default: } }) }`, ""},
		{"then waits", `
			func f() { on(func() { select { case c <- 1: default: <-c } }) }`, "x.f: receives"},
		{"selects", `
			func f() { on(func() { select { case c <- 1: case <-c: } }) }`, "x.f: selects"},
		{"receives", `
			func f() { on(func() { println(<-c) }) }`, "x.f: receives"},
		{"ranges", `
			func f() { on(func() { for range c {} }) }`, "x.f: receives"},
		{"locks", `
			func f() { on(func() { mu.Lock() }) }`, "x.f: (*sync.Mutex).Lock"},
		{"defers", `
			func f() { on(func() { defer wg.Wait() }) }`, "x.f: (*sync.WaitGroup).Wait"},
		{"hands on a method", `
			func f() { on(mu.Lock) }`, "x.on: (*sync.Mutex).Lock"},
		{"by name", `
			func f() { on(g) }; func g() { h() }; func h() { c <- 1 }`, "x.h: sends"},
		{"by a variable", `
			func f() { g := func() { c <- 1 }; h := g; on(h) }`, "x.f: sends"},
		{"by a field", `
			type s struct { g func() }; func f() { v := &s{g: func() { c <- 1 }}; on(func() { v.g() }) }`, "x.f: sends"},
		{"by a field in order", `
			type s struct { g func() }; func f() { v := s{func() { c <- 1 }}; on(v.g) }`, "x.f: sends"},
		{"by a table", `
			var all = map[string]func(){"a": func() { c <- 1 }}; func f() { on(func() { all["a"]() }) }`, "sends"},
		{"by a list", `
			func f() { for _, g := range []func(){func() {}, func() { c <- 1 }} { on(g) } }`, "x.f: sends"},
		{"by appending", `
			func f() { var all []func(); all = append(all, func() { c <- 1 }); on(all[0]) }`, "x.f: sends"},
		{"by a result", `
			func g() (int, func()) { return 0, func() { c <- 1 } }; func f() { _, h := g(); on(h) }`, "x.g: sends"},
		{"by a parameter", `
			func g(h func(int)) { on(func() { h(1) }) }; func f() { g(func(int) { c <- 1 }) }`, "x.f: sends"},
		{"by a parameter of a parameter", `
			func f() { on(func() { func(h func()) { h() }(func() { c <- 1 }) }) }`, "x.f: sends"},
		{"by a generic function", `
			func g[T any](v T) { c <- 1 }; func f() { on(func() { g(1); g[string]("") }) }`, "x.g: sends"},
		{"by an interface", `
			type i interface { m() }; type s struct{}; func (s) m() { c <- 1 }
			func f(v i) { on(func() { v.m() }) }`, "(x.s).m: sends"},
		{"by the library", `
			func f(a []int) { on(func() { slices.SortFunc(a, func(p, q int) int { c <- 1; return 0 }) }) }`, "x.f: sends"},
		{"in an argument", `
			func f() { on(func() { go println(<-c) }) }`, "x.f: receives"},
		{"elsewhere", `
			func f() { on(func() { go func() { c <- 1 }() }) }`, ""},
		{"afterward", `
			func f() { on(func() { time.AfterFunc(1, func() { c <- 1 }); wg.Go(func() { c <- 1 }) }) }`, ""},
		{"not at all", `
			func f() { g := func() { c <- 1 }; _ = g; on(func() {}) }`, ""},
		{"of the library's making", `
			func f() { _, stop := context.WithCancel(context.Background()); on(stop); on(func() { stop() }) }`, ""},
		{"from nowhere", `
			var g func(); func f() { on(func() { g() }) }`, "calls what cannot be told"},
	}
	whole := loadProgram(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := whole.with("x", head+tt.source)
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for what := range p.blocking() {
				found = append(found, what)
			}
			if got := strings.Join(found, "|"); !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
