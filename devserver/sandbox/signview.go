package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// signView is what the sign page shows.
type signView struct {
	UUID, Code             string // the code is what people compare with the one on their screen
	App, Description, Icon string
	Screen                 string // incoming, review, signing, signed, rejected, expired or cancelled
	Title                  string
	Closed, Pushed         bool
	SignIn, Submits        bool
	Expired                bool
	Framed                 bool // it is inside another page
	Left                   string
	Amount                 *amountView
	Instruction            string
	Facts                  []fact
	Network                string
	Problem                string // why the phone cannot accept
	Accounts               []accountView
	Misbehaviours, Faults  []choice
	JSON                   string
	Misbehaved             []string
	Sent                   bool // to a node
	Next                   string
	Query                  string // of the addresses of the page, with "?" before it unless it is empty
}

type accountView struct {
	Name, Address, Brief string
	Chosen               bool
}

// choice is something that may be chosen by its name.
type choice struct {
	namedDoc
	Chosen bool
}

func anyChosen(all []choice) bool {
	return slices.ContainsFunc(all, func(c choice) bool { return c.Chosen })
}

func choices(docs []namedDoc, chosen []string) (all []choice) {
	for _, d := range docs {
		all = append(all, choice{d, slices.Contains(chosen, d.Name)})
	}
	return all
}

// viewOfPayload is the sign page at now. Its query may say closed, when the user has just left the review, and name
// misbehaviours that are chosen beforehand.
func viewOfPayload(pl *engine.Payload, app engine.App, now time.Time, query url.Values) signView {
	closed := query.Has("closed")
	v := signView{
		UUID: pl.UUID, Code: strings.ToUpper(pl.UUID[:4]), App: app.Name, Description: app.Description, Icon: app.Icon,
		Title: title(pl.Type()), Closed: closed, Pushed: pl.Pushed,
		SignIn: pl.Type() == "SignIn", Submits: pl.Submits(), Expired: pl.Expired(now),
		Left:   duration(pl.Expires.Sub(now)),
		Amount: headline(pl.Tx),
		JSON:   indent(pl.Template),

		Misbehaviours: choices(docsOf(misbehaviourTable), query["misbehave"]),
	}
	if query.Del("closed"); len(query) > 0 {
		v.Query = "?" + query.Encode()
	}
	if pl.Meta.Instruction != nil {
		v.Instruction = *pl.Meta.Instruction
	}
	on, ok := networkFor(pl.Options.ForceNetwork)
	v.Network = on.Key
	if !ok {
		v.Network, v.Problem = pl.Options.ForceNetwork, "This phone does not know the network that is asked for."
	}
	v.Facts = askedFacts(pl, v.Network)
	chosen, err := signerOf(pl, "")
	if err != nil {
		v.Problem = "None of this phone's accounts may sign this request."
	}
	if !signable(pl) {
		v.Problem = "This phone cannot sign a request like this."
	}
	for _, a := range signersOf(pl) {
		v.Accounts = append(v.Accounts, accountView{a.name, a.address, brief(a.address), a == chosen})
	}
	switch v.Screen = string(pl.State(now)); {
	case pl.Signing != nil:
		v.Screen = "signing"
	case pl.Outcome != nil:
		v.Misbehaved, v.Sent, v.Next = pl.Outcome.Misbehaved, pl.Outcome.Dispatched != "", next(pl)
		v.Facts = signedFacts(pl)
	case pl.Opened && !closed:
		v.Screen = "review"
	case pl.Opened || v.Screen == "pending":
		v.Screen = "incoming"
	}
	return v
}

// next is where the phone leads after signing: the app return URL, if it is one a browser may open.
func next(pl *engine.Payload) string {
	filled := pl.ReturnURL(pl.Options.ReturnApp, pl.Outcome)
	if filled == nil {
		return ""
	}
	u, err := url.Parse(*filled)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

// brief is an address by its ends.
func brief(address string) string { return address[:6] + "…" + address[len(address)-6:] }

func duration(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", max(d, 0)/time.Second)
}

func indent(raw []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return string(raw)
	}
	return b.String()
}
