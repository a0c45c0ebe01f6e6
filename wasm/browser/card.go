//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	tabs    *tabs
	actions chan view.ActionID
	updates chan subscribe.Update
	results chan func() (renew bool) // of work beside the card's goroutine
	working *sync.WaitGroup          // that work

	subscription *subscribe.Subscription // nil: there is nothing to follow

	input      view.Input
	shown      view.Model
	journal    journal
	broken     error // the card cannot go on
	settled    bool
	cancelling bool
}

// run shows the card below root until ctx ends.
func (c *card) run(ctx context.Context, root safejs.Value) (err error) {
	c.face = newFace(c.page, func(id view.ActionID) {
		select {
		case c.actions <- id:
		default: // the visitor clicks faster than the card can act
		}
	})
	defer c.page.close()
	if err := c.connect(); err != nil {
		return err
	}
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
	select {
	case c.results <- func() bool { c.broken = err; return false }:
	case <-ctx.Done():
	}
}

// connect listens to the page and to the site's other tabs.
func (c *card) connect() (err error) {
	visible := func(is bool) {
		if c.subscription != nil {
			c.subscription.Visible(is)
		}
	}
	if err := watchPage(c.page, visible, c.check); err != nil {
		return fmt.Errorf("watch page: %w", err)
	}
	c.tabs, err = joinTabs(c.page, func(uuid payload.UUID, phase payload.Phase) {
		if c.subscription != nil && uuid == c.input.State.UUID && phase != c.shown.Phase {
			c.subscription.Hint()
		}
	})
	return err
}

// follow obtains a sign request and shows it until ctx ends, or until the visitor wants a new one.
func (c *card) follow(ctx context.Context) (renew bool) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()

	c.working, c.settled, c.cancelling = &wg, false, false
	c.input = view.Input{
		Connection: payload.Connecting,
		Language:   c.options.language,
		Touch:      c.options.touch,
		Renewable:  c.options.demo != "" && c.backend != nil,
	}
	c.show()
	c.subscription = nil
	created, err := c.obtain(ctx)
	c.forgetClicks()
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		c.fail(err)
	case c.options.preview == "":
		s := c.subscribe(ctx, created)
		if c.page.hidden() {
			s.Visible(false)
		}
		wg.Go(func() { c.fate(ctx, s.Run(ctx)) })
		c.subscription = s
	}
	c.show()

	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
			if c.shown.Countdown.Label == "" && c.input.CopiedUntil.IsZero() {
				continue
			}
		case u := <-c.updates:
			c.input.State, c.input.Connection = u.State, u.Connection
			c.journal.traffic = u.Traffic
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
		c.show()
	}
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

// obtain finds or makes the sign request that the options ask for.
func (c *card) obtain(ctx context.Context) (payload.Created, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	var known api.SignRequest
	var err error
	text := []byte(c.options.payload)
	switch {
	case c.options.payload != "":
	case c.options.preview != "":
		c.input, err = view.Preview(c.input, c.options.preview, time.Now())
		if err != nil || c.input.Link == "" {
			return payload.Created{}, err
		}
		return payload.Created{}, c.face.draw(c.input.Link)
	case c.options.uuid != "":
		uuid, err := payload.ParseUUID(c.options.uuid)
		if err != nil {
			return payload.Created{}, err
		}
		if c.backend != nil {
			if known, err = c.backend.Get(ctx, uuid); err != nil {
				return payload.Created{}, err
			}
		}
		known.UUID = uuid
		if text = known.Payload; len(text) == 0 {
			text = []byte(marked(uuid, time.Now()))
		}
		if len(text) == 0 {
			return payload.Created{}, &api.Error{Status: 404, Code: api.NotFound, Message: "no page of this site has shown the request lately"}
		}
	case c.backend == nil:
		return payload.Created{}, &payload.Error{Code: payload.BadPayload, Message: "element has neither a payload nor a backend"}
	default:
		known, err = c.backend.Create(ctx, c.options.demo, fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()))
		text = known.Payload
	}
	if err != nil {
		return payload.Created{}, err
	}
	created, err := payload.ParseCreated(text)
	if err != nil {
		return payload.Created{}, err
	}
	if known.UUID != "" && created.UUID != known.UUID {
		return payload.Created{}, &payload.Error{Code: payload.BadPayload, Message: "create response is that of another request"}
	}
	if err := c.face.draw(created.Link); err != nil {
		return payload.Created{}, err
	}
	_ = mark(created, time.Now()) // without storage, the page that the wallet opens has to know by itself
	c.input.Link = created.Link
	c.input.State = payload.State{UUID: created.UUID, Pushed: created.Pushed, Alone: c.backend == nil}
	c.input.State = c.input.State.Apply(payload.Event{Kind: payload.Answered, Answer: known.Answer, At: time.Now()})
	return created, nil
}

func (c *card) subscribe(ctx context.Context, created payload.Created) *subscribe.Subscription {
	dial := func(ctx context.Context) (subscribe.Conn, error) { return socket.Dial(ctx, created.Socket) }
	notify := func(u subscribe.Update) {
		select {
		case c.updates <- u:
		case <-ctx.Done():
		}
	}
	if c.backend == nil {
		return subscribe.New(c.input.State, dial, nil, notify)
	}
	ask := func(ctx context.Context) (api.SignRequest, error) { return c.backend.Get(ctx, created.UUID) }
	return subscribe.New(c.input.State, dial, ask, notify)
}

// fail shows why there is no sign request.
func (c *card) fail(err error) {
	var refusal *api.Error
	if errors.As(err, &refusal) && refusal.Code == api.NotFound {
		c.input.State = c.input.State.Apply(payload.Event{Kind: payload.NotFound, At: time.Now()})
	} else {
		c.input.Failure = codeOf(err)
	}
	c.complain(err, true)
}

// show renders, patches what differs, and tells the page if the phase or the connection changed.
func (c *card) show() {
	c.input.Now = time.Now()
	before := c.shown
	c.shown = view.Render(c.input)
	c.face.patch(c.shown)
	if c.options.preview != "" {
		return
	}
	if c.shown.Phase != before.Phase || c.shown.Connection != before.Connection {
		c.journal.change(c.shown)
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
