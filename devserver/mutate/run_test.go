package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// temporary makes the tool put its files into a folder of the test, and checks at the end that nothing of it is left.
func temporary(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	return dir
}

func TestRunFindsWhatTestsDoNotNotice(t *testing.T) {
	temporary(t)
	var out bytes.Buffer
	args := []string{"./testdata/sample", "-operators", "statement,arithmetic", "-timeout", "4s"}
	if err := run(t.Context(), args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	// Without i++ the loop does not end, so that a test is stopped; and there is a removal that no test can notice there.
	want := []string{
		"killed 6 of 8 viable changes, 75.0% (1 by the time limit); " +
			"2 survived, 1 of them where no test goes; 0 did not compile",
		"sample.go:22: statement: p.Owed = false → (removed)",
		"sample.go:27: statement: p.Paid = 0 → (removed) (no test goes there)",
	}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) != len(want) {
		t.Errorf("printed\n%s", out.String())
	}
	for _, line := range want {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("printed\n%swithout\n%s", out.String(), line)
		}
	}
	if last := got[len(got)-1]; last != want[0] {
		t.Errorf("ends with %q", last)
	}
}

func TestRunFailsBelowTheLeastPercentage(t *testing.T) {
	temporary(t)
	var out bytes.Buffer
	args := []string{"-min", "90", "-operators", "statement", "-skip", "TestSum", "-files", "s*.go", "./testdata/sample"}
	err := run(t.Context(), args, &out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "killed, less than 90%") {
		t.Errorf("got %v after\n%s", err, out.String())
	}
}

func TestWhatDoesNotCompileIsNotCounted(t *testing.T) {
	dir, err := filepath.Abs("testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	b := bench{dir: dir, temp: temporary(t)}
	all, err := mutants(filepath.Join(dir, "sample.go"), operators)
	if err != nil {
		t.Fatal(err)
	}
	withoutTests := all[0] // which do not compile with it
	withoutTests.start, withoutTests.end, withoutTests.text = 0, len(withoutTests.source), "package sample"
	all[0].text = "not Go"
	for _, m := range []mutant{all[0], withoutTests} {
		if got, err := b.try(t.Context(), m); got != notViable || err != nil {
			t.Errorf("%s: got %v, %v", m.text, got, err)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		name, args, want string
	}{
		{"no package", "-sample 3", "which package?"},
		{"two packages", "./testdata/sample ./testdata/broken", "one package at a time"},
		{"a pattern", "./testdata/...", "not one package"},
		{"no such package", "./testdata/missing", "missing"},
		{"an unknown operator", "./testdata/sample -operators none", `no operator "none"`},
		{"no such file", "./testdata/sample -files none.go", `matches "none.go"`},
		{"a bad glob", "./testdata/sample -files [", "syntax error"},
		{"tests that fail unchanged", "./testdata/broken", "do not pass unchanged"},
		{"a package without tests", "../../wasm/standin", "no tests"},
		{"nothing in parallel", "./testdata/sample -parallel 0", "-parallel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			temporary(t)
			err := run(t.Context(), strings.Fields(c.args), io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	temporary(t)
	ctx, cancel := context.WithCancel(t.Context())
	printed := writer(func(p []byte) {
		if strings.Contains(string(p), "to try") {
			cancel()
		}
	})
	if err := run(ctx, []string{"./testdata/sample"}, io.Discard, printed); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

// A test may start processes. They end with it, whether it ends by itself or not.
func TestNoProcessIsLeft(t *testing.T) {
	for name, script := range map[string]string{
		"ended":   `sleep 300 >&- 2>&- & echo $! >"$0"`,
		"stopped": `sleep 300 & echo $! >"$0"; wait`,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			file := filepath.Join(t.TempDir(), "pid")
			_, err := command(ctx, "", nil, "sh", "-c", script, file)
			if (err == nil) != (name == "ended") {
				t.Errorf("got %v", err)
			}
			pid, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			proc := "/proc/" + strings.TrimSpace(string(pid)) + "/stat"
			for range 100 {
				stat, err := os.ReadFile(proc)
				if err != nil || strings.Contains(string(stat), ") Z ") {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Errorf("%s is still there", proc)
		})
	}
}

func TestHelpNamesEachOperator(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-help"}, io.Discard, &out); err == nil {
		t.Error("no error for help")
	}
	for _, op := range operators {
		if !strings.Contains(out.String(), "  "+op.name+" ") {
			t.Errorf("help does not name %s", op.name)
		}
	}
}
