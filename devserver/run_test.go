package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/record"
)

// The files that the guide "Run it" has for other programs. What those programs say of them is asked where they are
// installed.

const runFiles = "../site/guides/code/run/"

// line returns what stands behind a word at the beginning of a line, which may go on in the next ones.
func line(t *testing.T, file, word string) string {
	t.Helper()
	match := regexp.MustCompile(`(?m)^\s*` + word + `((?:.*\\\n)*.*)$`).FindStringSubmatch(read(t, runFiles+file))
	if match == nil {
		t.Fatalf("%s: there is no %s", file, word)
	}
	return strings.TrimSpace(strings.ReplaceAll(match[1], "\\\n", " "))
}

// parsed are the options that a command line has, without its program.
func parsed(t *testing.T, args []string) options {
	t.Helper()
	o, err := parseOptions(args, func(string) string { return "" }, io.Discard)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return o
}

// unit are the program and the options of the systemd unit.
func unit(t *testing.T) (program string, o options) {
	t.Helper()
	command := strings.Fields(line(t, "xaman-live.service", "ExecStart="))
	return command[0], parsed(t, command[1:])
}

func TestUnit(t *testing.T) {
	program, o := unit(t)
	if dir := line(t, "xaman-live.service", "StateDirectory="); o.remembered.data != "/var/lib/"+dir {
		t.Errorf("got -data %s, want the unit's folder", o.remembered.data)
	}
	if !strings.HasPrefix(o.addr, "127.0.0.1:") || !strings.HasPrefix(o.privateAddr, "127.0.0.1:") ||
		len(o.proxies) == 0 || !o.json {
		t.Errorf("got %+v, want it behind a proxy on this machine", o)
	}
	stop := line(t, "xaman-live.service", "TimeoutStopSec=")
	if want := shutdownTimeout.Seconds() + 10; stop != fmt.Sprint(want) {
		t.Errorf("got TimeoutStopSec=%s, want %v", stop, want)
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		return
	}
	file := filepath.Join(t.TempDir(), "xaman-live.service")
	text := strings.Replace(read(t, runFiles+"xaman-live.service"), program, "/bin/true", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", file).CombinedOutput(); err != nil ||
		len(out) > 0 {
		t.Errorf("systemd-analyze: %v\n%s", err, out)
	}
}

func TestContainer(t *testing.T) {
	stages := strings.Split(read(t, runFiles+"Containerfile"), "\nFROM ")
	if last := stages[len(stages)-1]; len(stages) != 2 || !strings.HasPrefix(last, "scratch\n") {
		t.Errorf("got the last stage %s, want one that begins with nothing", last)
	}
	if user := line(t, "Containerfile", "USER "); !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("got user %s, want one that is not root, as a number", user)
	}
	var command []string
	if err := json.Unmarshal([]byte(line(t, "Containerfile", "ENTRYPOINT ")), &command); err != nil {
		t.Fatal(err)
	}
	_, further, _ := strings.Cut(read(t, runFiles+"container.sh"), "\n    xaman-live ")
	further, _, _ = strings.Cut(further, "\n")
	o := parsed(t, append(command[1:], strings.Fields(further)...))
	copied := regexp.MustCompile(`(?m)^COPY --from=build .*?(\S+)$`).FindAllStringSubmatch(stages[1], -1)
	for _, want := range []string{command[0], path.Join(o.site, "dist"), o.remembered.data, "/etc/ssl/certs/"} {
		if !slices.ContainsFunc(copied, func(match []string) bool { return match[1] == want }) {
			t.Errorf("nothing is copied to %s", want)
		}
	}
	for _, addr := range []string{o.addr, o.privateAddr} {
		port, ok := strings.CutPrefix(addr, "0.0.0.0:")
		if run := read(t, runFiles+"container.sh"); !ok || !strings.Contains(run, "-p 127.0.0.1:"+port+":"+port) ||
			!slices.Contains(strings.Fields(line(t, "Containerfile", "EXPOSE ")), port) {
			t.Errorf("%s cannot be reached from outside", addr)
		}
	}
	if o.origin == "" || len(o.proxies) == 0 {
		t.Errorf("got %+v, want it behind a proxy", o)
	}
}

func TestProxyFiles(t *testing.T) {
	_, o := unit(t)
	for file, word := range map[string]string{"nginx.conf": "server ", "Caddyfile": "reverse_proxy "} {
		match := regexp.MustCompile(`(?m)^\s*` + word + `([0-9.]+:\d+);?$`).FindStringSubmatch(read(t, runFiles+file))
		if match == nil || match[1] != o.addr {
			t.Errorf("%s: got %q, want it to pass on to %s", file, match, o.addr)
		}
	}
	port := o.addr[strings.LastIndexByte(o.addr, ':'):]
	if n := strings.Count(read(t, runFiles+"nginx-several.conf"), port+" "); n != 2 {
		t.Errorf("nginx-several.conf: got %d servers with the port%s, want 2", n, port)
	}
	for _, want := range []string{"Host $host;", "X-Forwarded-For $proxy_add_x_forwarded_for;"} {
		if text := read(t, runFiles+"nginx.conf"); !strings.Contains(text, "proxy_set_header "+want) {
			t.Errorf("nginx.conf does not pass on %s", want)
		}
	}
}

// The copy is made while the server does not run, and is a record.
func TestBackup(t *testing.T) {
	_, o := unit(t)
	dir := t.TempDir()
	data, backup, bin := filepath.Join(dir, "data"), filepath.Join(dir, "backup"), filepath.Join(dir, "bin")
	for _, folder := range []string{backup, bin} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r, err := record.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	secret := string(r.Secret())
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// What stops the server fails if there is a copy already, what starts it if there is none.
	stub := "#!/bin/sh\nls " + backup + "/* 2>/dev/null\ncase $1/$? in stop/2 | start/0) ;; *) exit 1 ;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(stub), 0o700); err != nil {
		t.Fatal(err)
	}
	script, _, _ := strings.Cut(read(t, runFiles+"backup.sh"), "# end")
	script = strings.NewReplacer(o.remembered.data, data, "/backup", backup).Replace(script)
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	copies, err := filepath.Glob(filepath.Join(backup, "*.db"))
	if err != nil || len(copies) != 1 {
		t.Fatalf("got %q, %v", copies, err)
	}
	restored := filepath.Join(dir, "restored")
	if err := os.Mkdir(restored, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(copies[0], filepath.Join(restored, "devserver.db")); err != nil {
		t.Fatal(err)
	}
	if r, err = record.Open(restored, nil); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if string(r.Secret()) != secret {
		t.Error("the copy is another record")
	}
}
