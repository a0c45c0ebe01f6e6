package verify

import (
	"strings"
	"testing"
)

// BenchmarkVerify judges whole blobs as they come from a phone: gate, hash, signature, comparison with the request.
func BenchmarkVerify(b *testing.B) {
	for _, bb := range []struct{ name, vector string }{
		{"secp256k1 payment", "payment secp256k1"},
		{"ed25519 payment", "payment ed25519 with memo"},
		{"secp256k1 SignIn", "sign in secp256k1"},
		{"ed25519 SignIn", "sign in ed25519"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s := vectorNamed(b, bb.vector).specimen()
			for b.Loop() {
				if f := Inspect(s); f.Opinion != Accept {
					b.Fatal(f.Reason)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "verifications/s")
		})
	}
}

// BenchmarkHostile shows that what is meant to take long does not.
func BenchmarkHostile(b *testing.B) {
	for _, bb := range []struct{ name, blob string }{
		{"20,000 objects deep", strings.Repeat(objectHead, 20_000) + strings.Repeat("E1", 20_000)},
		{"900 kB field", "7DF7F0" + strings.Repeat("00", 900_000)},
		{"as long as is read", "7DF1CF1C" + strings.Repeat("00", maxBlob-4)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if f := Inspect(Specimen{Hex: bb.blob}); f.Opinion != Reject {
					b.Fatal(f.Reason)
				}
			}
		})
	}
}
