package webdriver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/group"
)

// process is a program that was started.
type process struct {
	cmd    *exec.Cmd
	ended  func()         // is called when it has ended
	others sync.WaitGroup // goroutines that end then
}

// command is a program with the browser's folder as its home.
func command(o Options, env []string, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(append(os.Environ(), "HOME="+o.Dir), env...)
	c.Stdout, c.Stderr = o.Log, o.Log
	c.WaitDelay = quitTime // what it started itself may keep its output open
	group.Own(c)
	return c
}

func start(c *exec.Cmd) (*process, error) {
	if err := c.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, &Missing{c.Args[0]}
		}
		return nil, fmt.Errorf("start %s: %w", c.Args[0], err)
	}
	return &process{cmd: c, ended: func() {}}, nil
}

// end asks the process to end, and makes it if it does not, with all that it has started.
func (p *process) end() {
	p.cmd.Process.Signal(os.Interrupt)
	kill := time.AfterFunc(quitTime, func() { p.cmd.Process.Kill() })
	p.cmd.Wait()
	kill.Stop()
	group.Kill(p.cmd) // fails if nothing is left
	p.ended()
	p.others.Wait()
}
