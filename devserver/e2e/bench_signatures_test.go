//go:build e2e && bench

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/verify"
)

// benchSignatures counts how many signed transactions are judged in a second, by one thread.
func benchSignatures(t *testing.T) []row {
	var rows []row
	for _, key := range []string{"secp256k1", "ed25519"} {
		blobs := signedWith(t, key)
		result := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				for _, blob := range blobs {
					if f := verify.Inspect(verify.Specimen{Hex: blob}); !f.SignatureValid {
						b.Fatal(f.Reason)
					}
				}
			}
		})
		rows = append(rows, row{
			name: key + ", one thread", unit: "1/s", ours: float64(result.N*len(blobs)) / result.T.Seconds(),
			peer: "verify-xrpl-signature", theirs: nodeRate(t, "signatures.cjs", "verify-xrpl-signature", blobs...),
		})
	}
	return rows
}

// signedWith returns the blobs of the test vectors that are good, and whose name tells that kind of key.
func signedWith(t *testing.T, key string) (blobs []string) {
	t.Helper()
	data, err := os.ReadFile("../verify/testdata/xrpl-signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Hex string
		Policy    struct{ Verdict verify.Opinion }
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if v.Policy.Verdict == verify.Accept && strings.Contains(v.Name, key) {
			blobs = append(blobs, v.Hex)
		}
	}
	if len(blobs) < 2 {
		t.Fatalf("found only %d blobs signed with %s", len(blobs), key)
	}
	return blobs
}

// nodeRate has Node.js time a package with a script of testdata/peers, and returns the rate that it prints.
func nodeRate(t *testing.T, script, name string, args ...string) float64 {
	t.Helper()
	place, err := filepath.Abs(filepath.Join(peers, name))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{"testdata/peers/" + script, place}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	rate, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatal(err)
	}
	return rate
}
