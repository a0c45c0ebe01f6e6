//go:build e2e && bench

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
)

// What things cost, side by side with others that do the same. `./build.sh bench` prints the table.

// tableFile is where the table goes, for people to read.
const tableFile = "../../.build/bench.txt"

// peers is where build.sh installs the packages that the table compares with.
const peers = "../../.build/peers/node_modules"

// row is a line of the table: what something costs here, and what the same work costs a peer in the same run.
type row struct {
	name   string
	unit   string
	ours   float64
	limit  limit
	peer   string  // "": there is none
	theirs float64 // of the peer
}

// limit is what a row has to keep to. It is printed and not asserted: figures of time depend on the machine, and those
// that do not are tests of their own.
type limit struct {
	kind string
	of   float64
}

// atMost and atLeast are limits of our figure; timesPeer is one of its ratio to that of the peer.
func atMost(of float64) limit    { return limit{"≤", of} }
func atLeast(of float64) limit   { return limit{"≥", of} }
func timesPeer(of float64) limit { return limit{"× ≤", of} }

func (r row) ratio() float64 { return r.ours / r.theirs }

// missed reports whether the limit is missed. A figure that is none misses any.
func (r row) missed() bool {
	switch r.limit.kind {
	case "≤":
		return !(r.ours <= r.limit.of)
	case "≥":
		return !(r.ours >= r.limit.of)
	case "× ≤":
		return !(r.ratio() <= r.limit.of)
	}
	return false
}

// cells are the columns of a row, as text.
func (r row) cells() []string {
	limit, peer, theirs, ratio, verdict := "", r.peer, "", "", ""
	if r.limit.kind != "" {
		limit, verdict = r.limit.kind+" "+digits(r.limit.of), "ok"
	}
	if r.missed() {
		verdict = "MISSED"
	}
	if r.peer != "" {
		theirs, ratio = digits(r.theirs), digits(r.ratio())
	}
	return []string{r.name, r.unit, digits(r.ours), limit, peer, theirs, ratio, verdict}
}

// digits writes three digits that count, and all of a whole number.
func digits(f float64) string {
	if f >= 1000 || f <= -1000 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}

// section is a part of the table. What cannot be measured fails its test, and leaves its rows out.
type section struct {
	name string
	rows []row
}

func (s section) String() string {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join([]string{s.name, "unit", "ours", "limit", "peer", "theirs", "ours/theirs", ""}, "\t"))
	for _, r := range s.rows {
		fmt.Fprintln(w, strings.Join(r.cells(), "\t"))
	}
	w.Flush()
	return text.String()
}

// TestBench measures everything and writes the table. It fails where something cannot be measured.
func TestBench(t *testing.T) {
	var text strings.Builder
	missed := 0
	for _, of := range []struct {
		name    string
		measure func(*testing.T) []row
	}{
		{"sizes", benchSizes},
		{"loading", benchLoading},
		{"cards", benchCards},
		{"server", benchServer},
		{"codes", benchCodes},
		{"signatures", benchSignatures},
		{"SDK", benchSDK},
	} {
		t.Run(of.name, func(t *testing.T) {
			s := section{of.name, of.measure(t)}
			missed += len(slices.DeleteFunc(slices.Clone(s.rows), func(r row) bool { return !r.missed() }))
			fmt.Fprintln(&text, s)
			t.Logf("\n%s", s)
		})
	}
	fmt.Fprintf(&text, "%d limits are missed\n", missed)
	if err := os.MkdirAll(filepath.Dir(tableFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(tableFile, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// median sorts the figures and returns the one in the middle.
func median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}
