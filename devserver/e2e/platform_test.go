package e2e

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// startPlatform runs a sandbox apart from any dev server, until the test ends, and returns its origin.
func startPlatform(t testing.TB, c sandbox.Config) string {
	t.Helper()
	p, err := sandbox.New(context.Background(), c) // the test's ends before its cleanups
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p)
	t.Cleanup(func() {
		p.Close()
		server.Close()
	})
	return server.URL
}

var sandboxCredentials = map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret}

// startOn runs the dev server with a platform that is running elsewhere.
func startOn(t *testing.T, platform string, args ...string) devserver {
	t.Helper()
	d := start(t, sandboxCredentials, append([]string{"-platform", platform, "-ledger", platform + "/ledger"}, args...)...)
	d.sandbox = platform
	return d
}
