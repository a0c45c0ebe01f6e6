//go:build browser && !js

package socket

import (
	"os"
	"os/exec"
	"testing"
)

// TestInBrowser runs the tests of this package in a browser, against servers of this process. BROWSER_TEST_RUNNER is
// the program that runs a test binary in a browser, and BROWSER_TEST_GOFLAGS what it is built with; build.sh sets both.
func TestInBrowser(t *testing.T) {
	runner := os.Getenv("BROWSER_TEST_RUNNER")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=1m", "-exec="+runner, ".")
	// The runner hands its whole environment to the page, which has room for little.
	cmd.Env = append(cmd.Env, "GOOS=js", "GOARCH=wasm", "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"),
		"GOFLAGS="+os.Getenv("BROWSER_TEST_GOFLAGS"), "GOCACHE="+os.Getenv("GOCACHE"))
	for scenario := range scenarios {
		cmd.Env = append(cmd.Env, urlVariable(scenario)+"="+server(t, scenario))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
