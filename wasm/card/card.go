package card

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// answerTimeout is how long the backend may take for what the visitor waits for.
const answerTimeout = 20 * time.Second

// Options says what a card shows, and gives it what it needs for that. All ports but Backend and Asked are required.
type Options struct {
	// What is shown: the first of these that is not empty counts.
	Payload string // the platform's create response, JSON
	Preview string // a card from canned data, see [view.Previews]
	UUID    string // a sign request that the backend knows, or that a page of this site has shown lately
	Demo    string // the name of a sign request that the backend is willing to make
	Amount  string // what the visitor has chosen to pay, for such a Demo; "" if he has not

	Platform string // origins, separated by spaces, that a request may lead to besides Xaman's
	Touch    bool   // the device is probably the phone itself
	Layout   view.Layout
	Continue string       // https: URL where the visitor goes on once all is well; "": nowhere
	Texts    view.Texts   // what is said; nil: English
	Formats  view.Formats // how numbers and times are written; nil: [view.Plain]
	Level    qr.Level     // of the code's error correction

	Page    Page
	Clock   *Clock                                                        // the one of all cards of the page
	Dial    func(ctx context.Context, url string) (subscribe.Conn, error) // opens a status socket
	Backend *api.Client                                                   // nil: nobody verifies
	Asked   *Asked                                                        // nil: nobody has asked it yet
	Storage Storage
	Copy    func(ctx context.Context, text string) error // puts text on the clipboard
	Tell    func(message string)                         // sends to the site's other cards, see [Card.Hear]
}

// Page is where a card is shown. Only [Card.Run] calls its methods.
type Page interface {
	Open() error                      // puts the empty card on the page
	Close() error                     // takes it off, and returns what has gone wrong with it meanwhile
	Draw(link string, code qr.Matrix) // sets the link into the wallet, and its code
	Show(*view.Model)                 // after Draw, if the model has a link or a code
	Count(view.Countdown)             // shows another time than the model that is shown has
	Say(view.Speech)                  // to those who cannot see what has changed
	SelectLink()                      // makes the link that is shown as text ready to be copied
	// Emit tells the page's scripts: a flat object with its type, "change", "settled" or "error". They may call
	// methods of the card meanwhile.
	Emit(event map[string]any)
}

// Card is one sign request on the page. One goroutine, that of [Card.Run], owns it; everything else sends to that one.
// All methods but Run may be called from any goroutine and never block.
type Card struct {
	opts    Options
	clicks  chan view.ActionID // of the visitor
	updates chan *subscribe.Update
	results chan func() (renew bool) // of work beside the card's goroutine
	working sync.WaitGroup           // that work, and what follows the sign requests that were shown before

	language atomic.Pointer[language] // what the card speaks
	clipped  atomic.Bool              // part of the code cannot be seen
	outside  atomic.Bool              // the card is not in the window

	ticks   signal        // from the clock
	called  signal        // there are reasons
	reasons atomic.Uint32 // for which the card was called, one bit for each: a channel for each would be much larger
	retry   signal        // asks again for the request, see [subscribe.Retry]

	subscription *subscribe.Subscription // nil: there is nothing to follow

	input      view.Input
	shown      *view.Model
	journal    journal
	published  atomic.Pointer[journal]
	broken     error        // the card cannot go on
	told       payload.UUID // of which request the page was told last
	settled    bool
	obtaining  bool
	cancelling bool
	unwanted   bool   // to be cancelled as soon as it is there
	key        string // idempotency key of the request that is wanted; "": none is
}

// New returns a card that is not shown yet.
func New(o Options) *Card {
	if o.Payload != "" {
		o.Preview = ""
	}
	if o.Preview != "" {
		o.Backend = nil // canned data are nobody's request
	}
	c := &Card{
		opts: o, clicks: make(chan view.ActionID, 4), updates: make(chan *subscribe.Update),
		results: make(chan func() bool), ticks: newSignal(), called: newSignal(), retry: newSignal(),
		shown: &view.Model{}, journal: journal{began: time.Now()},
	}
	c.language.Store(&language{o.Texts, o.Formats})
	c.input.Open = o.Layout == view.LayoutDialog
	c.publish()
	return c
}

// Click does what the button of that name stands for.
func (c *Card) Click(id view.ActionID) {
	select {
	case c.clicks <- id:
	default: // the visitor clicks faster than the card can act
	}
}

// Visible tells whether anybody can see the page. What it is at first the clock is told, see [Clock.Hide].
func (c *Card) Visible(is bool) {
	c.opts.Clock.Hide(!is)
	c.call(seen)
}

// Refresh asks the backend at once. Call it when something may have been missed: the page comes back from the browser's
// cache or from being frozen, or the network is back.
func (c *Card) Refresh() { c.call(refresh) }

// Run shows the card until ctx ends, or until it cannot go on, which it tells the page. When it returns, the card is
// off the page and has left nothing behind. Call it once.
func (c *Card) Run(ctx context.Context) {
	// Where the network is dead, a socket takes some seconds to close. Nothing else waits for it.
	defer c.working.Wait()
	if err := c.run(ctx); err != nil {
		c.complain(err, true)
	}
}

func (c *Card) run(ctx context.Context) (err error) {
	defer c.opts.Clock.wake(c.ticks, time.Time{})
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
		if closing := c.opts.Page.Close(); err == nil && closing != nil {
			err = fmt.Errorf("draw card: %w", closing)
		}
	}()
	if err := c.opts.Page.Open(); err != nil {
		return fmt.Errorf("show card: %w", err)
	}
	for again := true; again && ctx.Err() == nil; {
		again = c.follow(ctx)
	}
	return c.broken
}

// follow obtains a sign request and shows it until ctx ends, or until the visitor wants a new one.
func (c *Card) follow(ctx context.Context) (renew bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.reset()
	apart(func() {
		if c.opts.Preview != "" {
			if err := c.preview(); err != nil {
				c.fail(err)
			}
		} else if c.opts.Layout != view.LayoutButton || c.input.Open {
			c.look(ctx)
		}
		c.show()
	})
	for {
		var event func() (renew bool)
		select {
		case <-ctx.Done():
			return false
		case <-c.ticks:
			if c.tick() {
				continue
			}
		case <-c.called:
			why := reason(c.reasons.Swap(0))
			c.answer(why)
			event = func() bool { return c.grant(ctx, why) }
		case u := <-c.updates:
			counted := c.countedAnew(u)
			c.learn(u)
			if u.Err != nil {
				c.complain(u.Err, false)
			}
			if counted && c.tick() {
				continue
			}
		case id := <-c.clicks:
			event = func() bool { return c.act(ctx, id) }
		case event = <-c.results:
		}
		apart(func() {
			if event != nil {
				renew = event()
			}
			if !renew && c.broken == nil {
				c.show()
			}
		})
		if renew || c.broken != nil {
			return renew
		}
	}
}

// reset forgets the request that was shown before.
func (c *Card) reset() {
	c.settled, c.cancelling, c.unwanted, c.subscription = false, false, false, nil
	c.input = view.Input{
		Connection: payload.Connecting,
		Layout:     c.opts.Layout,
		Open:       c.input.Open,
		Touch:      c.opts.Touch,
		Known:      c.opts.Payload == "" && c.opts.UUID != "",
		Keyed:      c.opts.Backend != nil && c.opts.Backend.ViewKey != nil,
		Renewable:  c.opts.Payload == "" && c.opts.UUID == "" && c.opts.Demo != "" && c.opts.Backend != nil,
		Epoch:      c.opts.Clock.epoch,
	}
	if payload.SafeLink(c.opts.Continue) {
		c.input.Continue = c.opts.Continue
	}
}

// look obtains the request that is to be shown. One that the page has at hand is shown at once.
func (c *Card) look(ctx context.Context) {
	if c.opts.Payload != "" {
		found, err := c.obtain(ctx)
		c.begin(ctx, found, err)
		return
	}
	c.obtaining = true
	c.later(ctx, func(ctx context.Context) func() bool {
		found, err := c.obtain(ctx)
		return func() bool { c.begin(ctx, found, err); return false }
	})
}

// learn takes what is known of the request.
func (c *Card) learn(u *subscribe.Update) {
	phase, started := c.input.State.Phase(), c.input.State.Started()
	c.input.State, c.input.Connection, c.input.Unanswered = u.State, u.Connection, u.Unanswered
	if u.Err != nil || u.Unanswered == 0 {
		c.input.Outdated = u.Err != nil && codeOf(u.Err) == api.ViewKeyExpired
	}
	if u.State.Started() && !started {
		c.input.ShowQR = false // the code has served its purpose
	}
	if u.State.Phase() != phase {
		c.input.Kept, c.input.ByHand = "", "" // they belong to how things stood
	}
}

// see takes it that somebody can see the page again, or nobody can.
func (c *Card) see() {
	visible := !c.opts.Clock.hidden.Load()
	switch {
	case c.subscription != nil:
		c.subscription.Visible(visible)
	case visible:
		c.askNow()
	}
}

// preview shows a card from canned data.
func (c *Card) preview() (err error) {
	if c.input, err = view.Preview(c.input, c.opts.Preview, time.Now()); err != nil || c.input.Link == "" {
		return err
	}
	code, err := c.encode(c.input.Link)
	if err == nil {
		c.opts.Page.Draw(c.input.Link, code)
	}
	return err
}

func (c *Card) encode(link string) (qr.Matrix, error) {
	code, err := qr.Encode(link, c.opts.Level)
	if err != nil {
		return nil, fmt.Errorf("draw link: %w", err)
	}
	return code, nil
}

// begin shows the request that was obtained, and follows it.
func (c *Card) begin(ctx context.Context, found found, err error) {
	c.forgetClicks()
	c.obtaining = false
	var code qr.Matrix
	if err == nil {
		code, err = c.encode(found.created.Link)
	}
	if err != nil {
		c.fail(err)
		return
	}
	now := time.Now()
	c.key = ""
	c.input.Failure, c.input.Trying, c.input.Connection = "", false, payload.Connecting
	c.input.Link, c.input.Began = found.created.Link, now
	s := c.subscribe(ctx, found)
	c.input.State = s.Latest().State
	if c.opts.Clock.hidden.Load() {
		s.Visible(false)
	}
	c.working.Go(func() { c.ended(ctx, s.Run(ctx)) })
	runtime.Gosched() // it dials, and the platform answers while the card is drawn
	c.opts.Page.Draw(found.created.Link, code)
	mark(c.opts.Storage, found.created, now)
	c.subscription = s
	if c.unwanted {
		c.act(ctx, view.Cancel)
	}
}

// forgetClicks drops what was clicked before there was anything to act on, such as the second half of a double click.
func (c *Card) forgetClicks() {
	for {
		select {
		case <-c.clicks:
		default:
			return
		}
	}
}

func (c *Card) subscribe(ctx context.Context, found found) *subscribe.Subscription {
	uuid, socket := found.created.UUID, found.created.Socket // without the rest, which would stay as long as the functions
	o := subscribe.Options{
		UUID:   uuid,
		Pushed: found.created.Pushed,
		Dial:   func(ctx context.Context) (subscribe.Conn, error) { return c.opts.Dial(ctx, socket) },
		Notify: func(u *subscribe.Update) {
			if ctx.Err() != nil {
				return // another request is shown by now
			}
			select {
			case c.updates <- u:
				runtime.Gosched() // it is shown first
			case <-ctx.Done():
			}
		},
	}
	if c.opts.Backend != nil {
		o.Backend = &subscribe.Backend{
			Ask:   func(ctx context.Context) (*api.SignRequest, error) { return c.opts.Backend.Get(ctx, uuid) },
			Known: found.known.Answer,
		}
	}
	return subscribe.New(o)
}

// fail shows why there is no sign request, and will be none.
func (c *Card) fail(err error) {
	c.input.Trying, c.input.Connection = false, payload.Closed
	if notFound(err) {
		c.input.Failure = ""
		c.input.State.Add(&payload.Event{Kind: payload.NotFound, At: time.Now()})
	} else {
		c.input.Failure = codeOf(err)
		if refusal, ok := errors.AsType[*api.Error](err); ok {
			c.input.Reason = refusal.Message
		}
	}
	c.complain(err, true)
}
