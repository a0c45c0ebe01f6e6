package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// outcome is what became of a mutant.
type outcome int

const (
	notViable outcome = iota // it does not compile
	killed                   // a test failed
	timedOut                 // the tests did not end, which counts as killed
	survived                 // no test failed
	unreached                // no test runs this code
)

// score counts outcomes.
type score [unreached + 1]int

func (s score) viable() int { return s[killed] + s[timedOut] + s[survived] + s[unreached] }

func (s score) percent() float64 {
	if s.viable() == 0 {
		return 100
	}
	return 100 * float64(s[killed]+s[timedOut]) / float64(s.viable())
}

func (s score) String() string {
	return fmt.Sprintf("killed %d of %d viable changes, %.1f%% (%d by the time limit); "+
		"%d survived, %d of them where no test goes; %d did not compile",
		s[killed]+s[timedOut], s.viable(), s.percent(), s[timedOut], s[survived]+s[unreached], s[unreached], s[notViable])
}

// tryAll tries all mutants, some at a time, and prints those that survive as they are found.
func (b *bench) tryAll(ctx context.Context, all []mutant, parallel int, stdout, stderr io.Writer) (score, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		count score
		done  int
		group sync.WaitGroup
	)
	report := func(m mutant, o outcome) {
		mu.Lock()
		defer mu.Unlock()
		count[o]++
		switch o {
		case survived:
			fmt.Fprintln(stdout, m)
		case unreached:
			fmt.Fprintln(stdout, m, "(no test goes there)")
		}
		if done++; done%100 == 0 {
			fmt.Fprintf(stderr, "%d of %d tried\n", done, len(all))
		}
	}
	queue := make(chan mutant)
	for range parallel {
		group.Go(func() {
			for m := range queue {
				o, err := b.try(ctx, m)
				if err != nil {
					cancel(err)
					return
				}
				report(m, o)
			}
		})
	}
feed:
	for _, m := range all {
		select {
		case queue <- m:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	group.Wait()
	return count, context.Cause(ctx)
}

// try compiles the tests with one change and runs them.
func (b *bench) try(ctx context.Context, m mutant) (outcome, error) {
	file := filepath.Base(m.file)
	if slices.ContainsFunc(b.idle[file], func(code block) bool { return code.has(m.line, m.col) }) {
		return unreached, nil
	}
	dir, err := os.MkdirTemp(b.temp, "change-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(dir, m)
	if err != nil {
		return 0, err
	}
	binary := filepath.Join(dir, "tests")
	_, err = command(ctx, b.dir, b.environs, "go", "test", "-c", "-overlay="+overlay, "-o", binary, ".")
	switch {
	case err == nil:
	case ctx.Err() == nil && strings.Contains(err.Error(), ".go:"): // a test may be what does not compile with it
		return notViable, nil
	default:
		return 0, err
	}
	bounded, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	// Whatever the tests leave goes with the folder.
	environs := append(slices.Clip(b.environs), "TMPDIR="+dir)
	// Should this program itself be killed, the tests end by their own clock.
	flags := append(slices.Clip(b.tests), "-test.failfast", "-test.timeout="+(b.timeout+time.Second).String())
	_, err = command(bounded, b.dir, environs, limited(binary, flags...)...)
	switch {
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return timedOut, nil
	case err != nil:
		return killed, nil
	}
	return survived, nil
}

// writeOverlay writes the changed file, and the file that tells the go command to take it for the one of the package.
func writeOverlay(dir string, m mutant) (string, error) {
	changed, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(changed, m.changed(), 0o600); err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {m.file: changed}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, replace, 0o600)
}
