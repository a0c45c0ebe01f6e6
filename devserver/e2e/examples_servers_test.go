//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Applications as they are developed, with the unbundled package and with what frameworks complain of meanwhile. There,
// too, React's StrictMode mounts twice and makes one request.
func TestEndToEndExamplesInDevelopment(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"react", "svelte", "vue"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, nil)
			d.site = startExample(t, name, d, "ready in", "vite/bin/vite.js", "--host", "HOST", "--port", "PORT", "--strictPort")
			tb := newVisitor(t, d)
			tb.open("/")
			tb.click(`document.querySelector('.button')`)
			tb.signExample()
			tb.wantNoProblems()
		})
	}
}

// startExample runs the server of an application, a program of its packages, until the test ends, and returns its
// origin. It is told to listen to PORT of HOST, and is ready when it says so.
func startExample(t *testing.T, name string, d devserver, ready, program string, args ...string) string {
	t.Helper()
	addr := freeAddr(t)
	host, port, _ := strings.Cut(addr, ":")
	for i := range args {
		args[i] = strings.NewReplacer("HOST", host, "PORT", port).Replace(args[i])
	}
	env := []string{"BACKEND=" + d.site, "NEXT_TELEMETRY_DISABLED=1"}
	runExample(t, name, env, ready, append([]string{filepath.Join("node_modules", program)}, args...)...)
	return "http://" + addr
}

// runExample runs a program of an application until the test ends, and returns when it says that it is ready.
func runExample(t *testing.T, name string, env []string, ready string, args ...string) {
	t.Helper()
	log := &output{}
	cmd := exec.Command("node", args...)
	cmd.Dir = example(t, name)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it starts others
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		if t.Failed() {
			t.Logf("log of the application:\n%s", log.String())
		}
	})
	log.await(t, ready)
}
