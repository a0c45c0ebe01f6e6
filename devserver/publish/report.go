package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
)

// budget is how many bytes the element may cost on the wire, as brotli; 0: any number.
type budget struct{ program, rest int }

// report prints what the element costs. Besides the program and the rest, a page that is not in English loads the texts
// of one language.
func report(w io.Writer, m Manifest, most budget) error {
	var program, rest, language Size
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		file := m.Files[name]
		switch {
		case name == classic: // in the place of the module
		case path.Ext(name) == ".wasm":
			program = program.plus(file.Size)
		case path.Ext(name) == ".json":
			if file.Brotli > language.Brotli {
				language = file.Size
			}
		default:
			fmt.Fprintf(w, "%-24s %v\n", name, file.Size)
			rest = rest.plus(file.Size)
		}
	}
	fmt.Fprintf(w, "%-24s %v\n%-24s %v\n", "program", program, "everything else", rest)
	fmt.Fprintf(w, "%-24s %v\n", "and at most one language", language)
	return errors.Join(check("the program", program, most.program), check("everything else", rest, most.rest))
}

func check(what string, size Size, most int) error {
	if most == 0 || size.Brotli <= most {
		return nil
	}
	return fmt.Errorf("%s needs %d bytes as brotli, %d more than its budget", what, size.Brotli, size.Brotli-most)
}

func (s Size) plus(other Size) Size {
	return Size{Raw: s.Raw + other.Raw, Gzip: s.Gzip + other.Gzip, Brotli: s.Brotli + other.Brotli}
}

func (s Size) String() string {
	return fmt.Sprintf("%8d bytes, gzip %7d, brotli %7d", s.Raw, s.Gzip, s.Brotli)
}
