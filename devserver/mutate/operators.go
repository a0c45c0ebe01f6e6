package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// operator is one kind of change. Its find is called for each node of a file.
type operator struct {
	name, does string
	find       func(*finder, ast.Node)
}

var operators = []operator{
	{"statement", "remove an assignment, call, send, ++, defer, go, early return, break, continue, or loop", statement},
	{"field", "remove a field or entry from a literal", field},
	{"case", "remove a case of a switch or select, or one of its values", clause},
	{"force", "make a condition always true, or always false", force},
	{"negate", "turn a condition around that is not a comparison", negate},
	{"operand", "ignore one side of && or ||", operand},
	{"logic", "swap && and ||", logic},
	{"compare", "swap == and !=; move the boundary of <, <=, >, >=, or turn it around", compare},
	{"arithmetic", "swap + and -, * and /, % and *, & and |, << and >>, ++ and --, and their assignments", arithmetic},
	{"constant", "change a number, a string, true or false", constant},
}

func statement(f *finder, n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Body != nil {
			f.bodies[n.Body] = true
		}
	case *ast.FuncLit:
		f.bodies[n.Body] = true
	case *ast.BlockStmt:
		statements(f, n.List, f.bodies[n])
	case *ast.CaseClause:
		statements(f, n.Body, false)
	case *ast.CommClause:
		statements(f, n.Body, false)
	}
}

// statements removes each statement of a list; body says that the list is the whole body of a function. What ends a
// function with a result cannot be missing, and at the end of one without it changes nothing.
func statements(f *finder, list []ast.Stmt, body bool) {
	for i, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE && !unused(s) {
				f.never(s)
			}
		case *ast.ReturnStmt:
			if !body || i < len(list)-1 {
				f.never(s)
			}
		case *ast.BranchStmt:
			if s.Tok == token.BREAK || s.Tok == token.CONTINUE {
				f.never(s)
			}
		case *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.ForStmt, *ast.RangeStmt:
			f.never(s)
		}
	}
}

// unused reports whether s only says that something is not used: _ = x.
func unused(s *ast.AssignStmt) bool {
	named := func(left ast.Expr) bool {
		name, ok := left.(*ast.Ident)
		return !ok || name.Name != "_"
	}
	_, call := s.Rhs[0].(*ast.CallExpr)
	return !call && !slices.ContainsFunc(s.Lhs, named)
}

func field(f *finder, n ast.Node) {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return
	}
	for i, element := range literal.Elts {
		if _, ok := element.(*ast.KeyValueExpr); !ok {
			continue
		}
		switch {
		case i+1 < len(literal.Elts):
			f.remove(element.Pos(), literal.Elts[i+1].Pos())
		case i > 0:
			f.remove(literal.Elts[i-1].End(), literal.Rbrace)
		default:
			f.remove(element.Pos(), literal.Rbrace)
		}
	}
}

func clause(f *finder, n ast.Node) {
	switch n := n.(type) {
	case *ast.CommClause:
		f.remove(n.Pos(), n.End())
	case *ast.CaseClause:
		f.remove(n.Pos(), n.End())
		for i, value := range n.List {
			switch {
			case len(n.List) == 1:
			case i+1 < len(n.List):
				f.remove(value.Pos(), n.List[i+1].Pos())
			default:
				f.remove(n.List[i-1].End(), value.End())
			}
		}
	case *ast.SwitchStmt:
		if n.Tag != nil {
			return
		}
		for _, s := range n.Body.List {
			for _, condition := range s.(*ast.CaseClause).List {
				f.always(condition)
			}
		}
	}
}

func force(f *finder, n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.always(n.Cond)
		f.swap(n.Cond.Pos(), n.Cond.End(), "false && ("+f.text(n.Cond)+")", "false")
	case *ast.ForStmt:
		if n.Cond != nil {
			f.swap(n.Cond.Pos(), n.Cond.End(), "false && ("+f.text(n.Cond)+")", "false")
		}
	}
}

func negate(f *finder, node ast.Node) {
	n, ok := node.(*ast.IfStmt)
	if !ok {
		return
	}
	// Compare turns those around.
	if b, ok := n.Cond.(*ast.BinaryExpr); !ok || b.Op == token.LAND || b.Op == token.LOR {
		f.replace(n.Cond, "!("+f.text(n.Cond)+")")
	}
}

func operand(f *finder, n ast.Node) {
	b, ok := n.(*ast.BinaryExpr)
	if !ok || b.Op != token.LAND && b.Op != token.LOR {
		return
	}
	left, right := f.text(b.X), f.text(b.Y)
	// What is ignored still counts as used, and keeps its type.
	ignored := map[token.Token]string{token.LAND: "true || ", token.LOR: "false && "}[b.Op]
	f.swap(b.Pos(), b.End(), "(("+left+") "+b.Op.String()+" ("+ignored+"("+right+")))", left)
	f.swap(b.Pos(), b.End(), "(("+ignored+"("+left+")) "+b.Op.String()+" ("+right+"))", right)
}

func logic(f *finder, n ast.Node) {
	if b, ok := n.(*ast.BinaryExpr); ok {
		exchange(f, b, map[token.Token][]token.Token{token.LAND: {token.LOR}, token.LOR: {token.LAND}})
	}
}

func compare(f *finder, n ast.Node) {
	if b, ok := n.(*ast.BinaryExpr); ok {
		exchange(f, b, map[token.Token][]token.Token{
			token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
			token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
			token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
		})
	}
}

// exchange puts each other operator of the table in the place of the one of b.
func exchange(f *finder, b *ast.BinaryExpr, table map[token.Token][]token.Token) {
	for _, other := range table[b.Op] {
		after := f.text(b.X) + " " + other.String() + " " + f.text(b.Y)
		f.swap(b.Pos(), b.End(), "(("+f.text(b.X)+") "+other.String()+" ("+f.text(b.Y)+"))", after)
	}
}

var opposite = map[token.Token]token.Token{
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.AND, token.AND_NOT: token.AND,
	token.SHL: token.SHR, token.SHR: token.SHL, token.INC: token.DEC, token.DEC: token.INC,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.MUL_ASSIGN: token.QUO_ASSIGN,
	token.QUO_ASSIGN: token.MUL_ASSIGN, token.AND_ASSIGN: token.OR_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN,
	token.XOR_ASSIGN: token.AND_ASSIGN, token.SHL_ASSIGN: token.SHR_ASSIGN, token.SHR_ASSIGN: token.SHL_ASSIGN,
}

func arithmetic(f *finder, n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if other, ok := opposite[n.Op]; ok && !text(n.X) && !text(n.Y) {
			exchange(f, n, map[token.Token][]token.Token{n.Op: {other}})
		}
	case *ast.IncDecStmt:
		f.replace(n, f.text(n.X)+opposite[n.Tok].String())
	case *ast.AssignStmt:
		if other, ok := opposite[n.Tok]; ok && !text(n.Rhs[0]) {
			f.replace(n, f.text(n.Lhs[0])+" "+other.String()+" "+f.text(n.Rhs[0]))
		}
	}
}

// text reports whether e is made with a string literal, for which there is only +.
func text(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return text(e.X) || text(e.Y)
	}
	return false
}

func constant(f *finder, n ast.Node) {
	switch n := n.(type) {
	case *ast.BasicLit:
		switch {
		case n.Kind == token.INT || n.Kind == token.FLOAT:
			f.replace(n, "("+n.Value+" + 1)")
		case n.Kind == token.STRING && len(n.Value) == 2:
			f.replace(n, `"changed"`)
		case n.Kind == token.STRING && !strings.HasPrefix(n.Value, "`json:"):
			f.replace(n, `""`)
		}
	case *ast.Ident:
		switch n.Name {
		case "true":
			f.replace(n, "false")
		case "false":
			f.replace(n, "true")
		}
	}
}
