//go:build e2e && bench

package e2e

import "testing"

// benchSizes weighs what is sent.
func benchSizes(t *testing.T) []row {
	files := readManifest(t).Files
	rest := files["xaman-sign-request.js"].Brotli + files["xaman-sign-request.css"].Brotli + files["fallback.css"].Brotli
	return []row{
		{name: "program, brotli", unit: "bytes", ours: float64(files["xaman-sign-request.wasm"].Brotli),
			limit: atMost(700_000)},
		{name: "everything else, brotli", unit: "bytes", ours: float64(rest), limit: atMost(15_000)},
	}
}
