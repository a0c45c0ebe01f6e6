package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/xaman-live/xaman-live/devserver/conform"
)

// tryBackend tries the backend at a URL against the contract and the rules behind it. It fails if one is broken.
func tryBackend(
	ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer,
) error {
	o := conform.Options{Key: getenv("XAMAN_LIVE_KEY")}
	flags := flag.NewFlagSet("xaman-live conform", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "Usage: xaman-live conform [flags] URL\n"+
			"URL is what the element has in its attribute backend, as in http://127.0.0.1:8080/api.")
		flags.PrintDefaults()
	}
	asJSON := flags.Bool("json", false, "write the report for programs")
	flags.StringVar(&o.Payment, "payment", "", "`name` of the offer that is paid (default the first payment)")
	flags.StringVar(&o.Amount, "amount", "", "`amount` that the visitor chooses to pay, if that offer lets him")
	flags.StringVar(&o.SignIn, "sign-in", "", "`name` of the offer of a sign-in (default the first)")
	flags.StringVar(&o.Sandbox, "sandbox", "", "`origin` of the sandbox that is the backend's platform, if it names none")
	flags.StringVar(&o.Page, "page", "", "`origin` of another site, whose pages may ask with a view key")
	flags.StringVar(&o.Orders, "orders", "",
		"base `URL` of the private API that makes view keys, as in http://127.0.0.1:8082/api; its key is in XAMAN_LIVE_KEY")
	flags.Func("rule", "`name` of a rule to try; may be said again for more (default all)", func(name string) error {
		o.Only = append(o.Only, name)
		return nil
	})
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err == nil && flags.NArg() != 1 {
		err = errors.New("conform takes one argument, the URL of a backend, after its flags")
	}
	if err != nil {
		return err
	}
	o.URL = flags.Arg(0)
	report, err := conform.Run(ctx, o)
	if err != nil {
		return err
	}
	write := report.Write
	if *asJSON {
		write = report.WriteJSON
	}
	if err := write(stdout); err != nil {
		return err
	}
	if n := report.Count(conform.Broken); n > 0 {
		return fmt.Errorf("%d rules are broken", n)
	}
	return nil
}
