package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/xaman-live/xaman-live/devserver/verify"
)

// specimen is a blob to judge, and what a payload says of it.
type specimen struct {
	Name        string          `json:"name"`
	Hex         string          `json:"hex"`          // response.hex
	TxID        string          `json:"txid"`         // response.txid
	RequestJSON json.RawMessage `json:"request_json"` // payload.request_json
	Options     struct {
		Pathfinding bool `json:"pathfinding"`
	} `json:"options"`
	ExplicitSigner string `json:"explicit_signer"` // address or key of a multisigner
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

// check judges an array of specimens as the server would, short of asking a ledger.
func check(stdin io.Reader, stdout io.Writer) error {
	var specimens []specimen
	d := json.NewDecoder(stdin)
	if err := d.Decode(&specimens); err != nil {
		return fmt.Errorf("read specimens: %w", err)
	}
	if specimens == nil {
		return errors.New("read specimens: there is no array")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("read specimens: there is something behind the array")
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
