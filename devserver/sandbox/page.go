package sandbox

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
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

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"demoOf": demoOf, "anyChosen": anyChosen,
}).ParseFS(pageFiles, "pages/*.html"))

// demoOf is the site's demo that shows a fault or a misbehaviour: what is about sign-ins or their memos needs one.
func demoOf(name string) string {
	if strings.HasSuffix(name, "sign-in") || strings.HasSuffix(name, "memo") {
		return "sign-in"
	}
	return "pay"
}

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
			view = viewOfPayload(pl, e.App(pl.App), now, r.URL.Query())
		}
		return err
	})
	switch err {
	case nil:
		view.Framed = r.Header.Get("Sec-Fetch-Dest") == "iframe"
		view.Faults = choices(docsOf(faultTable), s.faults.names(uuid))
		if view.Screen == "signing" {
			w.Header().Set("Refresh", "1")
		}
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
	query := url.Values{}
	if wrong := r.URL.Query()["misbehave"]; wrong != nil {
		query["misbehave"] = wrong
	}
	var err error
	switch act := r.PostFormValue("act"); act {
	case "accept":
		o := PhoneOptions{Misbehave: r.PostForm["misbehave"], Account: r.PostFormValue("account")}
		var a *attempt
		if a, err = s.accept(uuid, o); err == nil {
			s.life.wg.Go(func() { s.carryOut(a, s.pause) })
		}
	case "faults":
		err = s.setFaults(uuid, r.PostForm["fault"])
	case "close":
		query.Set("closed", "")
		fallthrough
	default:
		err = s.do(uuid, act)
	}
	if err != nil {
		s.log.Info("phone refused", "uuid", short(uuid), "err", err)
	}
	page := url.URL{Path: "/sign/" + uuid, RawQuery: query.Encode()}
	http.Redirect(w, r, page.String(), http.StatusSeeOther)
}

func (s *Sandbox) index(w http.ResponseWriter, r *http.Request) {
	type item struct {
		UUID, Title, App string
		State            engine.State
	}
	type application struct{ Name, Key, Secret string }
	type errors struct {
		Parameter, Title string
		Ways             []namedDoc
	}
	view := struct {
		Base     string
		Apps     []application
		Payloads []item
		Site     string // whose pages show each fault; "" if that is unknown
		Errors   []errors
	}{Base: s.origin(r)}
	if len(s.sites) > 0 {
		view.Site = s.sites[0]
		view.Errors = []errors{
			{"fault", "The platform errs", docsOf(faultTable)},
			{"misbehave", "The phone misbehaves", docsOf(misbehaviourTable)},
			{"node", "The ledger’s node errs", docsOf(nodeFaultTable)},
		}
	}
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
		"base-uri 'none'; frame-ancestors "+cmp.Or(strings.Join(s.sites, " "), "'none'"))
	if len(s.sites) == 0 {
		h.Set("X-Frame-Options", "DENY") // which cannot name who may
	}
	h.Set("X-Content-Type-Options", "nosniff")
	// Without a referrer, the page's own forms would not name their origin either.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}
