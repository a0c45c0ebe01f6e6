package e2e

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// maxWait is how long a page or an answer may take to get to where a test wants it. It is a bound, not a pace.
const maxWait = 45 * time.Second

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

// quick is a sandbox whose ledger has closed all that a transaction may be in after 0.2 s.
var quick = sandbox.Config{CloseEvery: 10 * time.Millisecond, Lag: time.Millisecond}

var sandboxCredentials = map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret}

// startOn runs the dev server with a platform that is running elsewhere, and a node there or at another origin.
func startOn(t *testing.T, platform, node string, args ...string) devserver {
	t.Helper()
	d := start(t, sandboxCredentials, append([]string{"-platform", platform, "-ledger", node + "/ledger"}, args...)...)
	d.sandbox = platform
	return d
}
