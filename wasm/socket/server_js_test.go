package socket

import (
	"context"
	"os"
	"testing"
	"time"
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

// awaitEnd waits until the browser knows that the socket has ended.
func awaitEnd(c *Conn) {
	for c.Write(context.Background(), []byte("{}")) == nil {
		time.Sleep(time.Millisecond)
	}
}
