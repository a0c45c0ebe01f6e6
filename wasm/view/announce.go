package view

import (
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// spoken is what a card has to say when something comes to be so, and in which words. Most models say nothing new:
// texts are written by [Announce].
type spoken struct {
	texts   Texts
	formats Formats
	topic   string // what the card says, the same in all languages; "": nobody has asked for anything
	outcome string // which end this is; "": none
	kept    Kept
	copied  ActionID
	lost    bool // the connection is
	silent  bool // so is the backend
}

// spoken returns what the card would say of itself.
func (in *Input) spoken(p phrase, m *Model) spoken {
	if in.closed() && in.loading() {
		return spoken{}
	}
	s := spoken{texts: in.Texts, formats: in.Formats, topic: p.topic, kept: in.Kept, silent: in.silent(),
		lost: m.Status != "" && unheard(in.Connection)}
	switch {
	case in.Failure != "" && !in.Trying:
		s.outcome = string(in.Failure)
	case in.Failure == "" && in.ended():
		s.outcome = string(m.Phase)
	}
	if in.Now.Before(in.CopiedUntil) {
		s.copied = in.Copied
	}
	return s
}

// limited reports whether there is something to say of how much time there is.
func (m *Model) limited() bool {
	return m.spoken.topic != "" && m.Countdown.Label != "" && m.Countdown.Left > 0
}

// limit is how much time there is; "": nothing is said of it.
func (m *Model) limit() string {
	if !m.limited() {
		return ""
	}
	return m.spoken.texts.text("spoken.limit", "time", m.spoken.formats.Duration(whole(m.Countdown.Left)))
}

// inOne is the title with a line, in one sentence.
func (m *Model) inOne(line string) string {
	if m.spoken.topic == "" {
		return ""
	}
	return m.spoken.texts.text("spoken.stage", "title", m.Title, "line", line)
}

// summary is all that a card says of itself when it comes to be so.
func (m *Model) summary() string {
	line := m.Line
	if scannable(m.Phase) && !m.spoken.silent {
		line = m.spoken.texts.join(m.limit(), line)
	}
	return m.inOne(line)
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
func Announce(before, after *Model) (say Speech) {
	was, is := &before.spoken, &after.spoken
	t := is.texts
	var polite []string
	switch {
	case is.outcome != "":
		if is.outcome != was.outcome {
			say.Alert = after.summary()
		}
	case is.topic != was.topic:
		polite = append(polite, after.summary())
	case !before.limited() && after.limited(): // a moment later, and it takes the place of what is being read
		polite = append(polite, after.inOne(after.limit()))
	case reminded(before.Countdown, after.Countdown):
		polite = append(polite, t.text("spoken.left", "time", is.formats.Duration(after.Countdown.Left)))
	}
	if before.Danger == "" && after.Danger != "" {
		polite = append(polite, t.text("spoken.danger", "danger", after.Danger))
	}
	for _, news := range []struct {
		came bool
		text string
	}{
		{is.kept != "" && is.kept != was.kept, after.Status},
		{is.lost && !was.lost && is.kept == "", after.Status},
		{was.lost && !is.lost && after.Connection == payload.Live, t.text("spoken.back")},
		{is.copied != "" && is.copied != was.copied, t.text("action.copied")},
		{before.Code.Warning == "", after.Code.Warning},
		{before.Code.Warning != "" && after.Code.Warning == "" && after.scannable(), t.text("spoken.visible")},
	} {
		if news.came && news.text != "" {
			polite = append(polite, news.text)
		}
	}
	say.Polite = strings.Join(polite, " ")
	return say
}

// scannable reports whether a code is shown that a phone can read.
func (m *Model) scannable() bool { return m.Stage == StageCode && !m.Code.Dim }

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
