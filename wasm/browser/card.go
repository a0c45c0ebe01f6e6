//go:build js && wasm

package browser

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/socket"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// answerTimeout is how long the backend may take for what the visitor waits for.
const answerTimeout = 20 * time.Second

// card is one sign request on the page. One goroutine owns it; everything else sends to it.
type card struct {
	options options
	stop    context.CancelFunc
	backend *api.Client // nil: there is none
	page    *page
	face    *face
	tabs    *tabs // nil: they cannot be reached
	clock   *clock
	actions chan view.ActionID
	updates chan subscribe.Update
	results chan func() (renew bool) // of work beside the card's goroutine
	working sync.WaitGroup           // that work, and what follows the sign requests that were shown before
	ticks   chan struct{}            // from the clock
	wake    chan struct{}            // asks again for the request, see [subscribe.Retry]

	subscription *subscribe.Subscription // nil: there is nothing to follow

	input      view.Input
	shown      view.Model
	journal    journal
	broken     error        // the card cannot go on
	told       payload.UUID // of which request the page was told last
	settled    bool
	obtaining  bool
	cancelling bool
	key        string // idempotency key of the request that is wanted; "": none is
}

// run shows the card below root until ctx ends.
func (c *card) run(ctx context.Context, root safejs.Value) (err error) {
	// Where the network is dead, a socket takes some seconds to close. Nothing else waits for it.
	defer c.working.Wait()
	c.face = newFace(c.page, func(id view.ActionID) {
		select {
		case c.actions <- id:
		default: // the visitor clicks faster than the card can act
		}
	})
	defer c.page.close()
	c.connect()
	defer c.clock.wake(c, time.Time{})
	if _, err := root.Call("append", c.face.root.value); err != nil {
		return fmt.Errorf("show card: %w", err)
	}
	defer c.face.root.remove()
	for again := true; again && ctx.Err() == nil; {
		again = c.follow(ctx)
	}
	if c.page.err != nil {
		return fmt.Errorf("draw card: %w", c.page.err)
	}
	return c.broken
}

// fate takes the end of the subscription. It fails only through a defect, unless ctx has ended.
func (c *card) fate(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	c.tell(ctx, func() bool { c.broken = err; return false })
}

// tell has something done on the card's goroutine, unless ctx has ended.
func (c *card) tell(ctx context.Context, result func() (renew bool)) {
	if ctx.Err() != nil {
		return
	}
	select {
	case c.results <- result:
	case <-ctx.Done():
	}
}

// connect listens to the page and to the site's other tabs, as far as it can.
func (c *card) connect() {
	visible := func(is bool) {
		c.clock.hidden.Store(!is)
		c.tick() // the card's own goroutine sets the clock: a callback must not wait
		switch {
		case c.subscription != nil:
			c.subscription.Visible(is)
		case is:
			c.check()
		}
	}
	c.clock.hidden.Store(c.page.hidden())
	watchPage(c.page, visible, c.check)
	c.tabs = joinTabs(c.page, func(uuid payload.UUID, phase payload.Phase) {
		if c.subscription != nil && uuid == c.input.State.UUID && phase != c.shown.Phase {
			c.subscription.Hint()
		}
	})
}

// tick has the card shown again. It never blocks.
func (c *card) tick() {
	select {
	case c.ticks <- struct{}{}:
	default: // it has not looked at the last one yet
	}
}

// follow obtains a sign request and shows it until ctx ends, or until the visitor wants a new one.
func (c *card) follow(ctx context.Context) (renew bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.settled, c.cancelling, c.subscription = false, false, nil
	c.input = view.Input{
		Connection: payload.Connecting,
		Language:   c.options.language,
		Touch:      c.options.touch,
		Known:      c.options.payload == "" && c.options.uuid != "",
		Renewable:  c.options.payload == "" && c.options.uuid == "" && c.options.demo != "" && c.backend != nil,
		Epoch:      c.clock.epoch,
	}
	if c.options.payload == "" && c.options.preview != "" {
		if err := c.preview(); err != nil {
			c.fail(err)
		}
	} else {
		c.obtaining = true
		c.later(ctx, func(ctx context.Context) func() bool {
			found, err := c.obtain(ctx)
			return func() bool { c.begin(ctx, found, err); return false }
		})
	}
	for {
		c.show()
		select {
		case <-ctx.Done():
			return false
		case <-c.ticks:
		case u := <-c.updates:
			c.input.State, c.input.Connection, c.input.Unanswered = u.State, u.Connection, u.Unanswered
			if u.Err != nil {
				c.report(u.Err)
			}
		case id := <-c.actions:
			if renew := c.act(ctx, id); renew {
				return true
			}
		case result := <-c.results:
			if renew := result(); renew || c.broken != nil {
				return renew
			}
		}
	}
}

// preview shows a card from canned data.
func (c *card) preview() (err error) {
	if c.input, err = view.Preview(c.input, c.options.preview, time.Now()); err != nil || c.input.Link == "" {
		return err
	}
	return c.face.draw(c.input.Link)
}

// begin shows the request that was obtained, and follows it.
func (c *card) begin(ctx context.Context, found found, err error) {
	c.forgetClicks()
	c.obtaining = false
	if err == nil {
		err = c.face.draw(found.created.Link)
	}
	if err != nil {
		c.fail(err)
		return
	}
	_ = mark(found.created, time.Now()) // without storage, the page that the wallet opens has to know by itself
	now := time.Now()
	c.key = ""
	c.input.Failure, c.input.Trying, c.input.Connection = "", false, payload.Connecting
	c.input.Link, c.input.Began = found.created.Link, now
	s := c.subscribe(ctx, found)
	c.input.State = s.Latest().State
	if c.page.hidden() {
		s.Visible(false)
	}
	c.working.Go(func() { c.fate(ctx, s.Run(ctx)) })
	c.subscription = s
}

// forgetClicks drops what was clicked before there was anything to act on, such as the second half of a double click.
func (c *card) forgetClicks() {
	for {
		select {
		case <-c.actions:
		default:
			return
		}
	}
}

func (c *card) subscribe(ctx context.Context, found found) *subscribe.Subscription {
	created := found.created
	o := subscribe.Options{
		UUID:   created.UUID,
		Pushed: created.Pushed,
		Dial:   func(ctx context.Context) (subscribe.Conn, error) { return socket.Dial(ctx, created.Socket) },
		Notify: func(u subscribe.Update) {
			if ctx.Err() != nil {
				return // another request is shown by now
			}
			select {
			case c.updates <- u:
			case <-ctx.Done():
			}
		},
	}
	if c.backend != nil {
		o.Backend = &subscribe.Backend{
			Ask:   func(ctx context.Context) (api.SignRequest, error) { return c.ask(ctx, created.UUID) },
			Known: found.known.Answer,
		}
	}
	return subscribe.New(o)
}

// fail shows why there is no sign request, and will be none.
func (c *card) fail(err error) {
	c.input.Trying, c.input.Connection = false, payload.Closed
	if notFound(err) {
		c.input.Failure = ""
		c.input.State = c.input.State.Apply(payload.Event{Kind: payload.NotFound, At: time.Now()})
	} else {
		c.input.Failure = codeOf(err)
	}
	c.complain(err, true)
}

// show renders, patches what differs, and tells the page if the request, the phase or the connection changed.
func (c *card) show() {
	c.input.Now = time.Now()
	before := c.shown
	c.shown = view.Render(c.input)
	c.face.patch(c.shown)
	c.clock.wake(c, c.shown.Next)
	if c.options.preview != "" {
		return
	}
	moved := c.shown.Phase != before.Phase || c.shown.Connection != before.Connection
	if moved {
		c.journal.change(c.shown)
	}
	if moved || c.input.State.UUID != c.told {
		c.told = c.input.State.UUID
		c.emit("change", nil)
	}
	if c.shown.Phase != before.Phase && c.subscription != nil {
		c.tabs.tell(c.input.State.UUID, c.shown.Phase)
	}
	if c.input.State.Final() && !c.settled {
		c.settled = true
		_ = unmark(c.input.State.UUID)
		c.emit("settled", nil)
	}
}
