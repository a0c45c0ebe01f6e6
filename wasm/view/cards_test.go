package view

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// caseWords are what testdata/cards.txt calls the parts of an input, but for those with a value of their own.
var caseWords = map[string]func(*Input){
	"plain":              func(*Input) {},
	"none":               func(in *Input) { *in = Input{Now: now} },
	"touch":              func(in *Input) { in.Touch = true },
	"show-code":          func(in *Input) { in.ShowQR = true },
	"once":               func(in *Input) { in.Renewable = false },
	"renewable":          func(in *Input) { in.Renewable = true },
	"known":              func(in *Input) { in.Known = true },
	"trying":             func(in *Input) { in.Trying = true },
	"open":               func(in *Input) { in.Open = true },
	"silent":             func(in *Input) { in.Unanswered = 1 },
	"keyed":              func(in *Input) { in.Keyed = true },
	"outdated":           func(in *Input) { in.Outdated = true },
	"alone":              func(in *Input) { in.State.Alone = true },
	"no-deadline":        func(in *Input) { in.State.Deadline = time.Time{} },
	"sign-in":            func(in *Input) { in.State.Answer.Summary.Type = "SignIn" },
	"pushed":             func(in *Input) { in.State.Pushed = true },
	"opened":             func(in *Input) { in.State.Opened = true },
	"pre-signed":         func(in *Input) { in.State.PreSigned = true },
	"dispatched":         func(in *Input) { in.State.Dispatched = true },
	"expired":            func(in *Input) { in.State.Expired = true },
	"not-found":          func(in *Input) { in.State.NotFound = true },
	"announced-signed":   func(in *Input) { in.State.Announced = payload.AnnouncedSigned },
	"announced-rejected": func(in *Input) { in.State.Announced = payload.AnnouncedRejected },
}

// inputOf is the input of a case in testdata/cards.txt.
func inputOf(t *testing.T, words string) Input {
	t.Helper()
	in := input(payload.State{})
	for word := range strings.FieldsSeq(words) {
		name, value, _ := strings.Cut(word, ":")
		switch name {
		case "answer":
			in.State.Answer.Status = payload.Status(value)
		case "verdict":
			in.State.Answer.Verdict = payload.Verdict(value)
		case "connection":
			in.Connection = payload.Connection(value)
		case "failure":
			in.Failure = payload.Code(value)
		case "layout":
			in.Layout = Layout(value)
		case "kept":
			in.Kept = Kept(value)
		case "began":
			ago, err := time.ParseDuration(value)
			if err != nil {
				t.Fatal(err)
			}
			in.Began = now.Add(-ago)
		default:
			if caseWords[word] == nil {
				t.Fatalf("nothing is called %q", word)
			}
			caseWords[word](&in)
		}
	}
	return in
}

// shapeOf is what a line of testdata/cards.txt says of a model.
func shapeOf(m Model) string {
	code, link, steps := "", "", ""
	switch {
	case m.Stage == StageCode && m.Code.Dim:
		code = "dim"
	case m.Stage == StageCode:
		code = "shown"
	}
	switch {
	case m.Link.Label != "" && m.Link.Primary:
		link = "primary"
	case m.Link.Label != "":
		link = "shown"
	}
	var actions, more []string
	for _, a := range m.Actions {
		star := ""
		if a.Primary {
			star = "*"
		}
		actions = append(actions, string(a.ID)+star)
	}
	for i, step := range m.Steps {
		steps += map[Progress]string{Done: fmt.Sprint(i + 1), Current: ">", Todo: "."}[step.Progress]
	}
	for name, is := range map[string]bool{
		"guide": len(m.Guide) > 0, "notice": m.Notice != "", "status": m.Status != "",
		"urgent": Announce(&Model{}, &m).Alert != "",
	} {
		if is {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	columns := []string{
		string(m.Phase) + " " + string(m.Tone), m.Title, code, link, m.Countdown.Time, strings.Join(actions, " "), steps,
		strings.Join(more, " "),
	}
	for i, column := range columns {
		columns[i] = cmp.Or(column, "-")
	}
	return strings.TrimRight(strings.Join(columns, " | "), " |-")
}

func TestCards(t *testing.T) {
	text, err := os.ReadFile("testdata/cards.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, cards, _ := strings.Cut(string(text), "\n\n")
	for line := range strings.Lines(cards) {
		words, want, _ := strings.Cut(strings.TrimSpace(line), ": ")
		t.Run(words, func(t *testing.T) {
			if got := shapeOf(rendered(inputOf(t, words))); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}
