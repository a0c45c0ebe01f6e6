package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/group"
)

// bench is where a package's changes are tried. All that it makes is in a temporary folder.
type bench struct {
	pkg      string // import path
	dir      string // of the package
	files    []string
	tests    []string // flags that choose them
	timeout  time.Duration
	needs    time.Duration // of the unchanged tests
	idle     idle
	temp     string
	environs []string
}

// newBench finds the package's files and runs its unchanged tests, which have to pass.
func newBench(ctx context.Context, o options) (_ *bench, err error) {
	b := &bench{tests: []string{"-test.run=" + o.tests, "-test.skip=" + o.skip}, timeout: o.timeout}
	if b.temp, err = os.MkdirTemp("", "mutate-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if err := b.list(ctx, o); err != nil {
		return nil, err
	}
	if err := b.privateCache(ctx); err != nil {
		return nil, err
	}
	return b, b.baseline(ctx)
}

func (b *bench) close() error { return os.RemoveAll(b.temp) }

// privateCache makes a build cache that starts with what the user's has. What hundreds of changed packages compile to
// would fill that one.
func (b *bench) privateCache(ctx context.Context) error {
	out, err := command(ctx, "", nil, "go", "env", "GOCACHE")
	if err != nil {
		return err
	}
	shared, private := strings.TrimSpace(string(out)), filepath.Join(b.temp, "cache")
	b.environs = append(os.Environ(), "GOCACHE="+private, "TMPDIR="+b.temp)
	return filepath.WalkDir(shared, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another build has removed it meanwhile
		}
		if err != nil {
			return err
		}
		to := private + strings.TrimPrefix(name, shared)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		if os.Link(name, to) == nil {
			return nil
		}
		return os.Symlink(name, to) // a temporary folder on another file system; takes ten times as long
	})
}

// list asks the go command for the package's files.
func (b *bench) list(ctx context.Context, o options) error {
	out, err := command(ctx, "", nil, "go", "list",
		"-json=ImportPath,Dir,GoFiles,TestGoFiles,XTestGoFiles", "--", o.pkg)
	if err != nil {
		return err
	}
	var listed struct {
		ImportPath, Dir                    string
		GoFiles, TestGoFiles, XTestGoFiles []string
	}
	// A pattern gives an object for each package, or none.
	if err := json.Unmarshal(out, &listed); err != nil {
		return fmt.Errorf("%s is not one package: %w", o.pkg, err)
	}
	if len(listed.TestGoFiles)+len(listed.XTestGoFiles) == 0 {
		return fmt.Errorf("%s has no tests that are built here", o.pkg)
	}
	b.pkg, b.dir = listed.ImportPath, listed.Dir
	for _, name := range listed.GoFiles {
		wanted, err := matches(name, o.files)
		if err != nil {
			return err
		}
		if wanted {
			b.files = append(b.files, filepath.Join(b.dir, name))
		}
	}
	if len(b.files) == 0 {
		return fmt.Errorf("no file of %s matches %q", o.pkg, o.files)
	}
	return nil
}

// matches reports whether the file name matches one of the globs, all for none.
func matches(name, globs string) (bool, error) {
	var err error
	found := slices.ContainsFunc(strings.Split(globs, ","), func(glob string) bool {
		ok, bad := filepath.Match(glob, name)
		err = errors.Join(err, bad)
		return ok
	})
	return found || globs == "", err
}

// baseline runs the tests without a change: what they need, and what they do not run.
func (b *bench) baseline(ctx context.Context) error {
	binary, profile := filepath.Join(b.temp, "unchanged"), filepath.Join(b.temp, "profile")
	_, err := command(ctx, b.dir, b.environs, "go", "test", "-c", "-cover", "-coverpkg="+b.pkg, "-o", binary, ".")
	if err != nil {
		return err
	}
	// The bound only ends what would never end.
	bounded, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	began := time.Now()
	run := limited(binary, append(b.tests, "-test.coverprofile="+profile)...)
	if _, err := command(bounded, b.dir, b.environs, run...); err != nil {
		return fmt.Errorf("the tests do not pass unchanged: %w", err)
	}
	b.needs = time.Since(began)
	if b.timeout == 0 {
		b.timeout = 5*b.needs + 5*time.Second
	}
	b.idle, err = readIdle(profile)
	return err
}

// command runs a program to its end and returns what it wrote on its standard output. Once ctx ends, it and all that it
// started are killed.
func command(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, env
	var stdout, stderr tail
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	group.Own(cmd) // tests start servers, which would outlive them
	cmd.Cancel = func() error { return group.Kill(cmd) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		group.Kill(cmd) // fails if nothing is left
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s%s", filepath.Base(args[0]), err, stdout.bytes, stderr.bytes)
	}
	return stdout.bytes, nil
}

// tail keeps the last MiB of what is written to it.
type tail struct{ bytes []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.bytes = append(t.bytes, p...)
	if over := len(t.bytes) - 1<<20; over > 0 {
		t.bytes = t.bytes[over:]
	}
	return len(p), nil
}
