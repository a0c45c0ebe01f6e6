package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// asServer in the environment makes the test binary the dev server, to be killed.
const asServer = "DEVSERVER_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}
