package main

import (
	"fmt"
	"strings"
)

// notices is the text that goes with what modules are linked into.
func notices(modules []module) ([]byte, error) {
	var text strings.Builder
	text.WriteString("What is released here is made of xaman-live, see LICENSE, and of these:\n")
	for _, m := range modules {
		l, err := m.licence()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "\n%s\n%s %s (%s)\n\n%s", strings.Repeat("-", 78), m.title(), m.Version, l.id, l.text)
	}
	return []byte(strings.TrimSpace(text.String()) + "\n"), nil
}

func (m module) title() string {
	if m.Path == "std" {
		return "The Go programming language, its standard library and its loader for WebAssembly,"
	}
	return m.Path
}
