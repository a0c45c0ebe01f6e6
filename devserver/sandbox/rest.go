package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const maxBody = 1 << 20

// The platform's routes match version 4 UUIDs only, in either case.
var uuidV4 = regexp.MustCompile(
	`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`)

// call is one authenticated call of the REST API.
type call struct {
	ref  string // X-Call-Ref, also the uuid of a payload that the call creates
	uuid string // of the payload that the call is about, if it is about one
	app  engine.App
	w    http.ResponseWriter // for the header of the answer
	r    *http.Request
}

// reply is the answer to a call: a document.
type reply struct {
	status int
	doc    any
}

func ok(doc any) reply { return reply{http.StatusOK, doc} }

func respond(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(engine.JSON(v))
}

// authenticated handles calls of applications, as many as they may make.
func (s *Sandbox) authenticated(handle func(call) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := call{ref: newUUID(), w: w, r: r}
		w.Header().Set("X-Call-Ref", c.ref)
		answer := s.identify(&c)
		if answer.doc == nil {
			answer = handle(c)
		}
		respond(w, answer.status, answer.doc)
	}
}

// identify finds the application that makes a call and counts the call against its limit. A call that is refused has an
// answer.
func (s *Sandbox) identify(c *call) reply {
	key, secret := c.r.Header.Get("X-API-Key"), c.r.Header.Get("X-API-Secret")
	if !uuidV4.MatchString(key) || !uuidV4.MatchString(secret) {
		return s.refuse(*c, errNoKey)
	}
	i := slices.IndexFunc(s.apps, func(a engine.App) bool { return strings.EqualFold(a.Key, key) })
	if i < 0 {
		return s.refuse(*c, errUnknownKey)
	}
	c.app = s.apps[i]
	switch {
	case !strings.EqualFold(c.app.Secret, secret):
		return s.refuse(*c, errWrongSecret)
	case c.app.Disabled:
		return s.refuse(*c, errDisabled)
	}
	var remaining, limit int
	var admitted bool
	s.look(func(e *engine.Engine, now time.Time) { remaining, limit, admitted = e.Admit(now, c.app.Key) })
	c.w.Header().Set("X-RateLimit-Limit", strconv.Itoa(limit))
	c.w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	if !admitted {
		return s.refuse(*c, errTooManyCalls)
	}
	return reply{}
}

// byUUID handles calls whose path names a payload. Others are of no known path, whoever makes them.
func (s *Sandbox) byUUID(handle func(call) reply) http.HandlerFunc {
	known := s.authenticated(func(c call) reply {
		c.uuid = strings.ToLower(c.r.PathValue("uuid"))
		return s.intercepted(c, handle)
	})
	return func(w http.ResponseWriter, r *http.Request) {
		if !uuidV4.MatchString(r.PathValue("uuid")) {
			s.unknownRoute(w, r)
			return
		}
		known(w, r)
	}
}

// byIdentifier handles calls whose path names the identifier of a payload.
func (s *Sandbox) byIdentifier(handle func(call) reply) func(call) reply {
	return func(c call) reply {
		s.look(func(e *engine.Engine, _ time.Time) {
			if pl := e.Identified(c.app.Key, c.r.PathValue("identifier")); pl != nil {
				c.uuid = pl.UUID
			}
		})
		return s.intercepted(c, handle)
	}
}

// intercepted has a call about a payload go through the payload's faults, the first of them outermost.
func (s *Sandbox) intercepted(c call, handle func(call) reply) (answer reply) {
	s.wire.say(c.uuid, restCall, c.r.Method+" "+c.r.URL.Path, nil)
	defer func() { s.wire.answer(c.uuid, restCall, answer.status, engine.JSON(answer.doc)) }() // a fault may panic
	for _, f := range slices.Backward(s.faults.active(c.uuid, func(f fault) bool { return f.rest != nil })) {
		next := handle
		handle = func(c call) reply { return f.rest(s, c, next) }
	}
	return handle(c)
}

// visible returns the payload that a call is about.
func (s *Sandbox) visible(e *engine.Engine, now time.Time, c call) (*engine.Payload, error) {
	pl := e.Payload(c.uuid)
	if pl == nil || pl.App != c.app.Key || s.faults.hide(pl, now) {
		return nil, errNotFound
	}
	return pl, nil
}

func (s *Sandbox) pingNoAuth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Call-Ref", newUUID())
	respond(w, http.StatusOK, map[string]bool{"pong": true})
}

func (s *Sandbox) ping(c call) reply {
	type application struct {
		UUIDv4     string `json:"uuidv4"`
		Name       string `json:"name"`
		WebhookURL string `json:"webhookurl"`
		Disabled   int    `json:"disabled"`
	}
	type ref struct {
		UUIDv4 string `json:"uuidv4"`
	}
	type auth struct {
		Quota       struct{}    `json:"quota"`
		Application application `json:"application"`
		Call        ref         `json:"call"`
	}
	return ok(struct {
		Pong bool `json:"pong"`
		Auth auth `json:"auth"`
	}{true, auth{
		Application: application{UUIDv4: c.app.Key, Name: c.app.Name, WebhookURL: c.app.WebhookURL}, Call: ref{c.ref},
	}})
}

func (s *Sandbox) createPayload(c call) (said reply) {
	body, raw, err := readBody(c)
	if err != nil {
		return s.refuse(c, err)
	}
	in, err := parseCreation(body)
	if err != nil {
		return s.refuse(c, err)
	}
	in.App, in.UUID, in.Template = c.app.Key, c.ref, templateInOrder(raw, in.Tx)
	var answer *engine.Payload
	defer func() { s.wire.answer(c.ref, restCall, said.status, engine.JSON(said.doc)) }()
	err = s.step(func(e *engine.Engine, now time.Time) error {
		made, err := e.Create(now, in)
		if made == nil {
			return err
		}
		s.wire.open(made.UUID)
		s.wire.say(made.UUID, restCall, c.r.Method+" "+c.r.URL.Path, raw)
		s.faults.moveNext(made.UUID)
		s.begin(e, made.UUID, now)
		answer = made
		for _, f := range s.faults.active(made.UUID, func(f fault) bool { return f.created != nil }) {
			answer = f.created(e, answer)
		}
		return err
	})
	if err != nil {
		return s.refuse(c, err)
	}
	s.log.Info("payload created", "uuid", short(c.ref), "type", in.Tx.Text("TransactionType"), "app", c.app.Name)
	return ok(answer.CreatedDocument(s.origin(c.r)))
}

// readBody reads and decodes the body of a call.
func readBody(c call) (body any, raw []byte, err error) {
	raw, err = io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, nil, errTooLarge
	}
	if err == nil {
		body, err = decodeBody(raw)
	}
	if err != nil {
		return nil, nil, errNotJSON
	}
	return body, raw, nil
}

// decodeBody returns nil for an empty body.
func decodeBody(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var body any
	if err := d.Decode(&body); err != nil {
		if err == io.EOF {
			return nil, nil
		}
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return body, nil
}

func (s *Sandbox) getPayload(c call) reply {
	var doc engine.Document
	err := s.step(func(e *engine.Engine, now time.Time) error {
		pl, err := s.visible(e, now, c)
		if err == nil {
			doc = e.Document(now, pl, s.origin(c.r))
			_, err = e.Fetch(pl.UUID)
		}
		return err
	})
	if err != nil {
		return s.refuse(c, err)
	}
	return ok(doc)
}

func (s *Sandbox) deletePayload(c call) reply {
	var doc engine.Cancellation
	err := s.step(func(e *engine.Engine, now time.Time) error {
		pl, err := s.visible(e, now, c)
		if err == nil {
			doc, err = e.Cancel(now, pl.UUID)
		}
		return err
	})
	if err != nil {
		return s.refuse(c, err)
	}
	s.log.Info("payload cancel", "uuid", short(c.uuid), "reason", doc.Result.Reason)
	return ok(doc)
}

type tokenDoc struct {
	UserToken string `json:"user_token"`
	Active    bool   `json:"active"`
	Issued    int64  `json:"issued,omitempty"`
	Expires   int64  `json:"expires,omitempty"`
}

// tokens is what an application may know of some user tokens; of one that is not its own, nothing.
func (s *Sandbox) tokens(c call, values []any) reply {
	docs := []tokenDoc{}
	s.look(func(e *engine.Engine, now time.Time) {
		for _, v := range values {
			value, ok := v.(string)
			if !ok {
				continue
			}
			doc := tokenDoc{UserToken: value}
			if t, ok := e.Token(now, c.app.Key, value); ok {
				doc.Active, doc.Issued, doc.Expires = true, t.Issued.Unix(), t.Expires.Unix()
			}
			docs = append(docs, doc)
		}
	})
	return ok(map[string][]tokenDoc{"tokens": docs})
}

func (s *Sandbox) getUserToken(c call) reply { return s.tokens(c, []any{c.r.PathValue("token")}) }

func (s *Sandbox) postUserTokens(c call) reply {
	body, _, err := readBody(c)
	in, isObject := body.(map[string]any)
	if err == nil && !isObject {
		err = errNoBody
	}
	if err != nil {
		return s.refuse(c, err)
	}
	values, _ := in["tokens"].([]any)
	return s.tokens(c, values)
}
