package engine

import "time"

// Request is what a site asks the platform for. Its zero value is a request of the first application.
type Request struct {
	App       string // its key; empty means the first
	UUID      string // of the payload; empty means a new one
	Template  []byte // the transaction as JSON, as it was sent
	Tx        Transaction
	Options   Options // an Expire of 0 means 24 hours
	Meta      CustomMeta
	UserToken string // of whom to push it to
}

// DefaultExpire is how long a payload can be opened whose developer does not say.
const DefaultExpire = 24 * time.Hour

// Create makes a payload. With [ErrFull] there is none; with [ErrIdentifierTaken] there is one all the same, as on the
// real platform, found by its uuid only.
func (e *Engine) Create(now time.Time, r Request) (*Payload, error) {
	if r.UUID == "" {
		r.UUID = e.config.NewID()
	}
	if r.Options.Expire == 0 {
		r.Options.Expire = DefaultExpire
	}
	if r.Template == nil {
		r.Template = JSON(r.Tx)
	}
	pl := &Payload{
		UUID: r.UUID, App: e.App(r.App).Key, Created: now, Expires: now.Add(r.Options.Expire),
		Template: r.Template, Tx: r.Tx, Options: r.Options, Meta: r.Meta,
	}
	if !e.makeRoom(pl.size(), now) {
		return nil, ErrFull
	}
	_, pl.Pushed = e.Token(now, pl.App, r.UserToken)
	taken := pl.Meta.Identifier != nil && e.Identified(pl.App, *pl.Meta.Identifier) != nil
	pl.Identified = pl.Meta.Identifier != nil && !taken
	e.put(pl)
	e.changed(pl)
	if taken {
		return pl, ErrIdentifierTaken
	}
	return pl, nil
}

// Fetch is the site's GET: everybody who listens hears of it.
func (e *Engine) Fetch(uuid string) (*Payload, error) {
	pl, err := e.Find(uuid)
	if err == nil {
		e.publish(pl, DevappFetched, `{"devapp_fetched":true}`)
	}
	return pl, err
}

// Cancel is the site's DELETE. The answer says whether it had an effect, why not, and what the payload was before.
func (e *Engine) Cancel(now time.Time, uuid string) (Cancellation, error) {
	// The platform fetches the payload itself, which is all that listeners learn of a cancel.
	pl, err := e.Fetch(uuid)
	if err != nil {
		return Cancellation{}, err
	}
	doc := Cancellation{Meta: e.meta(now, pl), CustomMeta: pl.Meta}
	doc.Meta.Expired = true // the one thing that the answer has ahead
	switch {                // in the platform's order
	case pl.Cancelled:
		doc.Result.Reason = "ALREADY_CANCELLED"
	case pl.Recorded(now) != nil:
		doc.Result.Reason = "ALREADY_RESOLVED"
	case pl.Expired(now):
		doc.Result.Reason = "ALREADY_EXPIRED"
	case pl.Opened && !pl.Races:
		doc.Result.Reason = "ALREADY_OPENED"
	default:
		doc.Result.Cancelled, doc.Result.Reason = true, "OK"
		e.change(pl, func(pl *Payload) { pl.Cancelled, pl.Expires = true, now })
	}
	return doc, nil
}

// unresolved finds a payload that the phone can still act on.
func (e *Engine) unresolved(uuid string) (*Payload, error) {
	pl, err := e.Find(uuid)
	switch {
	case err != nil:
	case pl.Outcome != nil:
		err = ErrResolved
	case pl.Signing != nil:
		err = ErrBusy
	}
	return pl, err
}

// Open is the phone fetching a payload. It is announced whether or not the phone may go on, as by the platform. A
// payload that was opened in time can be opened again after its expiry; a first time then does not count.
func (e *Engine) Open(now time.Time, uuid string) error {
	pl, err := e.unresolved(uuid)
	switch {
	case pl == nil:
		return err
	case err != nil || pl.Opened:
	case pl.Cancelled:
		err = ErrCancelled
	case pl.Expired(now):
		err = ErrExpired
	default:
		pl = e.change(pl, func(pl *Payload) {
			byLink := !pl.WebOpened
			pl.Opened, pl.OpenedByDeeplink = true, &byLink
		})
	}
	e.publish(pl, Opened, `{"opened":true}`)
	return err
}

// Review returns a payload that the phone shows to its user, and opens it if it is not yet.
func (e *Engine) Review(now time.Time, uuid string) (*Payload, error) {
	pl, err := e.unresolved(uuid)
	if err == nil && !pl.Opened {
		err = e.Open(now, uuid)
	}
	return e.payloads[uuid], err
}

// Accept is the phone's user accepting: the phone opens the payload once more and begins to sign. Until [Engine.Finish]
// nobody else can act on the payload.
func (e *Engine) Accept(now time.Time, uuid string, s Signing) error {
	_, err := e.Review(now, uuid)
	if err == nil {
		err = e.Open(now, uuid)
	}
	if err == nil {
		e.change(e.payloads[uuid], func(pl *Payload) { pl.Signing = &s })
	}
	return err
}

// Progress is the phone telling that it comes to [PreSigned] or [Dispatched].
func (e *Engine) Progress(uuid string, stage Event) {
	if pl := e.payloads[uuid]; pl != nil {
		e.publish(pl, stage, `{"`+string(stage)+`":true}`)
	}
}

// Resolve is the phone sending the outcome. The database shows it a little later. If the phone is signing, what its
// node answered is shown after [Engine.Finish].
func (e *Engine) Resolve(now time.Time, uuid string, o Outcome) error {
	pl := e.payloads[uuid]
	switch {
	case pl == nil:
		return ErrUnknown
	case pl.Outcome != nil:
		return ErrResolved
	}
	o.At, o.CallRef = now, e.config.NewID()
	switch {
	case pl.WebOpened:
		o.Origin = "QR"
	case pl.Pushed:
		o.Origin = "PUSH_NOTIFICATION"
	default:
		o.Origin = "DEEP_LINK"
	}
	if o.Signed {
		o.Token = e.issueToken(now, pl)
		e.earlier[pl.Type()] = o.Signature
	}
	pl = e.change(pl, func(pl *Payload) {
		if pl.Signing != nil {
			signing := *pl.Signing
			signing.Result, o.Dispatched = o.Dispatched, ""
			pl.Signing = &signing
		}
		pl.Outcome, pl.Visible = &o, now.Add(e.config.Lag+pl.Lag)
		pl.Webhooks = e.webhooks(pl)
	})
	e.out.Webhooks = append(e.out.Webhooks, pl.Webhooks...)
	e.publish(pl, Resolved, string(JSON(pl.Resolution(&o))))
	return nil
}

// Finish ends signing. The phone reports what its node answered, or keeps it to itself.
func (e *Engine) Finish(uuid string, reports bool) {
	pl := e.payloads[uuid]
	if pl == nil || pl.Signing == nil {
		return
	}
	e.change(pl, func(pl *Payload) {
		if reports && pl.Outcome != nil {
			o := *pl.Outcome
			o.Dispatched, pl.Outcome = pl.Signing.Result, &o
		}
		pl.Signing = nil
	})
}

// Reject is the phone's user declining.
func (e *Engine) Reject(now time.Time, uuid string) error {
	if _, err := e.Review(now, uuid); err != nil {
		return err
	}
	return e.Resolve(now, uuid, Outcome{})
}

// Close is the phone's user leaving the review. It tells the platform nothing, so the payload can be opened again,
// except for a sign-in, where the phone takes it for a rejection.
func (e *Engine) Close(now time.Time, uuid string) error {
	pl, err := e.unresolved(uuid)
	if err == nil && pl.Opened && pl.Type() == "SignIn" {
		return e.Resolve(now, uuid, Outcome{})
	}
	return err
}

// ShowQR tells that somebody looks at the platform's own page with the payload's QR code.
func (e *Engine) ShowQR(uuid string) (*Payload, error) {
	return e.edit(uuid, func(pl *Payload) { pl.WebOpened = true })
}

// ExpireAt moves a payload's expiry. Listeners that are there go on with the old countdown.
func (e *Engine) ExpireAt(uuid string, t time.Time) {
	e.edit(uuid, func(pl *Payload) { pl.Expires = t })
}

// Delay has the database show the outcome of a payload later by so much.
func (e *Engine) Delay(uuid string, lag time.Duration) {
	e.edit(uuid, func(pl *Payload) { pl.Lag = lag })
}

// Race has a payload be cancelled also when a phone has it open, which may go on.
func (e *Engine) Race(uuid string) {
	e.edit(uuid, func(pl *Payload) { pl.Races = true })
}

func (e *Engine) edit(uuid string, do func(*Payload)) (*Payload, error) {
	pl, err := e.Find(uuid)
	if err != nil {
		return nil, err
	}
	return e.change(pl, do), nil
}
