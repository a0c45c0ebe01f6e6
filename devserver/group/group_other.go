//go:build !unix

// Package group ends processes together with all that they have started, where the system knows groups of them.
package group

import "os/exec"

// Own does nothing.
func Own(*exec.Cmd) {}

// Kill kills the command alone.
func Kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
