package postgrestest

import "syscall"

// endWithParent has a server end when the test is killed.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGQUIT }
