package webdriver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Engine is one that is known here.
type Engine struct {
	Name    string
	Install string // packages of Debian that bring what it needs
	start   func(ctx context.Context, o Options) (*Browser, error)
}

// Engines are all that are known.
var Engines = []Engine{
	{"chromium", "chromium chromium-driver", startChromium},
	{"firefox", "firefox-esr", startFirefox},
	{"webkit", "webkit2gtk-driver xvfb", startWebKit},
}

// Options say how a browser is started.
type Options struct {
	Dir       string    // an empty folder for its files
	Log       io.Writer // gets what its processes say
	NoCookies bool      // it refuses cookies
}

// startTime is how long a browser has to start, on a machine with much else to do.
const startTime = time.Minute

// Start starts a browser, without a window that anybody sees. The error is a [*Missing] if a program is not there.
func (e Engine) Start(o Options) (*Browser, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	b, err := e.start(ctx, o)
	return b, wrap(err, "start %s (Debian: sudo apt-get install %s)", e.Name, e.Install)
}

// startChromium starts Chromium's driver, and that the browser. Nobody else can reach the pages that it is shown, so it
// does without its sandbox, which the administrator of a machine and many containers do not have.
func startChromium(ctx context.Context, o Options) (*Browser, error) {
	cookies := map[bool]int{false: 1, true: 2}[o.NoCookies] // allowed, blocked
	return startClassic(ctx, o, nil, map[string]any{"goog:chromeOptions": map[string]any{
		"args":  []string{"--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"},
		"prefs": map[string]any{"profile.default_content_setting_values.cookies": cookies},
	}}, "chromedriver")
}

// startWebKit starts a screen in memory, and WebKit's driver, which starts the browser there.
func startWebKit(ctx context.Context, o Options) (*Browser, error) {
	number, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer number.Close()
	const first = "3" // of the files that a process gets beside the standard ones
	screen := command(o, nil, "Xvfb", "-displayfd", first, "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	screen.ExtraFiles = []*os.File{tell}
	x, err := start(screen)
	tell.Close()
	if err != nil {
		return nil, err
	}
	display, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		x.end()
		return nil, fmt.Errorf("number of the screen: %w", err)
	}
	arguments := []string{"--automation"}
	if o.NoCookies {
		arguments = append(arguments, "--cookies-policy=never")
	}
	b, err := startClassic(ctx, o, []string{"DISPLAY=:" + strings.TrimSpace(display), "GDK_BACKEND=x11"}, map[string]any{
		"webkitgtk:browserOptions": map[string]any{"args": arguments},
	}, "WebKitWebDriver")
	if err != nil {
		x.end()
		return nil, err
	}
	b.processes = append([]*process{x}, b.processes...)
	return b, nil
}

// startClassic starts a driver, and a browser by it.
func startClassic(
	ctx context.Context, o Options, env []string, capabilities map[string]any, driver string,
) (*Browser, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p, err := start(command(o, env, driver, "--port="+port))
	if err != nil {
		return nil, err
	}
	url := "http://127.0.0.1:" + port
	if err := ready(ctx, url); err != nil {
		p.end()
		return nil, fmt.Errorf("%s: %w", driver, err)
	}
	c, err := newClassic(ctx, url, capabilities)
	if err != nil {
		p.end()
		return nil, fmt.Errorf("%s: %w", driver, err)
	}
	return &Browser{protocol: c, processes: []*process{p}}, nil
}

// ready waits until a driver answers.
func ready(ctx context.Context, url string) error {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, "GET", url+"/status", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(r); err == nil {
			return res.Body.Close()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// settings of Firefox: it asks nobody for news, and takes what happens meanwhile as it is.
const settings = `
	user_pref('services.settings.server', 'data:,#remote-settings-dummy/v1');
	user_pref('app.normandy.enabled', false);
	user_pref('network.captive-portal-service.enabled', false);
	user_pref('network.connectivity-service.enabled', false);
	user_pref('network.cookie.cookieBehavior', %d);
`

// startFirefox starts Firefox, which has a BiDi server of its own and says where.
func startFirefox(ctx context.Context, o Options) (*Browser, error) {
	cookies := map[bool]int{false: 5, true: 2}[o.NoCookies] // the browser's own way, none
	text := fmt.Sprintf(settings, cookies)
	if err := os.WriteFile(filepath.Join(o.Dir, "user.js"), []byte(text), 0o600); err != nil {
		return nil, err
	}
	name := "firefox-esr"
	if _, err := exec.LookPath(name); err != nil {
		name = "firefox"
	}
	firefox := command(o, nil, name, "--headless", "--no-remote", "--profile", o.Dir, "--remote-debugging-port", "0",
		"--width", "1280", "--height", "1000")
	out, in := io.Pipe()
	firefox.Stderr = io.MultiWriter(o.Log, in)
	p, err := start(firefox)
	if err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	p.others.Go(func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, url, ok := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); ok {
				found <- url
			}
		}
		io.Copy(io.Discard, out)
	})
	p.ended = func() { in.Close() }
	select {
	case url := <-found:
		b, err := newBiDi(ctx, url)
		if err != nil {
			p.end()
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return &Browser{protocol: b, processes: []*process{p}}, nil
	case <-ctx.Done():
		p.end()
		return nil, fmt.Errorf("%s: no word of a server: %w", name, ctx.Err())
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
