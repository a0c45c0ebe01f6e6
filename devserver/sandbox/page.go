package sandbox

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

//go:embed pages
var pageFiles embed.FS

//go:embed assets
var assets embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// stagePause is the time between two stages of signing on the sign page, for people to see each.
const stagePause = 600 * time.Millisecond

// sign serves everything below /sign/: status socket, QR codes and sign page share the address.
func (s *Sandbox) sign(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	if m := imagePath.FindStringSubmatch(path); m != nil && uuidV4.MatchString(m[1]) {
		s.serveQR(w, r, strings.ToLower(m[1]), m[2], m[3])
		return
	}
	if len(path) < 36 || !uuidV4.MatchString(path[:36]) {
		s.noPage(w, r)
		return
	}
	uuid, rest := strings.ToLower(path[:36]), path[36:]
	switch {
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		s.listen(w, r, uuid)
	case rest == "/qr":
		s.payloadPage(w, r, "qr.html", uuid, (*engine.Engine).ShowQR) // as a desktop sees it
	case rest == "" || rest == "/deeplink":
		s.payloadPage(w, r, "sign.html", uuid, (*engine.Engine).Find)
	default:
		s.noPage(w, r)
	}
}

// payloadPage shows a page about the payload that find finds.
func (s *Sandbox) payloadPage(
	w http.ResponseWriter, r *http.Request, page, uuid string, find func(*engine.Engine, string) (*engine.Payload, error),
) {
	var view signView
	err := s.step(func(e *engine.Engine, now time.Time) error {
		pl, err := find(e, uuid)
		if err == nil {
			view = viewOfPayload(pl, e.App(pl.App), now, r.URL.Query().Has("closed"))
		}
		return err
	})
	switch err {
	case nil:
		s.render(w, http.StatusOK, page, view)
	case engine.ErrUnknown:
		s.noPage(w, r)
	default:
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
	}
}

// signForm is the phone for people. Whatever an act says, the page it leads back to shows the
// payload's true state.
func (s *Sandbox) signForm(w http.ResponseWriter, r *http.Request) {
	uuid := strings.ToLower(r.PathValue("uuid"))
	if !uuidV4.MatchString(uuid) {
		s.noPage(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	page := "/sign/" + uuid
	var err error
	switch act := r.PostFormValue("act"); act {
	case "accept":
		o := PhoneOptions{Misbehave: r.PostForm["misbehave"], Account: r.PostFormValue("account")}
		var a *attempt
		if a, err = s.accept(uuid, o); err == nil {
			s.life.wg.Go(func() { s.carryOut(a, s.pause) })
		}
	default:
		err = s.do(uuid, act)
		if act == "close" {
			page += "?closed"
		}
	}
	if err != nil {
		s.log.Info("phone refused", "uuid", short(uuid), "err", err)
	}
	http.Redirect(w, r, page, http.StatusSeeOther)
}

func (s *Sandbox) index(w http.ResponseWriter, r *http.Request) {
	type item struct {
		UUID, Title, App string
		State            engine.State
	}
	type application struct{ Name, Key, Secret string }
	view := struct {
		Base     string
		Apps     []application
		Payloads []item
	}{Base: s.origin(r)}
	for _, a := range s.apps {
		view.Apps = append(view.Apps, application{a.Name, a.Key, a.Secret})
	}
	s.look(func(e *engine.Engine, now time.Time) {
		for pl := range e.Payloads() {
			if len(view.Payloads) == 20 {
				break
			}
			view.Payloads = append(view.Payloads, item{pl.UUID, title(pl.Type()), e.App(pl.App).Name, pl.State(now)})
		}
	})
	s.render(w, http.StatusOK, "index.html", view)
}

func (s *Sandbox) noPage(w http.ResponseWriter, r *http.Request) {
	s.render(w, http.StatusNotFound, "notfound.html", nil)
}

func (s *Sandbox) asset(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, assets, "assets/"+r.PathValue("file"))
}

func (s *Sandbox) render(w http.ResponseWriter, status int, page string, view any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, page, view); err != nil {
		s.log.Error("render page", "page", page, "err", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// Forms post to the page itself; style sheet, icon and QR code are files of this origin.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "+
		"base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	// Without a referrer, the page's own forms would not name their origin either.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// signView is what the sign page shows.
type signView struct {
	UUID, App, Description string
	Screen                 string // incoming, review, signing, signed, rejected, expired or cancelled
	Title                  string
	Closed, Pushed         bool
	SignIn, Submits        bool
	Expired                bool
	Left                   string
	Amount                 *amountView
	Instruction            string
	Destination, Tag       string
	Marks                  marks
	Network                string
	Problem                string // why the phone cannot accept
	Accounts               []accountView
	Misbehaviours          []namedDoc
	JSON                   string
	Signer, TxID           string
	Dispatched             string // what became of the submission, as the phone says
	Misbehaved             []string
	Next                   string
}

type amountView struct{ Value, Currency string }

type accountView struct {
	Name, Address string
	Chosen        bool
}

// viewOfPayload is the sign page at now; closed means that the user has just left the review.
func viewOfPayload(pl *engine.Payload, app engine.App, now time.Time, closed bool) signView {
	v := signView{
		UUID: pl.UUID, App: app.Name, Description: app.Description,
		Title: title(pl.Type()), Closed: closed, Pushed: pl.Pushed,
		SignIn: pl.Type() == "SignIn", Submits: pl.Submits(), Expired: pl.Expired(now),
		Left:        duration(pl.Expires.Sub(now)),
		Amount:      amount(pl.Tx["Amount"]),
		Destination: pl.Tx.Text("Destination"),
		Tag:         tag(pl.Tx),
		Marks:       askedMarks(pl),
		JSON:        indent(pl.Template),

		Misbehaviours: docsOf(misbehaviourTable),
	}
	if pl.Meta.Instruction != nil {
		v.Instruction = *pl.Meta.Instruction
	}
	on, ok := networkFor(pl.Options.ForceNetwork)
	v.Network = on.Key
	if !ok {
		v.Network, v.Problem = pl.Options.ForceNetwork, "This phone does not know the network that is asked for."
	}
	chosen, err := signerOf(pl, "")
	if err != nil {
		v.Problem = "None of this phone's accounts may sign this request."
	}
	if !signable(pl) {
		v.Problem = "This phone cannot sign a request like this."
	}
	for _, a := range signersOf(pl) {
		v.Accounts = append(v.Accounts, accountView{a.name, a.address, a == chosen})
	}
	switch v.Screen = string(pl.State(now)); {
	case pl.Signing != nil:
		v.Screen = "signing"
	case pl.Outcome != nil:
		v.Signer, v.TxID = pl.Outcome.Signature.Account, pl.Outcome.Signature.TxID
		v.Dispatched, v.Misbehaved = pl.Outcome.Dispatched, pl.Outcome.Misbehaved
		v.Next = next(pl)
		v.Marks = signedMarks(pl)
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

// title is a type in words: OfferCreate reads "Offer create".
func title(txType string) string {
	var b strings.Builder
	for i, c := range txType {
		if i > 0 && 'A' <= c && c <= 'Z' {
			b.WriteByte(' ')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// tag is the destination tag, "" if there is none.
func tag(t engine.Transaction) string {
	if tag, ok := t.Integer("DestinationTag"); ok {
		return fmt.Sprint(tag)
	}
	return ""
}

// amount reads a ledger amount: drops, or a value of an issued currency.
func amount(v any) *amountView {
	switch v := v.(type) {
	case string:
		drops, ok := new(big.Int).SetString(v, 10)
		if !ok {
			return nil
		}
		xrp := new(big.Rat).SetFrac(drops, big.NewInt(1_000_000)).FloatString(6)
		return &amountView{strings.TrimSuffix(strings.TrimRight(xrp, "0"), "."), "XRP"}
	case map[string]any:
		value, _ := v["value"].(string)
		currency, _ := v["currency"].(string)
		return &amountView{value, currency}
	}
	return nil
}

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
