//go:build !unix

package main

// limited returns the arguments that run binary.
func limited(binary string, args ...string) []string { return append([]string{binary}, args...) }
