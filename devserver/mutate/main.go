// Command mutate measures what the tests of a package notice: it changes one thing at a time in the package's source,
// runs the tests on each change, and prints the changes that no test failed on.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

const usage = `usage: mutate PACKAGE [flags]

It changes one thing at a time in PACKAGE (a folder, such as ./devserver/verify), runs the package's tests on each
change, and prints each change that no test failed on as file:line: operator: before → after.

The last line counts: killed of viable. A change that does not compile is not viable and not counted; a run that does
not end in time counts as killed; a change in code that no test runs survives without a run, and is marked so. The tests
are those that "go test PACKAGE" runs on this machine, with the same working folder, without -race and vet; files and
tests that are only built for the browser are left out. The sources stay untouched, and all temporary files, the
compiler's included, are gone at the end.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	pkg       string        // the package's folder or import path
	files     string        // globs of file names, separated by commas; empty: all
	tests     string        // regular expression of the tests to run; empty: all
	skip      string        // regular expression of the tests to leave out; empty: none
	operators string        // names, separated by commas; empty: all
	sample    int           // how many changes to try; 0: all
	seed      uint64        // of the sample
	min       float64       // least percentage of killed changes
	timeout   time.Duration // of one run of the tests; 0: five times what they need unchanged, and 5 s
	parallel  int           // changes tried at the same time
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.files, "files", "", "change only files that match one of these `globs`, separated by commas")
	flags.StringVar(&o.tests, "run", "", "run only tests that match this `regexp`")
	flags.StringVar(&o.skip, "skip", "", "leave out tests that match this `regexp`")
	flags.StringVar(&o.operators, "operators", "", "change only with these `names`, separated by commas")
	flags.IntVar(&o.sample, "sample", 0, "try only this `number` of changes, chosen at random; 0: all")
	flags.Uint64Var(&o.seed, "seed", 1, "the `number` that decides what a sample holds")
	flags.Float64Var(&o.min, "min", 0, "fail if fewer than this `percentage` is killed")
	flags.DurationVar(&o.timeout, "timeout", 0, "`time` for one run of the tests (default 5 times what they need, and 5s)")
	flags.IntVar(&o.parallel, "parallel", min(2, runtime.NumCPU()), "`number` of changes tried at the same time")
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
		fmt.Fprintln(stderr, "\nThe operators:")
		for _, op := range operators {
			fmt.Fprintf(stderr, "  %-12s %s\n", op.name, op.does)
		}
	}
	// The package may stand before the flags.
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		o.pkg, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	rest := flags.Args()
	if o.pkg == "" && len(rest) > 0 {
		o.pkg, rest = rest[0], rest[1:]
	}
	switch {
	case o.pkg == "":
		return o, errors.New("which package? mutate -help says more")
	case len(rest) > 0:
		return o, fmt.Errorf("one package at a time, not %q too", rest[0])
	case o.parallel < 1:
		return o, errors.New("-parallel must be at least 1")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	wanted, err := chosen(o.operators)
	if err != nil {
		return err
	}
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	var all []mutant
	for _, name := range b.files {
		found, err := mutants(name, wanted)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	picked := sampled(all, o.sample, o.seed)
	fmt.Fprintf(stderr, "%d changes, %d of them to try; the tests need %v unchanged\n",
		len(all), len(picked), b.needs.Round(time.Millisecond))
	count, err := b.tryAll(ctx, picked, o.parallel, stdout, stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, count)
	if count.percent() < o.min {
		return fmt.Errorf("%.1f%% killed, less than %g%%", count.percent(), o.min)
	}
	return nil
}

// chosen returns the operators that names says, all for none.
func chosen(names string) ([]operator, error) {
	if names == "" {
		return operators, nil
	}
	var some []operator
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(operators, func(op operator) bool { return op.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no operator %q; mutate -help lists them", name)
		}
		some = append(some, operators[i])
	}
	return some, nil
}
