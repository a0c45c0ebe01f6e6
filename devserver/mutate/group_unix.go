//go:build unix

package main

import (
	"os/exec"
	"syscall"
	"time"
)

// limited returns the arguments that run binary with a bound on its memory, in KiB: a change can make it ask for any
// amount.
func limited(binary string, args ...string) []string {
	return append([]string{"sh", "-c", `ulimit -v 8000000; exec "$0" "$@"`, binary}, args...)
}

// group makes the end of cmd's context kill all that it started, too: tests start servers, which would outlive them.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
}

// endGroup kills what cmd started and left.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails if nothing is left
	}
}
