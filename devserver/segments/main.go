// Command segments rewrites the memory of a WebAssembly program as a handful of segments.
//
//	segments from to
//
// Go's linker leaves out every short run of zeros, and so writes some 70,000 segments. Their offsets hardly compress:
// without them the program is a tenth smaller on the wire, and a tenth larger in memory while it is loaded.
package main

import (
	"fmt"
	"os"
)

// gap is the longest run of zeros that is written out.
const gap = 1024

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: segments from to")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "segments:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	module, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if module, err = merge(module, gap); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, module, 0o666)
}
