package e2e

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"
)

// program is the dev server, as it is built for people.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		log.Fatal(err)
	}
	program = filepath.Join(dir, "devserver")
	args := []string{"build", "-o", program}
	race := debug.BuildSetting{Key: "-race", Value: "true"}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, race) {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "..")...).CombinedOutput(); err != nil {
		log.Fatalf("build the dev server: %v\n%s", err, out)
	}
	goleak.VerifyTestMain(journeys{m}, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// journeys are the tests. To start a browser takes as long as a journey, so that all those in tabs share one.
type journeys struct{ tests *testing.M }

func (j journeys) Run() int {
	defer func() { closeBrowser() }()
	return j.tests.Run()
}

var (
	closeBrowser = func() {}
	browser      = sync.OnceValues(func() (ctx context.Context, err error) {
		ctx, closeBrowser, err = startBrowser()
		return ctx, err
	})
)

// leftOut are parts of Chromium, the first three of which chromedp leaves out by itself. With the others each window
// would load two pages more, for suggestions below an address bar that nobody sees: 0.6 of the 0.9 s that it takes.
const leftOut = "site-per-process,Translate,BlinkGenPropertyTrees,WebUIOmniboxPopup,WebUIOmniboxAimPopup"

// startBrowser starts Chromium. What it returns is called even if it fails.
func startBrowser() (context.Context, func(), error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-features", leftOut))
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	return ctx, func() { cancel(); cancelAllocator() }, chromedp.Run(ctx)
}

// programKey is what a site's own program shows to the private API.
const programKey = "a-key-that-is-for-the-tests-alone-0123456789"

// devserver is where a running dev server is reached.
type devserver struct{ site, sandbox string }

// start runs the dev server until the test ends, which has to be a good one.
func start(t testing.TB, env map[string]string, args ...string) devserver {
	t.Helper()
	site := t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "index.html"), []byte("<title>demo</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &process{env: env, args: append([]string{
		"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", site, "-data", t.TempDir(),
	}, args...)}
	p.start(t)
	t.Cleanup(func() {
		p.cmd.Process.Signal(os.Interrupt)
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("the server ended with %v:\n%s", err, p.log.String())
		}
	})
	return p.devserver
}

// process is a dev server in a process of its own, which can be killed and started again where it was.
type process struct {
	devserver
	data string
	args []string
	env  map[string]string
	cmd  *exec.Cmd
	log  output // of all its lives
}

// output is a log that can be waited for.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *output) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *output) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *output) await(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(maxWait)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	whole := func() string { // some programs write a line in pieces
		said := l.String()
		return said[:strings.LastIndexByte(said, '\n')+1]
	}
	for !strings.Contains(whole(), text) {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("got no %q in the log", text)
		}
	}
}

// newProcess is a dev server that uses another one's sandbox.
func newProcess(t *testing.T, addr, data, platform string) *process {
	p := &process{data: data, env: sandboxCredentials, args: []string{
		"-addr", addr, "-data", data, "-site", t.TempDir(), "-platform", platform, "-ledger", platform + "/ledger",
	}}
	p.site, p.sandbox = "http://"+addr, platform
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the server:\n%s", p.log.String())
		}
	})
	return p
}

// port is the one that was given out last.
var port atomic.Int64

// freeAddr is an address that stays free for a server that is killed and started again: systems choose the ports of
// connections, and those of servers that name none, from higher ones.
func freeAddr(t *testing.T) string {
	t.Helper()
	const lowest, count = 20_000, 12_000
	port.CompareAndSwap(0, rand.Int64N(count))
	for range count {
		addr := fmt.Sprintf("127.0.0.1:%d", lowest+port.Add(1)%count)
		if free, err := net.Listen("tcp", addr); err == nil {
			free.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (p *process) start(t testing.TB) {
	t.Helper()
	p.cmd = exec.Command(program, p.args...)
	p.cmd.Env = os.Environ()
	for name, value := range p.env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := p.cmd
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "Open ") {
		t.Fatalf("start: got %q, %v\n%s", lines.Text(), lines.Err(), p.log.String())
	}
	p.site = strings.TrimSuffix(strings.TrimPrefix(lines.Text(), "Open "), "/")
	lines.Scan()
	if fields := strings.Fields(lines.Text()); fields[0] == "Sandbox" {
		p.sandbox = strings.TrimSuffix(fields[1], "/")
	}
}

// kill gives the process no chance to do anything more.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
}
