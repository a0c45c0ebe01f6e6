//go:build e2e && bench

package e2e

import (
	"os"
	"testing"
)

// benchSizes weighs what is sent.
func benchSizes(t *testing.T) []row {
	program, err := os.Stat("../../site/dist/xaman-sign-request.wasm.br")
	if err != nil {
		t.Fatal(err)
	}
	return []row{{name: "program, brotli", unit: "bytes", ours: float64(program.Size()), limit: atMost(700_000)}}
}
