package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// PhoneOptions says how the phone goes about an act; its zero value is a phone that does as it was asked.
type PhoneOptions struct {
	// Misbehave names the ways in which it errs, if it accepts; GET /phone/misbehaviours lists them.
	Misbehave []string `json:"misbehave"`
	// Account is the address of the account that accepts; empty leaves the choice to the phone.
	Account string `json:"account"`
}

// PhoneState is a payload as the phone sees it.
type PhoneState struct {
	UUID    string       `json:"uuid"`
	State   engine.State `json:"state"` // pending, opened, signed, rejected, expired or cancelled
	Opened  bool         `json:"opened"`
	Account string       `json:"account"` // "" unless signed, like txid
	TxID    string       `json:"txid"`
}

// Phone has the phone's user do something with a payload: open, accept, reject or close it. It returns when the
// platform's API shows what came of it. Accepting opens, signs and submits; rejecting opens, too.
func (s *Sandbox) Phone(ctx context.Context, uuid, act string, o PhoneOptions) (PhoneState, error) {
	if !s.life.enter() {
		return PhoneState{}, errClosed
	}
	defer s.life.wg.Done()
	return s.act(ctx, strings.ToLower(uuid), act, o)
}

func (s *Sandbox) act(ctx context.Context, uuid, act string, o PhoneOptions) (PhoneState, error) {
	var err error
	if act == "accept" {
		var a *attempt
		if a, err = s.accept(uuid, o); err == nil {
			s.carryOut(a, func() {})
		}
	} else {
		err = s.do(uuid, act)
	}
	if err != nil {
		return PhoneState{}, err
	}
	return s.phoneState(ctx, uuid)
}

// do is everything that the phone can do at once.
func (s *Sandbox) do(uuid, act string) (err error) {
	s.wire.say(uuid, phoneAct, act, nil)
	defer func() { s.hears(uuid, err) }()
	return s.step(func(e *engine.Engine, now time.Time) error {
		switch act {
		case "open":
			return e.Open(now, uuid)
		case "reject":
			return e.Reject(now, uuid)
		case "close":
			return e.Close(now, uuid)
		}
		return errUnknownAct
	})
}

// phoneState is what the platform tells the phone, or whoever acts for it. After an outcome that takes until the
// database shows it: the socket has announced it by then.
func (s *Sandbox) phoneState(ctx context.Context, uuid string) (PhoneState, error) {
	var doc PhoneState
	shown := time.Now()
	err := s.step(func(e *engine.Engine, now time.Time) error {
		pl, err := e.Find(uuid)
		if err != nil {
			return err
		}
		doc = PhoneState{UUID: uuid, State: pl.State(now), Opened: pl.Opened}
		if o := pl.Outcome; o != nil {
			doc.Account, doc.TxID, shown = o.Signature.Account, o.Signature.TxID, pl.Visible
		}
		return nil
	})
	select {
	case <-time.After(time.Until(shown)):
	case <-ctx.Done(): // nobody waits
	case <-s.life.ctx.Done():
	}
	return doc, err
}

// accept has the phone open a payload, if need be, and begin to sign it with an account and on a network. From then on
// nobody else can resolve it. The rest is up to carryOut.
func (s *Sandbox) accept(uuid string, o PhoneOptions) (a *attempt, err error) {
	chosen, err := misbehavioursNamed(o.Misbehave)
	if err != nil {
		return nil, &complaint{
			http.StatusBadRequest, "unknown-misbehaviour",
			"Not a misbehaviour: " + err.Error() + "; GET /phone/misbehaviours lists them.",
		}
	}
	var wrongs []byte
	if len(o.Misbehave) > 0 {
		wrongs = engine.JSON(map[string]any{"misbehave": o.Misbehave})
	}
	s.wire.say(uuid, phoneAct, "accept", wrongs)
	defer func() { s.hears(uuid, err) }()
	err = s.step(func(e *engine.Engine, now time.Time) error {
		pl, err := e.Review(now, uuid)
		if err != nil {
			return err
		}
		signer, err := signerOf(pl, o.Account)
		if err != nil {
			return err
		}
		on, ok := networkFor(pl.Options.ForceNetwork)
		switch {
		case !ok:
			return errNetwork
		case !signable(pl):
			return errUnsignable
		}
		signing := engine.Signing{Account: signer.address, Network: on}
		for _, m := range chosen {
			signing.Misbehave = append(signing.Misbehave, m.name)
		}
		a = newAttempt(pl, signer, on, chosen, e.Earlier(pl.Type()))
		return e.Accept(now, uuid, signing)
	})
	return a, err
}

// resumed is the signing that a payload is in.
func resumed(e *engine.Engine, pl *engine.Payload) *attempt {
	i := slices.IndexFunc(wallet, func(a account) bool { return a.address == pl.Signing.Account })
	chosen, _ := misbehavioursNamed(pl.Signing.Misbehave)
	return newAttempt(pl, wallet[i], pl.Signing.Network, chosen, e.Earlier(pl.Type()))
}

// carryOut is the phone signing; pause passes the time between two stages. A phone does not end with the platform:
// after a restart it goes on where it was.
func (s *Sandbox) carryOut(a *attempt, pause func()) {
	uuid := a.pl.UUID
	stage := func(do func(e *engine.Engine, now time.Time) error) {
		if err := s.step(do); err != nil {
			s.log.Error("phone", "uuid", short(uuid), "err", err)
		}
	}
	progress := func(to engine.Event) {
		s.look(func(e *engine.Engine, _ time.Time) { e.Progress(uuid, to) })
		pause()
	}
	if a.pl.Outcome == nil {
		s.wire.say(uuid, phoneAct, "sign", nil)
		progress(engine.PreSigned)
		if a.sends {
			s.wire.say(uuid, phoneSends, "submit", nil)
		}
		if a.reports {
			progress(engine.Dispatched)
		} else {
			pause()
		}
		stage(func(e *engine.Engine, now time.Time) error {
			err := a.signAndSubmit(e, now)
			if err == nil {
				s.tellSigned(a, e.Payload(uuid))
			}
			return err
		})
		pause()
	}
	// The platform learns what was signed before it is submitted, and what came of it after.
	stage(func(e *engine.Engine, _ time.Time) error {
		e.Finish(uuid, a.reports)
		return nil
	})
}

// tellSigned tells the wire what came of a signing.
func (s *Sandbox) tellSigned(a *attempt, pl *engine.Payload) {
	if a.sends {
		s.wire.say(pl.UUID, phoneSends.back(), pl.Signing.Result, nil)
	}
	signature := pl.Outcome.Signature
	s.wire.say(pl.UUID, phoneAct, "signed", engine.JSON(map[string]any{
		"account": signature.Account, "txid": signature.TxID, "hex": signature.Blob,
	}))
}

// hears tells the wire why the phone could not do something.
func (s *Sandbox) hears(uuid string, err error) {
	if err != nil {
		s.wire.say(uuid, phoneAct.back(), err.Error(), nil)
	}
}

// pause is for people to see each stage of signing.
func (s *Sandbox) pause() { s.life.wait(stagePause) }

// signAndSubmit is one step, so that no two signatures take the same sequence number. The platform learns what was
// signed before it is submitted; that here the order is the other way round is seen by nobody.
func (a *attempt) signAndSubmit(e *engine.Engine, now time.Time) error {
	signature, err := a.sign(e.Ledger.Next(now, a.account.address))
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	o := engine.Outcome{Signed: true, Signature: signature, Network: a.network, Dispatched: "tesSUCCESS"}
	if a.sends && a.network == networks[0] { // else the sandbox does not know that network, or the phone reports another
		o.Dispatched = e.Ledger.Submit(now, submission(signature.Blob), a.override)
	}
	for _, m := range a.misbehaviours {
		o.Misbehaved = append(o.Misbehaved, m.name)
	}
	return e.Resolve(now, a.pl.UUID, o)
}

// signerOf chooses the account that signs: the one asked for, else the template's, else the first that the payload
// allows.
func signerOf(pl *engine.Payload, address string) (account, error) {
	allowed := signersOf(pl)
	if len(allowed) == 0 {
		return account{}, errSigner
	}
	wanted := address
	if wanted == "" {
		wanted = pl.Tx.Text("Account")
	}
	is := func(a account) bool { return a.address == wanted }
	switch i := slices.IndexFunc(allowed, is); {
	case i >= 0:
		return allowed[i], nil
	case address == "":
		return allowed[0], nil
	case slices.ContainsFunc(wallet, is):
		return account{}, errSigner
	}
	return account{}, errAccount
}

// signersOf are the accounts in the wallet that a payload allows.
func signersOf(pl *engine.Payload) (allowed []account) {
	for _, a := range wallet {
		if len(pl.Options.Signers) == 0 || slices.Contains(pl.Options.Signers, a.address) {
			allowed = append(allowed, a)
		}
	}
	return allowed
}

// phone is the phone for scripts.
func (s *Sandbox) phone(w http.ResponseWriter, r *http.Request) {
	var o PhoneOptions
	if err := readJSON(w, r, &o); err != nil && err != io.EOF {
		complain(w, http.StatusBadRequest, "bad-body",
			`The body, if any, must be JSON like {"account":"r…","misbehave":[]}, with no other names.`)
		return
	}
	state, err := s.act(r.Context(), strings.ToLower(r.PathValue("uuid")), r.PathValue("act"), o)
	if err != nil {
		complainOf(w, err)
		return
	}
	respond(w, http.StatusOK, state)
}

// readJSON decodes a request's body, io.EOF meaning that there is none. A name that is not known is an error: who
// misspells one would test something else than meant.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
