// Command release makes of what is built what others install. It runs at the top of the project.
//
//	release program file
//
// prints the module by which the loader knows the program in that file.
//
//	release npm folder
//
// completes the npm package in the folder's npm, which has what there is of the sources: with what describes it,
// licences of all that is linked into the program, and a bill of materials. It packs the package as npm pack would.
//
//	release all site folder [os/arch...]
//
// makes of the built site, in the folder, site for any web server; and in bin archives of it and of the server, for
// these targets or else for all; with the npm package and the digests of all of them.
//
// The same sources make the same bytes.
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
	switch {
	case len(args) == 2 && args[0] == "program":
		return known(stdout, args[1])
	case len(args) == 2 && args[0] == "npm":
		return npm(ctx, args[1])
	case len(args) >= 3 && args[0] == "all":
		of := args[3:]
		if len(of) == 0 {
			of = targets
		}
		return all(ctx, args[1], args[2], of)
	}
	return errors.New("usage: release program file | npm folder | all site folder [os/arch...]")
}

// all makes what is made of the built site, and the digests of everything.
func all(ctx context.Context, built, release string, targets []string) error {
	program, err := linkedIntoProgram(ctx)
	if err != nil {
		return err
	}
	legal, err := papers("pkg:generic/xaman-live@"+api.Version, program)
	if err != nil {
		return err
	}
	site, bin := filepath.Join(release, "site"), filepath.Join(release, "bin")
	if err := web(built, site, legal); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(bin), os.MkdirAll(bin, 0o777)); err != nil {
		return err
	}
	top := "xaman-live-" + api.Version + "-site"
	if err := pack(filepath.Join(bin, top+".tar.gz"), site, top); err != nil {
		return err
	}
	for _, target := range targets {
		if err := server(ctx, target, built, bin, program); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
	}
	return sums(release)
}

func linkedIntoProgram(ctx context.Context) ([]module, error) {
	return linked(ctx, []string{"GOOS=js", "GOARCH=wasm"}, "./wasm")
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
