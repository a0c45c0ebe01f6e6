//go:build unix

package main

// limited returns the arguments that run binary with a bound on its memory, in KiB: a change can make it ask for any
// amount.
func limited(binary string, args ...string) []string {
	return append([]string{"sh", "-c", `ulimit -v 8000000; exec "$0" "$@"`, binary}, args...)
}
