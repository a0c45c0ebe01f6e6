//go:build js || browser

package socket

import "strings"

// urlVariable is the environment variable with the URL of the server that plays the scenario.
func urlVariable(scenario string) string {
	return "SOCKET_" + strings.ToUpper(strings.ReplaceAll(scenario, "-", "_"))
}
