//go:build unix && !linux

package postgrestest

import "syscall"

// endWithParent does nothing: the system knows no such thing.
func endWithParent(*syscall.SysProcAttr) {}
