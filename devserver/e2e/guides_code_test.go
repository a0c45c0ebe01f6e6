//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"html/template"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The commands, workflows and pages that the guides show.

// copyFiles copies files of the guides into a folder of their own.
func copyFiles(t *testing.T, names ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(guideCode, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(name)), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The first command that anybody runs, with a build.sh that has built before.
func TestEndToEndFirstCommand(t *testing.T) {
	t.Parallel()
	dir := copyFiles(t, "start.sh")
	build := "#!/bin/sh\n[ \"$1\" = serve ] && exec " + program +
		" -addr 127.0.0.1:0 -sandbox-addr 127.0.0.1:0 -site . -data .\n"
	if err := os.WriteFile(filepath.Join(dir, "build.sh"), []byte(build), 0o700); err != nil {
		t.Fatal(err)
	}
	log := command(t, dir, nil, "sh", "-c", "exec sh -e start.sh")
	log.await(t, "Open http://127.0.0.1:")
	log.await(t, "Sandbox http://127.0.0.1:")
	help, err := exec.Command("../../build.sh", "help").Output()
	if err != nil || !strings.Contains(string(help), "./build.sh serve") {
		t.Errorf("got %s, %v", help, err)
	}
}

// Each step of the workflow is run, as far as it is a command, in a folder like that of a project.
func TestEndToEndWorkflow(t *testing.T) {
	t.Parallel()
	dir := copyFiles(t, "ci/with-sandbox.sh", "ci/shop.test.mjs", "ci/workflow.yml")
	project, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	workflow, err := os.ReadFile(filepath.Join(dir, "workflow.yml"))
	if err != nil {
		t.Fatal(err)
	}
	source := regexp.MustCompile(`path: (\S+)`).FindSubmatch(workflow)
	if err := os.Symlink(project, filepath.Join(dir, string(source[1]))); err != nil {
		t.Fatal(err)
	}
	steps := regexp.MustCompile(`(?m)^ +- run: (.*)$`).FindAllSubmatch(workflow, -1)
	if len(steps) < 2 || strings.Count(string(workflow), "run:") != len(steps) {
		t.Fatalf("got the steps %q", steps)
	}
	for _, step := range steps {
		cmd := exec.Command("bash", "-e", "-c", string(step[1]))
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", step[1], err, out)
		}
		if strings.Contains(string(step[1]), "--test") && !regexp.MustCompile(`(?m)^# pass 3$`).Match(out) {
			t.Errorf("%s: %s", step[1], out)
		}
	}
}

// What fails beside the sandbox fails the step.
func TestEndToEndWorkflowFails(t *testing.T) {
	t.Parallel()
	dir := copyFiles(t, "ci/with-sandbox.sh")
	for _, args := range [][]string{{"false"}, {"sh", "-c", "exit 3"}} {
		cmd := exec.Command("sh", append([]string{"with-sandbox.sh"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "XAMAN_LIVE="+program)
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("%q: it ends well: %s", args, out)
		}
	}
	cmd := exec.Command("sh", "with-sandbox.sh", "true")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "XAMAN_LIVE=false")
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Errorf("without a server: it ends well: %s", out)
	}
}

// A job may have credentials of the real platform for another of its steps.
func TestEndToEndWorkflowCredentials(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "with-sandbox.sh", "sh", "-c", "echo $BACKEND $SANDBOX")
	cmd.Dir = copyFiles(t, "ci/with-sandbox.sh")
	cmd.Env = append(os.Environ(), "XAMAN_LIVE="+program, "XAMAN_API_KEY=5a6d0c1e-0000-4000-8000-000000000007",
		"XAMAN_API_SECRET=5a6d0c1e-0000-4000-8000-000000000008", "XAMAN_LIVE_KEY=short")
	out, err := cmd.CombinedOutput()
	if err != nil || !regexp.MustCompile(`^http://127.0.0.1:\d+ http://127.0.0.1:\d+\n$`).Match(out) {
		t.Errorf("got %v: %s", err, out)
	}
}

// A job that is cancelled leaves nothing behind.
func TestEndToEndWorkflowCancelled(t *testing.T) {
	t.Parallel()
	dir := copyFiles(t, "ci/with-sandbox.sh")
	// What the tests ignore, as those do that are run in the background, the shell could not but ignore.
	heeded := make(chan os.Signal, 1)
	signal.Notify(heeded, syscall.SIGINT, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(heeded) })
	for sent, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 143} {
		t.Run(sent.String(), func(t *testing.T) {
			t.Parallel()
			folder, log := t.TempDir(), &output{}
			cmd := exec.Command("sh", "with-sandbox.sh", "sh", "-c", "echo begins; exec sleep 60")
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "XAMAN_LIVE="+program, "TMPDIR="+folder)
			cmd.Stdout, cmd.Stderr = log, log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			kill := time.AfterFunc(maxWait, func() { cmd.Process.Kill() })
			defer kill.Stop()
			log.await(t, "begins")
			cmd.Process.Signal(sent)
			cmd.Wait()
			left, err := os.ReadDir(folder)
			if got := cmd.ProcessState.ExitCode(); got != want || len(left) > 0 || err != nil {
				t.Errorf("it ends with %d, want %d, and leaves %v, %v: %s", got, want, left, err, log.String())
			}
		})
	}
}

// What people come from: the vendor's SDK, which the tests install.
func TestEndToEndSubscribe(t *testing.T) {
	t.Parallel()
	packages, err := filepath.Abs(os.Getenv("XUMM_SDK"))
	if err != nil || os.Getenv("XUMM_SDK") == "" {
		t.Fatalf("XUMM_SDK has to be a folder with node_modules/xumm-sdk, as in ./build.sh test: %v", err)
	}
	dir := copyFiles(t, "before/subscribe.mjs")
	if err := os.Symlink(filepath.Join(packages, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	platform := startPlatform(t, quick)
	log := command(t, dir, []string{
		"XAMAN_API_KEY=" + sandbox.Key, "XAMAN_API_SECRET=" + sandbox.Secret, "SANDBOX=" + platform,
	}, "node", "subscribe.mjs")
	log.await(t, platform+"/sign/")
	log.await(t, "subscription active") // what was said before it would never hear
	_, uuid, _ := strings.Cut(strings.TrimSpace(log.String()), "/sign/")
	d := devserver{sandbox: platform}
	d.phone(t, payload.UUID(uuid[:36]), "accept")
	log.await(t, "paid")
}

// The link and the image that a page has, and the same within the element: filled in with what the platform answers.
func TestEndToEndPaymentPage(t *testing.T) {
	t.Parallel()
	pages := template.Must(template.ParseFiles(filepath.Join(guideCode, "before/payment.html")))
	s := openShop(t)
	tb := newVisitor(t, s.devserver)
	tb.open(s.add(t, "made here", ""))
	uuid, made := tb.create("pay"), get[json.RawMessage](tb, `created.payload`)
	var created struct {
		Next struct{ Always string }
		Refs struct {
			QRPNG string `json:"qr_png"`
		}
		JSON string `json:"-"`
	}
	if err := json.Unmarshal(made, &created); err != nil {
		t.Fatal(err)
	}
	created.JSON = string(made)
	var out strings.Builder
	if err := pages.Execute(&out, created); err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(out.String(), "<xaman-sign-request")
	tb.open(s.add(t, "before", before))
	tb.await(`document.images.length === 1 && document.images[0].naturalWidth > 0 && document.links.length === 1`)
	// The sandbox is no place that links may lead to by themselves, as Xaman's platform is.
	element := `<xaman-sign-request platform="` + s.sandbox + `"` + after
	tb.open(s.add(t, "after", element))
	tb.awaitLive()
	s.phone(t, uuid, "open")
	tb.awaitPhase(payload.PhaseOpened)
	tb.wantNoProblems()
}
