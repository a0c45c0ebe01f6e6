//go:build e2e && bench

package e2e

import (
	"testing"
	"time"
)

// benchServer times the dev server as it is built for people.
func benchServer(t *testing.T) []row {
	began := time.Now()
	start(t, nil)
	return []row{{name: "start with an empty record", unit: "s", ours: time.Since(began).Seconds()}}
}
