//go:build unix

// Package group ends processes together with all that they have started: a test's server, a driver's browser.
package group

import (
	"os/exec"
	"syscall"
)

// Own makes a command that has not been started the first of a group.
func Own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// Kill kills what is left of a command's group, which may be nothing.
func Kill(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
