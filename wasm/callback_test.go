//go:build !js

package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// A browser calls back in the middle of its event loop, which stands still until Go returns. A callback that waits for
// what another goroutine holds hangs the page for good, if that one waits for the browser. So none may wait at all.

// waits are functions of the standard library that wait.
var waits = []string{
	"(*sync.Mutex).Lock", "(*sync.RWMutex).Lock", "(*sync.RWMutex).RLock", "(sync.Locker).Lock", "(*sync.WaitGroup).Wait",
	"(*sync.Cond).Wait", "(*sync.Once).Do", "time.Sleep",
}

// later are functions of the standard library that have a function called by a goroutine of its own.
var later = []string{"context.AfterFunc", "time.AfterFunc", "(*sync.WaitGroup).Go", "runtime.SetFinalizer"}

// harmless says of each wait that a callback can reach why it hangs nothing.
var harmless = map[string]string{
	"(*github.com/coder/websocket.Conn).close: (*sync.Once).Do": "" +
		"nothing else than the browser's report of the end calls it",
	"(*github.com/coder/websocket.Conn).setCloseErr: (*sync.Once).Do": "" +
		"who is first only sets a field",
	"(*github.com/coder/websocket.Conn).init: (*sync.Mutex).Lock": "" +
		"the reader holds it to take a message from a list",
	"(*github.com/coder/websocket.Conn).exportedClose: (*sync.Mutex).Lock": "" +
		"only on an error, of which site/runtime.js does not let it know",
	"(*github.com/coder/websocket.Conn).exportedClose: receives": "" +
		"only on an error, of which site/runtime.js does not let it know",
}

// reach finds what callbacks do.
type reach struct {
	*program
	queue []any // functions, each once: *types.Func or *ast.FuncLit
	path  map[any][]string
	found map[string][]string // waits, with the way to one of them
}

// blocking returns the waits that a callback can get to, each with the functions on the way.
func (p *program) blocking() map[string][]string {
	r := &reach{program: p, path: map[any][]string{}, found: map[string][]string{}}
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if f, ok := p.callee(call).(*types.Func); ok && f.FullName() == "syscall/js.FuncOf" {
					r.enter(call.Args[0], nil)
				}
			}
			return true
		})
	}
	for len(r.queue) > 0 {
		f := r.queue[0]
		r.queue = r.queue[1:]
		r.walk(f)
	}
	return r.found
}

// enter has the functions that an expression may stand for looked at.
func (r *reach) enter(e ast.Expr, path []string) {
	functions := r.functions(e, map[any]bool{})
	if len(functions) == 0 {
		r.note(path, r.fset.Position(e.Pos()).String()+": calls what cannot be told")
	}
	for _, f := range functions {
		r.visit(f, path)
	}
}

func (r *reach) visit(f any, path []string) {
	if _, seen := r.path[f]; f == nil || seen {
		return
	}
	r.path[f] = append(slices.Clip(path), r.name(f))
	r.queue = append(r.queue, f)
}

func (r *reach) name(f any) string {
	if f, ok := f.(*types.Func); ok {
		return f.FullName()
	}
	// A function without a name is called after the one around it.
	literal := f.(*ast.FuncLit)
	for outer, body := range r.bodies {
		if body.Pos() <= literal.Pos() && literal.End() <= body.End() {
			return outer.FullName()
		}
	}
	return r.fset.Position(literal.Pos()).String()
}

func (r *reach) note(path []string, what string) {
	if _, known := r.found[what]; !known {
		r.found[what] = path
	}
}

// functions resolves a value to the functions that it may be. What comes from the standard library has no source here
// and is one that does nothing.
func (r *reach) functions(e ast.Expr, seen map[any]bool) []any {
	none := []any{nil}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return []any{e}
	case *ast.CompositeLit:
		var all []any
		for _, element := range e.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				element = pair.Value
			}
			all = append(all, r.functions(element, seen)...)
		}
		return all
	case *ast.UnaryExpr:
		return r.functions(e.X, seen)
	case *ast.CallExpr:
		if r.info.Types[e.Fun].IsType() {
			return r.functions(e.Args[0], seen)
		}
		if _, ok := r.callee(e).(*types.Builtin); ok {
			var all []any
			for _, arg := range e.Args {
				all = append(all, r.functions(arg, seen)...)
			}
			return all
		}
		var all []any
		for _, f := range r.targets(e, seen) {
			all = append(all, r.returned(f, seen)...)
		}
		return all
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		if f, ok := r.callee(&ast.CallExpr{Fun: e}).(*types.Func); ok {
			return []any{f}
		}
		if _, ok := r.info.ObjectOf(identOf(e)).(*types.Nil); ok {
			return none
		}
		place := r.place(e)
		if place == nil || seen[place] {
			return nil
		}
		seen[place] = true
		var all []any
		for _, from := range r.flows[place] {
			all = append(all, r.functions(from, seen)...)
		}
		return all
	}
	return nil
}

func identOf(e ast.Expr) *ast.Ident {
	id, _ := e.(*ast.Ident)
	return id
}

// returned resolves what a function returns.
func (r *reach) returned(f any, seen map[any]bool) []any {
	if named, ok := f.(*types.Func); ok && r.bodies[named] == nil {
		return []any{nil}
	}
	var all []any
	for i := range 4 { // results of a function
		key := results{f, i}
		if seen[key] {
			continue
		}
		seen[key] = true
		for _, from := range r.flows[key] {
			all = append(all, r.functions(from, seen)...)
		}
	}
	return all
}

// targets are the functions that a call may lead to.
func (r *reach) targets(call *ast.CallExpr, seen map[any]bool) []any {
	f, ok := r.callee(call).(*types.Func)
	if !ok {
		return r.functions(call.Fun, seen)
	}
	receiver := f.Signature().Recv()
	if receiver == nil || !types.IsInterface(receiver.Type()) {
		return []any{f}
	}
	all := []any{f}
	for _, named := range r.named {
		for _, t := range []types.Type{named, types.NewPointer(named)} {
			if types.Implements(t, receiver.Type().Underlying().(*types.Interface)) {
				m, _, _ := types.LookupFieldOrMethod(t, true, f.Pkg(), f.Name())
				all = append(all, origin(m))
			}
		}
	}
	return all
}

// walk looks for waits in a function, and for the functions that it calls.
func (r *reach) walk(f any) {
	var body *ast.BlockStmt
	switch f := f.(type) {
	case *types.Func:
		if slices.Contains(waits, f.FullName()) {
			caller := r.path[f][max(0, len(r.path[f])-2)]
			r.note(r.path[f], caller+": "+f.FullName())
		}
		if r.bodies[f] == nil {
			return
		}
		body = r.bodies[f].Body
	case *ast.FuncLit:
		body = f.Body
	}
	wait := func(what string) { r.note(r.path[f], r.name(f)+": "+what) }
	var look func(ast.Node) bool
	look = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // if it is called, it is found there
		case *ast.GoStmt:
			for _, arg := range n.Call.Args {
				ast.Inspect(arg, look)
			}
			return false
		case *ast.SelectStmt:
			if !slices.ContainsFunc(n.Body.List, func(s ast.Stmt) bool { return s.(*ast.CommClause).Comm == nil }) {
				wait("selects")
			}
			for _, s := range n.Body.List {
				for _, then := range s.(*ast.CommClause).Body {
					ast.Inspect(then, look)
				}
			}
			return false
		case *ast.SendStmt:
			wait("sends")
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				wait("receives")
			}
		case *ast.RangeStmt:
			if _, ok := r.info.Types[n.X].Type.Underlying().(*types.Chan); ok {
				wait("receives")
			}
		case *ast.CallExpr:
			r.call(f, n)
		}
		return true
	}
	if body != nil {
		ast.Inspect(body, look)
	}
}

// call follows a call of f.
func (r *reach) call(f any, call *ast.CallExpr) {
	path := r.path[f]
	if r.info.Types[call.Fun].IsType() {
		return
	}
	switch callee := r.callee(call).(type) {
	case *types.Builtin:
		return
	case *types.Func:
		if slices.Contains(waits, callee.FullName()) {
			r.note(path, r.name(f)+": "+callee.FullName())
			return
		}
		if r.bodies[callee] == nil && !slices.Contains(later, callee.FullName()) {
			for _, arg := range call.Args {
				if _, ok := r.info.Types[arg].Type.Underlying().(*types.Signature); ok {
					r.enter(arg, path)
				}
			}
		}
	}
	targets := r.targets(call, map[any]bool{})
	if len(targets) == 0 {
		r.note(path, r.fset.Position(call.Pos()).String()+": calls what cannot be told")
	}
	for _, target := range targets {
		if literal, ok := target.(*ast.FuncLit); ok {
			r.bind(r.info.Types[literal].Type.(*types.Signature), call)
		}
		r.visit(target, path)
	}
}

func TestCallbacksDoNotWait(t *testing.T) {
	p := loadProgram(t)
	found := p.blocking()
	for what, path := range found {
		if harmless[what] == "" {
			t.Errorf("rule: a JavaScript callback never waits: %s, called by way of\n\t%s", what, strings.Join(path, "\n\t"))
		}
	}
	for what := range harmless {
		if _, ok := found[what]; !ok {
			t.Errorf("no callback gets to this any more: %s", what)
		}
	}
}
