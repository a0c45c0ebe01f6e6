package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// source is a file: its keys, where they are, and what is wrong with them.
type source struct {
	name     string
	lines    map[string]int // of each key, and of the tables around it
	problems []problem
}

type problem struct {
	line     int
	sentence string
}

// wrong notes what is wrong with a key. One that is not there has the line of the table that it belongs to.
func (s *source) wrong(key, format string, args ...any) {
	s.problems = append(s.problems, problem{s.line(key), key + " " + fmt.Sprintf(format, args...)})
}

func (s *source) line(key string) int {
	for ; key != ""; key = key[:max(strings.LastIndexByte(key, '.'), 0)] {
		if line, ok := s.lines[key]; ok {
			return line
		}
	}
	return 1
}

// has reports whether the file has a key.
func (s *source) has(key string) bool {
	_, ok := s.lines[key]
	return ok
}

// err is the first problem, in the order of the lines.
func (s *source) err() error {
	if len(s.problems) == 0 {
		return nil
	}
	first := slices.MinFunc(s.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	return fmt.Errorf("%s, line %d: %s", s.name, first.line, first.sentence)
}

// decode reads TOML. The decoder tells no lines, takes a key in another letter case for the same, and words for
// programmers; so keys and kinds of values are looked at first.
func (s *source) decode(data []byte) (f file) {
	w := walk{source: s}
	for i, b := range data {
		if b == '\n' {
			w.ends = append(w.ends, i)
		}
	}
	var p unstable.Parser
	p.Reset(data)
	var table []string
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.KeyValue:
			w.entry(table, e)
		default:
			table = w.keys(nil, e)
			w.typeOf(table)
		}
	}
	if len(s.problems) > 0 {
		return f
	}
	err := toml.Unmarshal(data, &f)
	if decode, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := decode.Position()
		s.problems = []problem{{line, strings.TrimPrefix(decode.Error(), "toml: ")}}
	} else if err != nil {
		s.problems = []problem{{1, err.Error()}}
	}
	return f
}

// walk goes through the keys of a source.
type walk struct {
	*source
	ends []int // of the lines
}

// keys are the parts of an expression's key below those of a table. They get its line.
func (w walk) keys(table []string, e *unstable.Node) []string {
	all := slices.Clone(table)
	for it := e.Key(); it.Next(); {
		all = append(all, string(it.Node().Data))
		if key := join(all); w.lines[key] == 0 {
			w.lines[key] = 1 + sort.SearchInts(w.ends, int(it.Node().Raw.Offset))
		}
	}
	return all
}

// entry looks at a key below a table, and at its value.
func (w walk) entry(table []string, e *unstable.Node) {
	keys := w.keys(table, e)
	if t := w.typeOf(keys); t != nil {
		w.value(keys, t, e.Value())
	}
}

func (w walk) value(keys []string, t reflect.Type, n *unstable.Node) {
	want, says := unstable.InlineTable, "a table"
	switch t.Kind() {
	case reflect.String:
		want, says = unstable.String, `a text in quotes, as in "…"`
	case reflect.Bool:
		want, says = unstable.Bool, "true or false"
	case reflect.Int, reflect.Uint32:
		want, says = unstable.Integer, "a whole number"
	case reflect.Slice:
		want, says = unstable.Array, "a list, as in […]"
	}
	if t == reflect.TypeFor[Secret]() {
		says = `{ env = "NAME" } or { file = "/path" }, since secrets are not written into this file`
	}
	if n.Kind != want {
		w.wrong(join(keys), "has to be %s", says)
		return
	}
	for it := n.Children(); it.Next(); {
		if n.Kind == unstable.InlineTable {
			w.entry(keys, it.Node())
		} else {
			w.value(keys, resolve(t.Elem()), it.Node())
		}
	}
}

// typeOf is the type of a key's value, nil if there is no such key.
func (w walk) typeOf(keys []string) reflect.Type {
	t := reflect.TypeFor[file]()
	for i, key := range keys {
		if t.Kind() == reflect.Slice { // of tables, each with a header
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.Map:
			t = t.Elem()
			continue
		case reflect.Struct:
			if f, ok := fieldOf(t, key); ok {
				t = resolve(f.Type)
				continue
			}
			w.wrong(join(keys[:i+1]), "is not a key: there are %s", strings.Join(keysOf(t), ", "))
		default:
			w.wrong(join(keys[:i]), "is no table")
		}
		return nil
	}
	return t
}

func resolve(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	i := slices.Index(keysOf(t), key)
	if i < 0 {
		return reflect.StructField{}, false
	}
	return t.Field(i), true
}

func keysOf(t reflect.Type) (keys []string) {
	for f := range t.Fields() {
		keys = append(keys, f.Tag.Get("toml"))
	}
	return keys
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// join writes a key as a file has it.
func join(keys []string) string {
	written := make([]string, len(keys))
	for i, key := range keys {
		if written[i] = key; !bare.MatchString(key) {
			written[i] = strconv.Quote(key)
		}
	}
	return strings.Join(written, ".")
}
