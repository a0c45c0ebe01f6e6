package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/xaman-live/xaman-live/devserver/strictjson"
	"github.com/xaman-live/xaman-live/devserver/verify"
)

// specimen is a blob to judge, and what a payload says of it. Other keys than these are refused: one that is misspelled
// would leave out what it was meant for.
type specimen struct {
	Name        string          `json:"name"`
	Hex         string          `json:"hex"`          // response.hex
	TxID        *string         `json:"txid"`         // response.txid
	RequestJSON json.RawMessage `json:"request_json"` // payload.request_json
	Options     struct {
		Pathfinding bool `json:"pathfinding"`
	} `json:"options"`
	ExplicitSigner string `json:"explicit_signer"` // address or key of the signer that is asked about

	// What a file of test vectors has besides, which counts for nothing here.
	Expect        json.RawMessage `json:"expect"`
	ExpectCurrent json.RawMessage `json:"expect_current_definitions"`
	Policy        json.RawMessage `json:"policy"`
	EitherOK      json.RawMessage `json:"either_ok"`
	Note          json.RawMessage `json:"note"`
}

// opinion is what the server says of a specimen.
type opinion struct {
	Name           string         `json:"name"`
	Verdict        verify.Opinion `json:"verdict"`
	SignatureValid bool           `json:"signatureValid"`
	SignedBy       *string        `json:"signedBy"` // null: no key to tell it from
	Multisigned    bool           `json:"multisigned"`
	Reason         string         `json:"reason"`
}

var errNoArray = errors.New(`there is no complete array like [{"hex":"…"}] on standard input`)

// unreadable says what is wrong with an input, in the words of who has written it.
func unreadable(err error) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case errors.Is(err, io.EOF), ok && wrong.Field == "":
		return errNoArray
	case ok:
		return fmt.Errorf("read the array on standard input: %s cannot be a JSON %s", wrong.Field, wrong.Value)
	}
	return fmt.Errorf("read the array on standard input: %w", err)
}

// checkInput runs the command check.
func checkInput(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("xaman-live check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, `Usage: xaman-live check
It reads an array like [{"hex":"…"}] on standard input, and writes what the server would say of each transaction.`)
	}
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		return err
	}
	return check(stdin, stdout)
}

// check judges an array of specimens as the server would, short of asking a ledger.
func check(stdin io.Reader, stdout io.Writer) error {
	data, err := io.ReadAll(stdin)
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	var specimens []specimen
	if err := strictjson.UnmarshalKnown(data, &specimens); err != nil {
		return unreadable(err)
	}
	if specimens == nil {
		return errNoArray
	}
	opinions := make([]opinion, 0, len(specimens))
	for _, s := range specimens {
		f := verify.Inspect(verify.Specimen{
			Hex: s.Hex, TxID: s.TxID, RequestJSON: s.RequestJSON, Pathfinding: s.Options.Pathfinding, Signer: s.ExplicitSigner,
		})
		o := opinion{
			Name: s.Name, Verdict: f.Opinion, SignatureValid: f.SignatureValid, Multisigned: f.Multisigned, Reason: f.Reason,
		}
		if f.SignedBy != "" {
			o.SignedBy = &f.SignedBy
		}
		opinions = append(opinions, o)
	}
	e := json.NewEncoder(stdout)
	e.SetIndent("", "  ")
	return e.Encode(opinions)
}
