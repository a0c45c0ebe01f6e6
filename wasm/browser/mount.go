//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/card"
	"github.com/xaman-live/xaman-live/wasm/socket"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// Mounter mounts cards for JavaScript. Create it with [NewMounter].
type Mounter struct {
	ctx    context.Context
	cards  sync.WaitGroup
	mount  safejs.Func
	close  safejs.Func // bound to a card's number for each card, as report, speak and act are
	report safejs.Func
	speak  safejs.Func
	act    safejs.Func
	clock  *card.Clock
	page   languages
	shared *page // listens and makes nodes for all cards
	stored storage
	tabs   tabs

	started *time.Timer
	live    map[int]mounted
	dialing chan struct{} // as many as are being dialed
	last    int
}

type mounted struct {
	*card.Card
	face    *face
	speaker *speaker
	ctx     context.Context // of the card
	stop    context.CancelFunc
}

// startTakes is how long nothing is done that can wait: what browsers compile when it first runs, as they do with all
// of the program, and what takes longer than showing a card.
const startTakes = 10 * time.Second

// dialsAtOnce is how many sockets are dialed at the same time: what waits for its turn takes less than what waits for a
// socket.
const dialsAtOnce = 6

// garbage is how much of it there may be, in percent of what is in use. A page has less memory to spare than time, but
// for the start of its only card: until then Go has its own 100, with which it collects nothing before the first 4 MB.
const garbage = 25

// NewMounter returns a Mounter whose cards live no longer than ctx.
func NewMounter(ctx context.Context) (*Mounter, error) {
	shared, err := newPage(safejs.Global())
	if err != nil {
		return nil, err
	}
	m := &Mounter{
		ctx: ctx, clock: card.NewClock(), shared: shared, stored: newStorage(safejs.Global()), live: map[int]mounted{},
		dialing: make(chan struct{}, dialsAtOnce),
	}
	var closing, reporting, speaking, acting, mounting error
	m.close, closing = callbackOf(func(args []safejs.Value) {
		if id, err := first(args).Int(); err == nil {
			m.end(id)
		}
	})
	m.report, reporting = functionOf(func(args []safejs.Value) any {
		id, err := first(args).Int()
		if c, ok := m.live[id]; err == nil && ok {
			return c.Report()
		}
		return nil
	})
	m.speak, speaking = callbackOf(func(args []safejs.Value) {
		id, err := first(args).Int()
		if c, ok := m.live[id]; err == nil && ok {
			c.speaker.own = textOf(args[len(args)-1], nil)
			c.speaker.say()
			m.respeak(c)
			c.face.moved()
		}
	})
	m.act, acting = callbackOf(func(args []safejs.Value) {
		id, err := first(args).Int()
		if c, ok := m.live[id]; err == nil && ok {
			c.Do(view.ActionID(textOf(args[len(args)-1], nil)))
		}
	})
	watching := m.page.watch(func() {
		for _, c := range m.live {
			m.respeak(c)
		}
	})
	m.mount, mounting = functionOf(func(args []safejs.Value) any {
		if len(args) != 2 {
			return nil
		}
		handle, err := m.card(args[0], args[1])
		if err != nil {
			println("mount:", err.Error())
			return nil
		}
		return handle
	})
	if err := errors.Join(closing, reporting, speaking, acting, watching, mounting); err != nil {
		return nil, fmt.Errorf("make functions for the page: %w", err)
	}
	m.listen()
	m.started = time.AfterFunc(startTakes, func() {
		debug.SetGCPercent(garbage)
		card.Sweep(m.stored, time.Now()) // browsers take long to open the storage
	})
	return m, nil
}

// listen hands on what concerns all cards.
func (m *Mounter) listen() {
	each := func(do func(mounted)) {
		for _, c := range m.live {
			do(c)
		}
	}
	m.clock.Hide(m.shared.hidden())
	m.shared.watch(safejs.Global(),
		func(is bool) {
			m.clock.Hide(!is)
			each(func(c mounted) {
				c.Visible(is)
				if is {
					m.speakAgain(c)
				}
			})
		},
		func() { each(func(c mounted) { c.Refresh(); m.speakAgain(c) }) })
	m.tabs = openTabs(safejs.Global(), func(message string) { each(func(c mounted) { c.Hear(message) }) })
	m.tabs.listen(m.shared)
}

// Publish hands {mount, version} to the global function of that name, which the loader has set for this one call, and
// which returns the loader's own version. It is an error if that is another one.
//
// mount(root, options) shows a card below root and returns {close, report, speak, act}, or null if it cannot. Calling
// close more than once does nothing more; report returns what a support desk needs to know, or null after close; speak
// has the card look again where it is, for its language too, and takes the page's own texts, as JSON; act takes the
// name of an action, see [card.Card.Do]. Of the options, view-key is read anew for each call of the backend.
func (m *Mounter) Publish(name string) error {
	loader, err := safejs.Global().Call(name, map[string]any{"mount": m.mount, "version": api.Version})
	if err != nil {
		return fmt.Errorf("publish mount: %w", err)
	}
	if version, err := loader.String(); err != nil || version != api.Version {
		return fmt.Errorf("a loader of version %q has a program of version %q", version, api.Version)
	}
	return nil
}

// Wait returns when every card has been closed and has left nothing behind, and then releases mount.
func (m *Mounter) Wait() {
	m.cards.Wait()
	m.mount.Release()
	m.close.Release()
	m.report.Release()
	m.speak.Release()
	m.act.Release()
	m.page.close()
	m.shared.close()
	m.started.Stop()
}

func (m *Mounter) end(id int) {
	if c, ok := m.live[id]; ok {
		delete(m.live, id)
		c.stop()
	}
}

// card starts a card and returns its handle.
func (m *Mounter) card(root, from safejs.Value) (any, error) {
	o, logo, err := readOptions(from)
	if err != nil {
		return nil, err
	}
	emit, err := from.Get("emit")
	if err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	m.last++
	id := m.last
	if id == 2 {
		debug.SetGCPercent(garbage) // memory never shrinks: what a hundred cards at once leave behind would stay
	}
	handle := map[string]any{}
	for name, f := range map[string]safejs.Func{
		"close": m.close, "report": m.report, "speak": m.speak, "act": m.act,
	} {
		bound, err := f.Value().Call("bind", safejs.Undefined(), id)
		if err != nil {
			return nil, fmt.Errorf("bind %s: %w", name, err)
		}
		handle[name] = bound
	}
	c, f, err := m.connect(o, logo, root, emit)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.page.observe(root)
	s := newSpeaker(&m.page, c, root, from)
	m.live[id] = mounted{c, f, s, ctx, cancel}
	m.cards.Go(func() {
		defer m.end(id)
		m.await(ctx, s)
		c.Run(ctx)
	})
	return handle, nil
}

// await waits for the language of a card, but not for long. It is apart from what runs the card, whose stack is there
// for as long as that waits.
func (m *Mounter) await(ctx context.Context, s *speaker) {
	heard := make(chan struct{})
	m.cards.Go(func() { defer close(heard); s.speak(ctx) })
	select {
	case <-heard:
	case <-time.After(textsTimeout):
		s.say()
	}
}

// respeak has a card speak the language that the page has around it by now.
func (m *Mounter) respeak(c mounted) { m.cards.Go(func() { c.speaker.speak(c.ctx) }) }

// speakAgain has a card speak the language whose file could not be had before.
func (m *Mounter) speakAgain(c mounted) {
	if c.speaker.missing {
		m.respeak(c)
	}
}

// dial opens a status socket, in its turn. Browsers connect to a host one socket at a time, however many are asked for.
func (m *Mounter) dial(ctx context.Context, url string) (subscribe.Conn, error) {
	select {
	case m.dialing <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-m.dialing }()
	return socket.Dial(ctx, url)
}

// connect makes a card with the ports of this page.
func (m *Mounter) connect(o card.Options, logo string, root, emit safejs.Value) (*card.Card, *face, error) {
	global := safejs.Global()
	p := &page{document: m.shared.document, functions: m.shared.functions, templates: m.shared.templates}
	navigator, err := global.Get("navigator")
	if err != nil {
		return nil, nil, fmt.Errorf("find navigator: %w", err)
	}
	f := newFace(p, root, emit, o.Layout, logo)
	o.Page, o.Clock, o.Storage, o.Copy, o.Tell = f, m.clock, m.stored, copyTo(navigator), m.tabs.tell
	o.Dial = m.dial
	c := card.New(o)
	f.onClick(c.Click)
	f.onView(c.InView)
	f.stage.plate.clipped = c.Clipped
	return c, f, nil
}
