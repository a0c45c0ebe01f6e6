//go:build e2e

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/conform"
	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// wantConform wants that a backend keeps all rules that can be tried.
func wantConform(t *testing.T, o conform.Options) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	o.Transport = transport(t)
	report, err := conform.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Rules {
		if r.Outcome == conform.Broken {
			t.Errorf("%s: %s", r.Rule, r.Seen)
		}
	}
	if kept := report.Count(conform.Kept); kept < 70 {
		t.Errorf("only %d rules were kept, and %d not tried", kept, report.Count(conform.Untried))
	}
}

// The backends that the guides show, with the server beside them that verifies. Each has a sandbox of its own, as what
// fails there fails for all.
func TestEndToEndConform(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"node", "python"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform, private := startPlatform(t, quick), freeAddr(t)
			start(t, map[string]string{
				"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret, "XAMAN_LIVE_KEY": programKey,
			}, "-platform", platform, "-ledger", platform+"/ledger", "-private-addr", private)
			log, backend := guideBackend(t, name, platform, "http://"+private)
			wantConform(t, conform.Options{URL: backend, Sandbox: platform})
			if booked := strings.Count(log.String(), "paid "); booked < 5 {
				t.Errorf("the program has booked only %d orders", booked)
			}
		})
	}
}

// Package conform has tests of our backend with its own file. Here the record is one that several servers may share.
func TestEndToEndPostgresConform(t *testing.T) {
	t.Parallel()
	database, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := database.Remove(); err != nil {
			t.Error(err)
		}
	})
	url, err := database.Create(t.Context(), "conform", "")
	if err != nil {
		t.Fatal(err)
	}
	platform := startPlatform(t, quick)
	d := startOn(t, platform, platform, "-record", url)
	wantConform(t, conform.Options{URL: d.site + "/api", Payment: "pay", Sandbox: d.sandbox})
}

// The command finds the same as the package.
func TestEndToEndConformCommand(t *testing.T) {
	t.Parallel()
	d := start(t, nil)
	script, err := os.ReadFile(filepath.Join(guideCode, "conform.sh"))
	if err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(string(script), "# snippet: one\n")
	line, _, _ := strings.Cut(last, "\n")
	line = strings.NewReplacer("xaman-live", program, "http://127.0.0.1:3000", d.site).Replace(line)
	out, err := exec.Command("sh", "-c", line).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "kept     a-planted-session-shows-nothing\n") {
		t.Errorf("%s: got %v: %s", line, err, out)
	}
}
