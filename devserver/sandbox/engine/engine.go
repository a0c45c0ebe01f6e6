package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Why a call had no effect, or not the one that was asked for.
var (
	ErrUnknown         = errors.New("no payload has this uuid")
	ErrResolved        = errors.New("the payload is already signed or rejected")
	ErrBusy            = errors.New("the phone is signing the payload")
	ErrExpired         = errors.New("the payload expired before it was opened")
	ErrCancelled       = errors.New("the payload was cancelled")
	ErrFull            = errors.New("too many payloads are unfinished")
	ErrIdentifierTaken = errors.New("another payload of the application has this identifier")
)

// App is an application registered with the platform, the owner of an API key.
type App struct {
	Key, Secret       string
	Name, Description string
	Icon              string // the path of its picture
	Disabled          bool
	WebhookURL        string // empty: it gets no webhooks
}

// Config configures an [Engine]; its zero value works.
type Config struct {
	// Apps are the applications; nil means one, without a name.
	Apps []App
	// NewID returns a new version 4 UUID; nil means to count.
	NewID func() string
	// KeepAlive is the time between two expires_in_seconds messages; 0 means 15 seconds.
	KeepAlive time.Duration
	// Lag is how long the database trails the resolved message; 0 means 150 milliseconds.
	Lag time.Duration
	// WebhookWaits are the times between one attempt to deliver a webhook and the next; nil means those of the
	// platform, 10 seconds, 1, 10 and 10 minutes.
	WebhookWaits []time.Duration
	// Webhook may change a webhook, drop or multiply it; nil leaves each as it is.
	Webhook func(Webhook) []Webhook
	// Names are those of accounts whose owners the platform knows, by address.
	Names map[string]string
	// Accounts are those that the ledger begins with, by address.
	Accounts map[string]Account
	// CloseEvery is the time between two ledgers; 0 means 3 seconds.
	CloseEvery time.Duration
	// Calls is how many an application may make in a minute; 0 means 600: more than the 60 to 200 that the real platform
	// grants, so that only a client that polls in a tight loop meets it.
	Calls int
}

// Engine holds the payloads of all applications and what belongs to them. Make one with [New].
type Engine struct {
	Ledger *Ledger

	config      Config
	payloads    map[string]*Payload
	order       []string // their uuids, oldest first
	bytes       int
	identifiers map[identifier]string // uuids
	tokens      map[string]UserToken  // by the application's key, as there is one user
	issued      map[string]string     // by the application's key: the uuid of the payload that last issued the token
	earlier     map[string]Signature  // by transaction type, what was signed last
	notFounds   []time.Time           // when deliveries of webhooks ended in 404
	calls       map[string][]time.Time
	out         Output
}

type identifier struct{ app, name string }

// Output is what came of some calls, to be stored before anybody is told of it.
type Output struct {
	Changed   map[string]*Payload // the latest state of each, by uuid
	Forgotten []*Payload
	Included  []*Included // new ones of the ledger
	Dropped   []*Included // those that the ledger no longer has
	Messages  []Message
	Webhooks  []*Webhook // new ones
}

// Memory is what an engine has to store besides payloads and the ledger's transactions. It is as the engine has it, to
// be read before the next call.
type Memory struct {
	Tokens    map[string]UserToken
	Issued    map[string]string
	Earlier   map[string]Signature
	NotFounds []time.Time
	Ledger    *Ledger
}

// New returns an engine without payloads, whose ledger begins at now.
func New(now time.Time, c Config) *Engine {
	if c.Apps == nil {
		c.Apps = []App{{}}
	}
	if c.NewID == nil {
		var n int
		c.NewID = func() string {
			n++
			return fmt.Sprintf("00000000-0000-4000-8000-%012x", n)
		}
	}
	if c.KeepAlive == 0 {
		c.KeepAlive = 15 * time.Second
	}
	if c.Calls == 0 {
		c.Calls = 600
	}
	if c.Lag == 0 {
		c.Lag = 150 * time.Millisecond
	}
	if c.WebhookWaits == nil {
		c.WebhookWaits = []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, 10 * time.Minute}
	}
	if c.Webhook == nil {
		c.Webhook = func(h Webhook) []Webhook { return []Webhook{h} }
	}
	if c.CloseEvery == 0 {
		c.CloseEvery = UsualClose
	}
	return &Engine{
		Ledger: newLedger(now, c.CloseEvery, c.Accounts), config: c,
		payloads: map[string]*Payload{}, identifiers: map[identifier]string{},
		tokens: map[string]UserToken{}, issued: map[string]string{},
		earlier: map[string]Signature{}, calls: map[string][]time.Time{},
	}
}

// Take returns what came of the calls since it was last called.
func (e *Engine) Take() Output {
	out := e.out
	out.Included, out.Dropped = e.Ledger.added, e.Ledger.dropped
	e.out, e.Ledger.added, e.Ledger.dropped = Output{}, nil, nil
	return out
}

// Memory returns what is to be stored with every output that changed or forgot a payload.
func (e *Engine) Memory() Memory {
	return Memory{e.tokens, e.issued, e.earlier, e.notFounds, e.Ledger}
}

// Restore has a new engine go on, at now, with what another has stored: payloads, oldest first, and transactions as
// they were written.
func (e *Engine) Restore(now time.Time, payloads []*Payload, m Memory, included []*Included) error {
	for _, pl := range payloads {
		if !slices.ContainsFunc(e.config.Apps, func(a App) bool { return a.Key == pl.App }) {
			return fmt.Errorf("unknown application %s", pl.App)
		}
		d := json.NewDecoder(bytes.NewReader(pl.Template))
		d.UseNumber()
		if err := d.Decode(&pl.Tx); err != nil {
			return fmt.Errorf("read template: %w", err)
		}
		e.put(pl)
	}
	for app, token := range m.Tokens {
		e.tokens[app] = token
	}
	for app, uuid := range m.Issued {
		e.issued[app] = uuid
	}
	for txType, s := range m.Earlier {
		e.earlier[txType] = s
	}
	e.notFounds = m.NotFounds
	e.Ledger = m.Ledger
	e.Ledger.restore(included)
	if every := e.config.CloseEvery; e.Ledger.Every != every {
		e.Ledger.pace(now, every)
	}
	return nil
}

// App returns the application that has a key, the first for none.
func (e *Engine) App(key string) App {
	return e.config.Apps[max(0, slices.IndexFunc(e.config.Apps, func(a App) bool { return a.Key == key }))]
}

// Payload returns the payload that has a uuid, nil if there is none.
func (e *Engine) Payload(uuid string) *Payload { return e.payloads[uuid] }

// Find returns the payload that has a uuid, or [ErrUnknown].
func (e *Engine) Find(uuid string) (*Payload, error) {
	if pl := e.payloads[uuid]; pl != nil {
		return pl, nil
	}
	return nil, ErrUnknown
}

// Identified returns the payload that an application knows by an identifier, nil if there is none.
func (e *Engine) Identified(app, name string) *Payload {
	return e.payloads[e.identifiers[identifier{app, name}]]
}

// Payloads returns all payloads, the newest first.
func (e *Engine) Payloads() iter.Seq[*Payload] {
	return func(yield func(*Payload) bool) {
		for _, uuid := range slices.Backward(e.order) {
			if !yield(e.payloads[uuid]) {
				return
			}
		}
	}
}

// Earlier returns what was last signed for a request of a type, the zero value for nothing.
func (e *Engine) Earlier(txType string) Signature { return e.earlier[txType] }

// Admit counts a call of an application, if it is allowed one more in this sliding minute, and says how many are left,
// and how many there are in all.
func (e *Engine) Admit(now time.Time, app string) (remaining, limit int, ok bool) {
	calls := slices.DeleteFunc(e.calls[app], func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if ok = len(calls) < e.config.Calls; ok {
		calls = append(calls, now)
	}
	e.calls[app] = calls
	return e.config.Calls - len(calls), e.config.Calls, ok
}

// JSON encodes what can always be encoded. Unlike json.Marshal it leaves <, > and & as they are, as the platform does.
func JSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
