package view

import (
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// spoken is what a card has to say when something comes to be so, with what that is.
type spoken struct {
	topic   string // what the card says, the same in all languages
	outcome string // which end this is; "": none
	stage   string // title and line, in one

	limit   string // title and how much time there is
	left    string // how much time is left; "": nothing is said of it
	danger  string
	kept    Kept
	copied  ActionID
	copying string
	lost    bool   // the connection is
	back    string // when it no longer is
	visible string // when the whole code can be seen again
}

// spoken returns what the card would say of itself.
func (in Input) spoken(p phrase, m Model) spoken {
	t := in.Texts
	if in.closed() && in.loading() {
		return spoken{} // nobody has asked for anything
	}
	s := spoken{topic: p.topic, kept: in.Kept, lost: m.Status != "" && unheard(in.Connection),
		back: t.text("spoken.back"), visible: t.text("spoken.visible")}
	switch {
	case in.Failure != "" && !in.Trying:
		s.outcome = string(in.Failure)
	case in.Failure == "" && in.ended():
		s.outcome = string(m.Phase)
	}
	if m.Danger != "" {
		s.danger = t.text("spoken.danger", "danger", m.Danger)
	}
	if m.Countdown.Label != "" && m.Countdown.Left > 0 {
		s.limit = t.text("spoken.limit", "time", in.Formats.Duration(whole(m.Countdown.Left)))
		s.left = t.text("spoken.left", "time", in.Formats.Duration(m.Countdown.Left))
	}
	line := m.Line
	if scannable(m.Phase) && !in.silent() {
		line = t.join(s.limit, line)
	}
	if s.limit != "" {
		s.limit = t.text("spoken.stage", "title", m.Title, "line", s.limit)
	}
	s.stage = t.text("spoken.stage", "title", m.Title, "line", line)
	if in.Now.Before(in.CopiedUntil) {
		s.copied, s.copying = in.Copied, t.text("action.copied")
	}
	return s
}

// whole returns d in whole minutes, unless it is short. Some seconds are gone when a request comes to be shown.
func whole(d time.Duration) time.Duration {
	if d < 2*time.Minute {
		return d
	}
	return (d + 15*time.Second).Truncate(time.Minute)
}

// reminders are when those who cannot see the countdown hear of it.
var reminders = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute}

// Announce returns what is said when a card changes: a sentence for each stage, an alert for each outcome, and in
// between what has come to be so. A change of language alone says nothing.
func Announce(before, after Model) (say Speech) {
	was, is := before.spoken, after.spoken
	var polite []string
	switch {
	case is.outcome != "":
		if is.outcome != was.outcome {
			say.Alert = is.stage
		}
	case is.topic != was.topic:
		polite = append(polite, is.stage)
	case was.limit == "" && is.limit != "": // a moment later, and it takes the place of what is being read
		polite = append(polite, is.limit)
	case reminded(before.Countdown, after.Countdown):
		polite = append(polite, is.left)
	}
	for _, news := range []struct {
		came bool
		text string
	}{
		{was.danger == "" && is.danger != "", is.danger},
		{is.kept != "" && is.kept != was.kept, after.Status},
		{is.lost && !was.lost && is.kept == "", after.Status},
		{was.lost && !is.lost && after.Connection == payload.Live, is.back},
		{is.copied != "" && is.copied != was.copied, is.copying},
		{before.Code.Warning == "", after.Code.Warning},
		{before.Code.Warning != "" && after.Code.Warning == "" && after.scannable(), is.visible},
	} {
		if news.came && news.text != "" {
			polite = append(polite, news.text)
		}
	}
	say.Polite = strings.Join(polite, " ")
	return say
}

// scannable reports whether a code is shown that a phone can read.
func (m Model) scannable() bool { return m.Stage == StageCode && !m.Code.Dim }

// reminded reports whether one of the reminders is due.
func reminded(before, after Countdown) bool {
	if before.Label == "" || after.Label == "" || after.Left <= 0 {
		return false
	}
	for _, at := range reminders {
		if before.Left > at && after.Left <= at {
			return true
		}
	}
	return false
}
