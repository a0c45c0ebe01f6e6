package main

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"strconv"
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
		file, rest, ok := strings.Cut(lines.Text(), ".go:")
		places, counts, ok2 := strings.Cut(rest, " ")
		from, to, ok3 := strings.Cut(places, ",")
		_, count, ok4 := strings.Cut(counts, " ")
		if !ok || !ok2 || !ok3 || !ok4 {
			return nil, fmt.Errorf("not a line of a coverage profile: %q", lines.Text())
		}
		if count != "0" {
			continue
		}
		start, err := place(from)
		if err != nil {
			return nil, err
		}
		end, err := place(to)
		if err != nil {
			return nil, err
		}
		file = path.Base(file) + ".go"
		found[file] = append(found[file], block{start, end})
	}
	return found, lines.Err()
}

// place reads "12.34".
func place(text string) ([2]int, error) {
	first, second, _ := strings.Cut(text, ".")
	line, err := strconv.Atoi(first)
	if err != nil {
		return [2]int{}, err
	}
	col, err := strconv.Atoi(second)
	return [2]int{line, col}, err
}
