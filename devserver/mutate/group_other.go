//go:build !unix

package main

import (
	"os/exec"
	"time"
)

// limited returns the arguments that run binary.
func limited(binary string, args ...string) []string { return append([]string{binary}, args...) }

// group bounds how long cmd is waited for after its context has ended.
func group(cmd *exec.Cmd) { cmd.WaitDelay = 5 * time.Second }

func endGroup(*exec.Cmd) {}
