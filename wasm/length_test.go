//go:build !js

package main

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// A file is about one thing, and is read on a screen.
func TestLengthOfFilesAndLines(t *testing.T) {
	const mostLines, mostColumns = 400, 120 // a tab is one column
	for _, s := range sources(t) {
		text, err := os.ReadFile("../" + s.name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) > mostLines {
			t.Errorf("%s: rule: a file has at most %d lines, got %d", s.name, mostLines, len(lines))
		}
		for i, line := range lines {
			if n := utf8.RuneCountInString(line); n > mostColumns {
				t.Errorf("%s:%d: rule: a line has at most %d columns, got %d", s.name, i+1, mostColumns, n)
			}
		}
	}
}
