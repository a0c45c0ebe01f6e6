package socket

import (
	"os"
	"testing"
)

// server returns the URL of the server that plays the scenario, in the process that started this one.
func server(t *testing.T, scenario string) string {
	t.Helper()
	url := os.Getenv(urlVariable(scenario))
	if url == "" {
		t.Fatalf("no server plays %q", scenario)
	}
	return url
}
