package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// BenchmarkStart starts a sandbox on a file with so many payloads that were signed, and as many transactions. It never
// keeps more that are finished.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{0, engine.MaxFinished} {
		b.Run(fmt.Sprintf("%d payloads", n), func(b *testing.B) {
			config := Config{Data: filepath.Join(b.TempDir(), "sandbox.db")}
			signMany(b, config, n)
			b.ReportAllocs()
			for b.Loop() {
				s, err := New(b.Context(), config)
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	}
}

// signMany fills a sandbox's file with payments that were signed.
func signMany(b *testing.B, config Config, many int) {
	b.Helper()
	s, err := New(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tx := engine.Transaction{
		"TransactionType": "Payment", "Account": wallet[0].address, "Destination": demoShop, "Amount": "2500000",
		"Fee": "12", "Sequence": 9, "InvoiceID": invoice,
	}
	blob, err := (&attempt{key: wallet[0].key, tx: tx}).signed()
	if err != nil {
		b.Fatal(err)
	}
	err = s.step(func(e *engine.Engine, now time.Time) error {
		var out engine.Output
		for n := range many {
			pl, err := e.Create(now, engine.Request{Tx: tx})
			if err != nil {
				return err
			}
			numbered := strings.Replace(blob, "2400000009", fmt.Sprintf("24%08X", n), 1)
			signed := engine.Signature{Blob: numbered, TxID: engine.TxID(numbered), Account: wallet[0].address}
			if err := e.Resolve(now, pl.UUID, engine.Outcome{Signed: true, Signature: signed}); err != nil {
				return err
			}
			out.Included = append(out.Included, &engine.Included{
				Blob: numbered, Ledger: e.Ledger.First, Index: uint32(n), Result: "tesSUCCESS", Delivered: "2500000",
			})
		}
		out.Changed = e.Take().Changed
		return s.core.disk.write(out, e.Memory())
	})
	if err != nil {
		b.Fatal(err)
	}
}
