package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// complaint is why something of the sandbox's own, its phone first of all, was not done. Unlike the platform's errors
// it says what is wrong.
type complaint struct {
	status        int
	code, message string
}

func (c *complaint) Error() string { return c.message }

var (
	errUnknownPayload = &complaint{http.StatusNotFound, "not-found", "There is no payload with this uuid."}
	errResolved       = &complaint{http.StatusConflict, "already-resolved", "The payload is already signed or rejected."}
	errBusy           = &complaint{http.StatusConflict, "busy", "The phone is signing this payload right now."}
	errExpired        = &complaint{http.StatusGone, "expired", "The payload expired before it was opened."}
	errCancelled      = &complaint{http.StatusGone, "cancelled", "The payload was cancelled."}
	errNetwork        = &complaint{http.StatusConflict, "unknown-network", "The payload forces a network that the phone does not know."}
	errAccount        = &complaint{http.StatusBadRequest, "unknown-account", "The phone has no such account."}
	errUnsignable     = &complaint{http.StatusConflict, "cannot-sign", "The phone cannot sign a request like this."}
	errSigner         = &complaint{http.StatusConflict, "wrong-signer", "The payload may not be signed by this account."}
)

// unresolved finds a payload that can still be acted on. The caller holds Platform.mu.
func (p *Platform) unresolved(uuid string) (*payload, error) {
	pl := p.store.payloads[uuid]
	switch {
	case pl == nil:
		return nil, errUnknownPayload
	case pl.Outcome != nil:
		return nil, errResolved
	case pl.Signing != nil:
		return nil, errBusy
	}
	return pl, nil
}

// open is the phone fetching a payload.
func (p *Platform) open(uuid string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl, err := p.unresolved(uuid)
	if err != nil {
		return err
	}
	return p.fetch(pl)
}

// fetch publishes opened whether or not the phone may go on, as the platform does. A payload that
// was opened in time can be fetched again after its expiry; a first fetch then does not count. The
// caller holds Platform.mu.
func (p *Platform) fetch(pl *payload) error {
	var refused error
	switch {
	case pl.Opened:
	case pl.Cancelled:
		refused = errCancelled
	case pl.expired(time.Now()):
		refused = errExpired
	default:
		pl.Opened = true
		pl.OpenedByDeeplink = ptr(!pl.WebOpened)
		if err := p.save(pl); err != nil {
			return err
		}
	}
	p.publish(pl.UUID, opened, openedMessage)
	return refused
}

// accept starts signing a payload with the account at address, "" leaving the choice to the phone,
// and opens it first if need be. The rest is up to sign, which passes the time between two stages
// with pause.
func (p *Platform) accept(uuid, address string, misbehave []string) (sign func(pause func()), err error) {
	wrongs, err := misbehavioursNamed(misbehave)
	if err != nil {
		return nil, &complaint{
			http.StatusBadRequest, "unknown-misbehaviour",
			"Not a misbehaviour: " + err.Error() + "; GET /phone/misbehaviours lists them.",
		}
	}
	a, err := p.startSigning(uuid, address, wrongs)
	if err != nil {
		return nil, err
	}
	return func(pause func()) { p.carryOut(a, pause) }, nil
}

// carryOut is the phone signing. A phone does not end with the platform: after a restart it goes on
// where it was.
func (p *Platform) carryOut(a *attempt, pause func()) {
	resolved := false
	p.stage(a, func(pl *payload) error {
		resolved = pl.Outcome != nil
		return nil
	})
	if !resolved {
		p.stage(a, func(pl *payload) error {
			p.publish(pl.UUID, preSigned, preSignedMessage)
			return nil
		})
		pause()
		p.stage(a, func(pl *payload) error {
			if a.reports {
				p.publish(pl.UUID, dispatched, dispatchedMessage)
			}
			return nil
		})
		pause()
		p.stage(a, func(*payload) error { return p.signAndSubmit(a) })
		pause()
	}
	// The platform learns what was signed before it is submitted, and what came of it after.
	p.stage(a, func(pl *payload) error {
		if a.reports && pl.Outcome != nil {
			pl.Outcome.Dispatched = pl.Signing.Result
		}
		pl.Signing = nil
		return p.save(pl)
	})
}

// startSigning is the phone fetching the payload again when its user presses accept, and choosing
// account and network. From then on nobody else can resolve the payload.
func (p *Platform) startSigning(uuid, address string, wrongs []misbehaviour) (*attempt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl, err := p.unresolved(uuid)
	if err != nil {
		return nil, err
	}
	if !pl.Opened {
		if err := p.fetch(pl); err != nil {
			return nil, err
		}
	}
	signer, err := pl.signer(address)
	if err != nil {
		return nil, err
	}
	on, ok := networkFor(pl.Options.ForceNetwork)
	if !ok {
		return nil, errNetwork
	}
	if !pl.signable() {
		return nil, errUnsignable
	}
	if err := p.fetch(pl); err != nil {
		return nil, err
	}
	pl.Signing = &signing{Account: signer.address, Network: on}
	for _, m := range wrongs {
		pl.Signing.Misbehave = append(pl.Signing.Misbehave, m.name)
	}
	if err := p.save(pl); err != nil {
		return nil, err
	}
	return p.attempt(pl), nil
}

// attempt is the signing that a payload is in. The caller holds Platform.mu.
func (p *Platform) attempt(pl *payload) *attempt {
	i := slices.IndexFunc(wallet, func(a account) bool { return a.address == pl.Signing.Account })
	wrongs, _ := misbehavioursNamed(pl.Signing.Misbehave)
	return newAttempt(pl, wallet[i], pl.Signing.Network, wrongs, p.earlier[pl.txType])
}

// signAndSubmit is one step, so that no two signatures take the same sequence number. The platform
// learns what was signed before it is submitted; that here the order is the other way round is seen by
// nobody. The caller holds Platform.mu.
func (p *Platform) signAndSubmit(a *attempt) error {
	pl, now := a.pl, time.Now()
	s, err := a.sign(p.ledger.next(a.account.address, now))
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	p.earlier[pl.txType] = s
	pl.Signing.Result = "tesSUCCESS" // out of the sandbox's sight, or a lie
	if a.sends && a.network == networks[0] {
		pl.Signing.Result = p.ledger.submit(s.Blob, a.fate, now)
	}
	return p.resolve(pl, &outcome{
		Signed: true, Signature: s, Network: a.network, Token: p.store.issue(pl, now), Misbehaved: pl.Signing.Misbehave,
	})
}

// stage runs one step of signing, unless the payload has been forgotten meanwhile.
func (p *Platform) stage(a *attempt, step func(*payload) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.store.payloads[a.pl.UUID] != a.pl {
		return
	}
	if err := step(a.pl); err != nil {
		p.log.Error("phone", "uuid", short(a.pl.UUID), "err", err)
	}
}

// signer chooses the account that signs: the one asked for, else the template's, else the first
// that the payload allows.
func (pl *payload) signer(address string) (account, error) {
	allowed := pl.signers()
	if len(allowed) == 0 {
		return account{}, errSigner
	}
	wanted := address
	if wanted == "" {
		wanted = pl.tx.text("Account")
	}
	for _, a := range allowed {
		if a.address == wanted {
			return a, nil
		}
	}
	switch {
	case address == "":
		return allowed[0], nil
	case slices.ContainsFunc(wallet, func(a account) bool { return a.address == address }):
		return account{}, errSigner
	}
	return account{}, errAccount
}

// signers are the accounts in the wallet that the payload allows.
func (pl *payload) signers() []account {
	var allowed []account
	for _, a := range wallet {
		if len(pl.Options.Signers) == 0 || slices.Contains(pl.Options.Signers, a.address) {
			allowed = append(allowed, a)
		}
	}
	return allowed
}

func (p *Platform) reject(uuid string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl, err := p.unresolved(uuid)
	if err != nil {
		return err
	}
	if !pl.Opened {
		if err := p.fetch(pl); err != nil {
			return err
		}
	}
	return p.resolve(pl, &outcome{})
}

// close leaves the review screen. It tells the platform nothing, so the payload can be opened
// again, except for a sign-in, where the phone takes it for a rejection.
func (p *Platform) close(uuid string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl, err := p.unresolved(uuid)
	if err != nil {
		return err
	}
	if pl.Opened && pl.txType == "SignIn" {
		return p.resolve(pl, &outcome{})
	}
	return nil
}

// resolve stores an outcome and publishes it. The database shows it a little later. The caller
// holds Platform.mu.
func (p *Platform) resolve(pl *payload, o *outcome) error {
	o.At = time.Now()
	o.CallRef = newUUID()
	switch {
	case pl.WebOpened:
		o.Origin = "QR"
	case pl.Pushed:
		o.Origin = "PUSH_NOTIFICATION"
	default:
		o.Origin = "DEEP_LINK"
	}
	pl.Outcome = o
	pl.Visible = o.At.Add(p.lag + pl.Lag)
	p.announce(pl, o)
	if err := p.save(pl); err != nil {
		return err
	}
	p.publish(pl.UUID, resolved, marshal(pl.resolved(o)))
	p.deliverAll(pl)
	p.log.Info("payload resolved", "uuid", short(pl.UUID), "signed", o.Signed, "txid", o.Signature.TxID, "misbehaved", o.Misbehaved)
	return nil
}

// phoneDoc is the payload as the phone sees it.
type phoneDoc struct {
	UUID    string `json:"uuid"`
	State   string `json:"state"` // pending, opened, signed, rejected, expired or cancelled
	Opened  bool   `json:"opened"`
	Account string `json:"account"` // "" unless signed, like txid
	TxID    string `json:"txid"`
}

// phone is the phone for scripts.
func (p *Platform) phone(w http.ResponseWriter, r *http.Request) {
	uuid := strings.ToLower(r.PathValue("uuid"))
	var in struct {
		Misbehave []string `json:"misbehave"`
		Account   string   `json:"account"`
	}
	if err := readJSON(w, r, &in); err != nil && err != io.EOF {
		complain(w, http.StatusBadRequest, "bad-body", `The body, if any, must be JSON like {"account":"r…"}.`)
		return
	}
	var err error
	switch act := r.PathValue("act"); act {
	case "open":
		err = p.open(uuid)
	case "accept":
		var sign func(pause func())
		if sign, err = p.accept(uuid, in.Account, in.Misbehave); err == nil {
			sign(func() {})
		}
	case "reject":
		err = p.reject(uuid)
	case "close":
		err = p.close(uuid)
	default:
		complain(w, http.StatusNotFound, "unknown-act", "The phone can open, accept, reject and close.")
		return
	}
	var doc phoneDoc
	if err == nil {
		doc, err = p.answer(r.Context(), uuid)
	}
	if refused := new(complaint); errors.As(err, &refused) {
		complain(w, refused.status, refused.code, refused.message)
		return
	}
	if err != nil {
		complain(w, http.StatusInternalServerError, "internal", "The sandbox failed; its log says how.")
		return
	}
	respond(w, http.StatusOK, doc)
}

// answer is what the platform tells the phone, or whoever acts for it. After an outcome that takes until the database
// shows it: the socket has announced it by then.
func (p *Platform) answer(ctx context.Context, uuid string) (phoneDoc, error) {
	p.mu.Lock()
	pl := p.store.payloads[uuid]
	if pl == nil {
		p.mu.Unlock()
		return phoneDoc{}, errUnknownPayload
	}
	doc := phoneDoc{UUID: uuid, State: pl.state(time.Now()), Opened: pl.Opened}
	shown := time.Now()
	if o := pl.Outcome; o != nil {
		doc.Account, doc.TxID, shown = o.Signature.Account, o.Signature.TxID, pl.Visible
	}
	p.mu.Unlock()
	select {
	case <-time.After(time.Until(shown)):
	case <-ctx.Done(): // nobody waits
	case <-p.ctx.Done():
	}
	return doc, nil
}

// readJSON decodes a request's body, io.EOF meaning that there is none.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	return json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(into)
}

// complain answers with a [complaint].
func complain(w http.ResponseWriter, status int, code, message string) {
	type doc struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	respond(w, status, map[string]doc{"error": {code, message}})
}
