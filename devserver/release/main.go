// Command release completes what others install.
//
//	release folder
//	release program file
//
// In the folder there is npm, with what the npm package has of the sources. It gets what describes it, licences and
// notices of all that is linked into the program, and a bill of materials, and is packed. The same sources make the
// same bytes.
//
// With "program" for its first argument it prints the module by which the loader knows a program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/xaman-live/xaman-live/wasm/api"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) == 2 && args[0] == "program" {
		return known(stdout, args[1])
	}
	if len(args) != 1 {
		return errors.New("usage: release folder, or release program file")
	}
	program, err := linked(ctx, []string{"GOOS=js", "GOARCH=wasm"}, "./wasm")
	if err != nil {
		return err
	}
	legal, err := papers("pkg:npm/xaman-live@"+api.Version, program)
	if err != nil {
		return err
	}
	return npm(filepath.Join(args[0], "npm"), legal)
}

// papers are the files that go with whatever these modules are linked into.
func papers(purl string, modules []module) (map[string][]byte, error) {
	own, err := os.ReadFile("LICENSE")
	if err != nil {
		return nil, err
	}
	others, err := notices(modules)
	if err != nil {
		return nil, err
	}
	list, err := materials(purl, modules)
	return map[string][]byte{"LICENSE": own, "NOTICES.txt": others, "sbom.cdx.json": list}, err
}
