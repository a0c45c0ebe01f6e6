package main

import (
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"os"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// known writes the module site/program.js for a program.
func known(w io.Writer, file string) error {
	program, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	sum := sha512.Sum384(program)
	_, err = fmt.Fprintf(w, "// Which program the loader starts: no other one.\nexport const version = '%s';\n"+
		"export const integrity = 'sha384-%s';\n", api.Version, base64.StdEncoding.EncodeToString(sum[:]))
	return err
}
