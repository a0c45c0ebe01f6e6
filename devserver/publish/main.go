// Command publish makes the complete site, ready to be copied to any web server.
//
//	publish [-program bytes] [-element bytes] [-package] site folder name=file...
//
// From the sources in site it makes in folder: pages, which refer to everything else by names that hold a hash of the
// content; scripts, each with what it imports in one file; style sheets; a brotli and a gzip variant beside each file
// that is smaller for it; and manifest.json, which says what somebody else's page needs of it. Each name=file is a file
// of the site that is built elsewhere. What else is in the folder is removed. The same sources make the same bytes.
//
// It prints what the element costs on the wire, and fails if that is more than -program bytes as brotli for the program
// or -element bytes for everything else that each page with an element loads.
//
// With -package it makes instead, and prints nothing, what the npm package has of the sources.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "publish:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("publish", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var most budget
	flags.IntVar(&most.program, "program", 0, "most `bytes` that the program may need as brotli; 0: any number")
	flags.IntVar(&most.rest, "element", 0, "most `bytes` that all else of the element may need; 0: any number")
	npm := flags.Bool("package", false, "make the files of the npm package")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() < 2 {
		return errors.New("usage: publish [flags] site folder [name=file]")
	}
	o := Options{Site: flags.Arg(0), To: flags.Arg(1), Built: map[string]string{}}
	for _, arg := range flags.Args()[2:] {
		name, file, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q is not name=file", arg)
		}
		o.Built[name] = file
	}
	if *npm {
		return Package(o)
	}
	made, err := Publish(o)
	if err != nil {
		return err
	}
	return report(stdout, made, most)
}
