// Command size prints what weighs what in the page's program: of each package the code, what the function table has of
// it, and its share of what goes over the wire.
//
//	size -budget bytes program.wasm
//
// The program is the one that ships, whose function table has the names. Types, texts and other data are nobody's: the
// linker keeps no record of whose they are. A share on the wire is what a brotli stream grows by when the package's
// bytes are added to those of heavier ones, so a package that is like others costs little.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/andybalholm/brotli"
)

func main() {
	budget := flag.Int("budget", 0, "most `bytes` that the program may need as brotli")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: size -budget bytes program.wasm")
		os.Exit(2)
	}
	if err := run(os.Stdout, flag.Arg(0), *budget, brotli.BestCompression); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

func run(to io.Writer, file string, budget, level int) error {
	program, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	rows, err := weigh(program, level)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "functions\tcode\ttable or data\tbrotli\t  of")
	sum := 0
	for _, r := range rows {
		fmt.Fprintf(table, "%d\t%d\t%d\t%d\t  %s\n", r.functions, len(r.code), len(r.data), r.wire, r.name)
		sum += r.wire
	}
	if err := table.Flush(); err != nil {
		return err
	}
	z := new(bytes.Buffer)
	w, _ := gzip.NewWriterLevel(z, gzip.BestCompression) // fails for other levels alone
	if _, err := w.Write(program); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	whole := newWire(level)
	fmt.Fprintf(to, "the shares are %d bytes as brotli together\n", sum)
	fmt.Fprintf(to, "the program is %d bytes, gzip %d, brotli %d of %d\n",
		len(program), z.Len(), whole.add(program), budget)
	return nil
}

// row is a package, or data of which nobody knows whose it is.
type row struct {
	name       string
	functions  int
	code, data []byte // data is what the function table has of a package, or what is nobody's
	wire       int    // bytes as brotli
}

// weigh takes a program apart: its packages by weight, then what is nobody's.
func weigh(program []byte, level int) ([]row, error) {
	m, err := read(program)
	if err != nil {
		return nil, err
	}
	functions, rest, err := m.functions()
	if err != nil {
		return nil, err
	}
	packages := map[string]*row{}
	for _, f := range functions {
		r := packages[f.pkg]
		if r == nil {
			r = &row{name: f.pkg}
			packages[f.pkg] = r
		}
		r.functions++
		r.code, r.data = append(r.code, f.code...), append(r.data, f.table...)
	}
	var rows []row
	for _, r := range packages {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(len(b.code)+len(b.data), len(a.code)+len(a.data)), cmp.Compare(a.name, b.name))
	})
	code, data := newWire(level), newWire(level)
	for i := range rows {
		rows[i].wire = code.add(rows[i].code) + data.add(rows[i].data)
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.wire, a.wire) })
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		rows = append(rows, row{name: name, data: rest[name], wire: data.add(rest[name])})
	}
	return rows, nil
}

// wire is a stream of brotli.
type wire struct {
	out bytes.Buffer
	to  *brotli.Writer
}

func newWire(level int) *wire {
	w := &wire{}
	w.to = brotli.NewWriterOptions(&w.out, brotli.WriterOptions{Quality: level, LGWin: 24})
	return w
}

// add returns by how much the stream grows.
func (w *wire) add(b []byte) int {
	before := w.out.Len()
	_, _ = w.to.Write(b) // a buffer takes everything
	_ = w.to.Flush()
	return w.out.Len() - before
}
