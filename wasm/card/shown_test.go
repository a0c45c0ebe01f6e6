package card

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// shownCard is a card on its page, which is a [Page] that remembers what it was told.
type shownCard struct {
	*Card
	w        *world
	stop     context.CancelFunc
	ended    chan struct{}
	open     bool
	model    view.Model
	shows    []time.Time
	link     string
	code     qr.Matrix
	selected string // what was made ready to be copied by hand
	said     []view.Speech
	copied   string
	events   []map[string]any

	onShow  func() error // may panic
	onEvent func(event map[string]any)
	openErr error
	drawErr error
	copyErr error
}

// card shows a card until the test ends. Changes are made to it before that.
func (w *world) card(o Options, changes ...func(*shownCard)) *shownCard {
	w.t.Helper()
	s := &shownCard{w: w, ended: make(chan struct{})}
	for _, change := range changes {
		change(s)
	}
	o.Page, o.Clock, o.Dial, o.Storage = s, w.clock, w.dial, w.storage
	o.Copy = func(_ context.Context, text string) error { s.copied = text; return s.copyErr }
	o.Tell = func(message string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tells = append(w.tells, message)
		for _, c := range w.cards {
			if c != s {
				c.Hear(message)
			}
		}
	}
	s.Card = New(o)
	w.cards = append(w.cards, s)
	ctx, cancel := context.WithCancel(w.t.Context())
	s.stop = cancel
	go func() { s.Run(ctx); close(s.ended) }()
	w.settle()
	return s
}

func (s *shownCard) close() {
	s.w.sync()
	s.stop()
	<-s.ended
	if s.open {
		s.w.t.Error("a card was left on the page")
	}
}

func (s *shownCard) Open() error                      { s.open = s.openErr == nil; return s.openErr }
func (s *shownCard) Close() error                     { defer s.w.sync(); s.open = false; return s.drawErr }
func (s *shownCard) Draw(link string, code qr.Matrix) { s.link, s.code = link, code }
func (s *shownCard) SelectLink()                      { s.selected = s.model.Field.Text }

func (s *shownCard) Show(m *view.Model) {
	s.w.sync()
	s.model, s.shows = *m, append(s.shows, time.Now())
	if s.onShow != nil {
		s.drawErr = s.onShow()
	}
}

func (s *shownCard) Count(left view.Countdown) {
	s.w.sync()
	s.model.Countdown, s.shows = left, append(s.shows, time.Now())
}

func (s *shownCard) Say(speech view.Speech) {
	s.w.sync()
	s.said = append(s.said, speech)
}

func (s *shownCard) Emit(event map[string]any) {
	s.w.sync()
	s.events = append(s.events, event)
	if s.onEvent != nil {
		s.onEvent(event)
	}
}

// click does what a visitor does who sees the button, at the same moment as often as it is given.
func (s *shownCard) click(ids ...view.ActionID) {
	s.w.t.Helper()
	s.w.until("there is a button to "+string(ids[0]), func() bool { return s.offers(ids[0]) })
	for _, id := range ids {
		s.Click(id)
	}
	s.w.settle()
}

func (s *shownCard) offers(id view.ActionID) bool {
	return slices.ContainsFunc(s.model.Actions, func(a view.Action) bool { return a.ID == id })
}

// reads waits until the card has that title.
func (s *shownCard) reads(title string) {
	s.w.t.Helper()
	s.w.until(title, func() bool { return s.model.Title == title })
}

// told is what the page was told, as text.
func (s *shownCard) told() (all []string) {
	for _, e := range s.events {
		text := fmt.Sprintf("%s %s %s", e["type"], e["phase"], e["connection"])
		if e["type"] == "error" {
			text += fmt.Sprintf(" %s %t", e["code"], e["fatal"])
		}
		all = append(all, text)
	}
	return all
}

// last returns the last event of that type, or nil.
func (s *shownCard) last(kind string) map[string]any {
	for _, e := range slices.Backward(s.events) {
		if e["type"] == kind {
			return e
		}
	}
	return nil
}
