package main

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"strings"
)

// block is a stretch of code as a coverage profile has it, from start up to end, each a line and a column.
type block struct{ start, end [2]int }

func (b block) has(line, col int) bool {
	return !before(line, col, b.start) && before(line, col, b.end)
}

func before(line, col int, p [2]int) bool { return line < p[0] || line == p[0] && col < p[1] }

// idle is the code that no test runs, by the file's name without its folder.
type idle map[string][]block

// readIdle reads a coverage profile of one package.
func readIdle(name string) (idle, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	found := idle{}
	lines := bufio.NewScanner(f)
	lines.Scan() // the mode
	for lines.Scan() {
		// example.org/pkg/file.go:12.34,15.2 3 0
		name, rest, _ := strings.Cut(lines.Text(), ":")
		var b block
		var statements, count int
		_, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d",
			&b.start[0], &b.start[1], &b.end[0], &b.end[1], &statements, &count)
		if err != nil {
			return nil, fmt.Errorf("not a line of a coverage profile: %q", lines.Text())
		}
		if count == 0 {
			found[path.Base(name)] = append(found[path.Base(name)], b)
		}
	}
	return found, lines.Err()
}
