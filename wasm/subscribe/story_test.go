package subscribe

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The rule that the model checks: whatever happens to the socket, the page and the backend, a subscription shows the
// true outcome soon after the trouble is over, exactly once, shows none that is not true as final, and leaves nothing
// behind.

var modelRuns = flag.Int("model.runs", 2000, "random stories that the model tells")

// story is what happens in one run, in order.
type story []step

// step is one thing that happens, this long after the beginning.
type step struct {
	at time.Duration
	do string
}

// randomStory makes a story. Some have few kinds of faults, some only brief ones, and some have everything.
func randomStory(r *rand.Rand) story {
	act, fault := slices.Sorted(maps.Keys(acts)), slices.Sorted(maps.Keys(faults))
	of := fault
	switch r.IntN(4) {
	case 0:
		of = briefFaults
	case 1, 2:
		of = make([]string, 1+r.IntN(4))
		for i := range of {
			of[i] = fault[r.IntN(len(fault))]
		}
	}
	s := make(story, 3+r.IntN(25))
	for i := range s {
		do := of[r.IntN(len(of))]
		if r.IntN(3) == 0 {
			do = act[r.IntN(len(act))]
		}
		s[i] = step{time.Duration(r.IntN(120_000)) * time.Millisecond, do}
	}
	slices.SortStableFunc(s, func(a, b step) int { return int(a.at - b.at) })
	return s
}

// has reports whether one of these happens in the story.
func (s story) has(things ...string) bool {
	return slices.ContainsFunc(s, func(step step) bool { return slices.Contains(things, step.do) })
}

// prompt reports whether nothing delays the outcome for long.
func (s story) prompt() bool {
	cuts := 0
	for _, step := range s {
		if step.do == "cut" || step.do == "close" {
			cuts++
		}
		if !slices.Contains(briefFaults, step.do) && acts[step.do] == nil {
			return false
		}
	}
	return cuts <= 2
}

// soon returns what a subscription may need after the story. A message that was lost on a socket that lives is missed
// for at most a minute, as is the death of a socket that says nothing; a forged message counts for as long. A page that
// comes back is quick, one that was never away may be in the middle of its longest pause.
func (s story) soon() time.Duration {
	switch {
	case s.has("lose", "mute", "storm", "backend-loses", "forge-signed", "forge-rejected", "forge-expired", "forge-late",
		"forge-message"):
		return 75 * time.Second
	case s.has("hide", "freeze") && !s.has("hang"):
		return 12 * time.Second
	}
	return 45 * time.Second
}

func (s story) String() string {
	var b strings.Builder
	for _, step := range s {
		fmt.Fprintf(&b, "%s %s\n", step.at, step.do)
	}
	return b.String()
}

func parseStory(text string) (story, error) {
	var s story
	for line := range strings.Lines(text) {
		at, do, _ := strings.Cut(strings.TrimSpace(line), " ")
		d, err := time.ParseDuration(at)
		if err != nil {
			return nil, err
		}
		if acts[do] == nil && faults[do] == nil {
			return nil, errors.New("no step is called " + strconv.Quote(do))
		}
		s = append(s, step{d, do})
	}
	return s, nil
}

// play runs a story in a bubble of virtual time and returns what went wrong.
func (s story) play(t *testing.T) (failure string) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{platform: newPlatform(lifetime), prompt: s.prompt()}
		sub := New(Options{UUID: uuid, Dial: m.dial, Backend: &Backend{Ask: m.ask}, Notify: m.see})
		// The story alone decides, or it could not be told again.
		seed := rand.New(rand.NewPCG(uint64(s[0].at), 1))
		sub.jitter = func(d time.Duration) time.Duration { return time.Duration(seed.Int64N(int64(d))) }
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			err := sub.Run(ctx)
			m.mu.Lock()
			defer m.mu.Unlock()
			m.ended = true
			ended <- err
		}()
		until := func(at time.Duration) {
			for now := time.Since(m.began); now < at; now = time.Since(m.began) {
				time.Sleep(min(at-now, time.Second-now%time.Second))
				if time.Since(m.began)%time.Second == 0 {
					m.keepAlive(sub)
				}
			}
			synctest.Wait()
		}
		for _, step := range s {
			until(step.at)
			m.happen(sub, step.do)
		}
		until(time.Since(m.began) + time.Second)
		m.endFaults(sub, s.has("hide", "freeze"))
		until(max(time.Since(m.began), lifetime) + s.soon())
		m.check(ended)
		until(time.Since(m.began) + quiet)
		m.checkQuiet()
		cancel()
		time.Sleep(3 * time.Second) // of a slow close
		synctest.Wait()
		for _, l := range m.lines {
			if l.closed != 1 {
				m.fail("a socket was closed %d times", l.closed)
			}
		}
		failure = m.failure
	})
	return failure
}

// shrink drops what does not matter to the failure.
func (s story) shrink(t *testing.T) story {
	for again := true; again && len(s) > 1; {
		again = false
		for i := range s {
			if shorter := slices.Delete(slices.Clone(s), i, i+1); shorter.play(t) != "" {
				s, again = shorter, true
				break
			}
		}
	}
	return s
}

func TestModel(t *testing.T) {
	for worker := range 4 {
		t.Run(strconv.Itoa(worker), func(t *testing.T) {
			t.Parallel()
			for run := worker; run < *modelRuns && !t.Failed(); run += 4 {
				s := randomStory(rand.New(rand.NewPCG(uint64(run), 0)))
				if failure := s.play(t); failure != "" {
					short := s.shrink(t)
					t.Errorf("run %d: %s; keep this in testdata/stories as a test of its own:\n%s", run, short.play(t), short)
				}
			}
		})
	}
}

// Stories that went wrong once.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := parseStory(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if failure := s.play(t); failure != "" {
				t.Error(failure)
			}
		})
	}
}
