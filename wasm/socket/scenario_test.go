package socket

import "strings"

// many is more than a connection keeps for a slow reader.
const many = 200

// urlVariable is the environment variable with the URL of the server that plays the scenario.
func urlVariable(scenario string) string {
	return "SOCKET_" + strings.ToUpper(strings.ReplaceAll(scenario, "-", "_"))
}
