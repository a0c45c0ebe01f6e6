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
)

const maxBody = 1 << 20

// The platform's routes match version 4 UUIDs only, in either case.
var uuidV4 = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`)

// call is one authenticated call of the REST API.
type call struct {
	ref string // X-Call-Ref, also the uuid of a payload that the call creates
	app *app
	w   http.ResponseWriter
	r   *http.Request
}

func (p *Platform) authenticated(handle func(c call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := call{ref: newUUID(), w: w, r: r}
		w.Header().Set("X-Call-Ref", c.ref)
		var err *apiError
		if c.app, err = authenticate(r.Header.Get("X-API-Key"), r.Header.Get("X-API-Secret")); err != nil {
			p.fail(c, err)
			return
		}
		if !p.admit(c) {
			p.fail(c, errTooManyCalls)
			return
		}
		handle(c)
	}
}

func authenticate(key, secret string) (*app, *apiError) {
	if !uuidV4.MatchString(key) || !uuidV4.MatchString(secret) {
		return nil, errNoKey
	}
	i := slices.IndexFunc(apps, func(a app) bool { return strings.EqualFold(a.key, key) })
	switch {
	case i < 0:
		return nil, errUnknownKey
	case !strings.EqualFold(apps[i].secret, secret):
		return nil, errWrongSecret
	case apps[i].disabled:
		return nil, errDisabled
	}
	return &apps[i], nil
}

// admit counts the call against its application's limit.
func (p *Platform) admit(c call) bool {
	p.mu.Lock()
	l := p.limits[c.app.key]
	if l == nil {
		l = &limiter{limit: callsPerMinute}
		p.limits[c.app.key] = l
	}
	remaining, ok := l.take(time.Now())
	p.mu.Unlock()
	c.w.Header().Set("X-RateLimit-Limit", strconv.Itoa(callsPerMinute))
	c.w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	return ok
}

func (p *Platform) fail(c call, err *apiError) {
	p.log.Info("call refused", "call", c.r.Pattern, "code", err.code, "ref", short(c.ref))
	respond(c.w, err.status, errorDoc{errorBody{c.ref, err.code}})
}

func fatal(w http.ResponseWriter, r *http.Request, status int, message, ref string) {
	respond(w, status, fatalDoc{true, message, ref, status, strings.TrimPrefix(r.URL.Path, "/api"), r.Method})
}

func (p *Platform) unknownRoute(w http.ResponseWriter, r *http.Request) {
	fatal(w, r, http.StatusNotFound, "Endpoint unknown or method not allowed for endpoint", "")
}

func respond(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(marshal(v))
}

func (p *Platform) pingNoAuth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Call-Ref", newUUID())
	respond(w, http.StatusOK, map[string]bool{"pong": true})
}

func (p *Platform) ping(c call) {
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
	respond(c.w, http.StatusOK, struct {
		Pong bool `json:"pong"`
		Auth auth `json:"auth"`
	}{true, auth{Application: application{UUIDv4: c.app.key, Name: c.app.name, WebhookURL: p.webhookFor(c.app)}, Call: ref{c.ref}}})
}

func (p *Platform) createPayload(c call) {
	body, raw, ok := p.body(c)
	if !ok {
		return
	}
	in, refused := parseCreation(body)
	if refused != nil {
		p.fail(c, refused)
		return
	}

	now := time.Now()
	pl := newPayload(c.ref, c.app, in, now)
	pl.Template = templateInOrder(raw, in.template)
	p.mu.Lock()
	if !p.store.makeRoom(pl.size(), now) {
		p.mu.Unlock()
		fatal(c.w, c.r, http.StatusServiceUnavailable, "too many payloads are unfinished", c.ref)
		return
	}
	pl.Pushed = p.store.mayPush(c.app, in.userToken, now)
	unique := p.store.add(pl)
	if next, some := p.faults[nextPayload]; some {
		delete(p.faults, nextPayload)
		p.faults[pl.UUID] = next
		p.beginFaults(pl, now)
	}
	err := p.save(pl)
	doc := p.created(p.answering(pl))
	p.mu.Unlock()
	if err != nil {
		fatal(c.w, c.r, http.StatusInternalServerError, "payload cannot be stored", c.ref)
		return
	}
	if !unique {
		p.fail(c, errIdentifierTaken)
		return
	}
	p.log.Info("payload created", "uuid", short(pl.UUID), "type", pl.txType, "app", c.app.name)
	respond(c.w, http.StatusOK, doc)
}

// answering is the payload that a creation answers with: the one that it made, unless a fault has it otherwise. The
// caller holds Platform.mu.
func (p *Platform) answering(made *payload) *payload {
	for _, f := range p.faults[made.UUID] {
		if f.created != nil {
			p.log.Info("fault", "name", f.name, "uuid", short(made.UUID))
			made = f.created(p, made)
		}
	}
	return made
}

// body decodes the body of a call. A call whose body cannot be read is answered.
func (p *Platform) body(c call) (body any, raw []byte, ok bool) {
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		fatal(c.w, c.r, http.StatusRequestEntityTooLarge, "request entity too large", c.ref)
		return nil, nil, false
	}
	if err == nil {
		body, err = decodeBody(raw)
	}
	if err != nil {
		fatal(c.w, c.r, http.StatusInternalServerError, "request body is not JSON", c.ref)
	}
	return body, raw, err == nil
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

// byUUID handles calls whose path names a payload. Others are of no known path, whoever makes them.
func (p *Platform) byUUID(handle func(c call)) http.HandlerFunc {
	known := p.authenticated(handle)
	return func(w http.ResponseWriter, r *http.Request) {
		if !uuidV4.MatchString(r.PathValue("uuid")) {
			p.unknownRoute(w, r)
			return
		}
		known(w, r)
	}
}

func (p *Platform) getPayload(c call) { p.get(c, strings.ToLower(c.r.PathValue("uuid"))) }

func (p *Platform) getPayloadByIdentifier(c call) {
	uuid := ""
	p.mu.Lock()
	if pl := p.store.identifiers[identifierKey{c.app.key, c.r.PathValue("identifier")}]; pl != nil {
		uuid = pl.UUID
	}
	p.mu.Unlock()
	p.get(c, uuid)
}

func (p *Platform) get(c call, uuid string) {
	pl := p.find(c, uuid)
	if pl == nil {
		return
	}
	p.mu.Lock()
	doc := p.shown(pl.UUID, pl.document(time.Now(), p.base, p.store.issued[c.app.key] == pl))
	p.publish(pl.UUID, devappFetched, devappFetchedMessage)
	p.mu.Unlock()
	respond(c.w, http.StatusOK, doc)
}

// find returns the payload that a call is about, nil if the call is answered because there is none,
// or by a fault.
func (p *Platform) find(c call, uuid string) *payload {
	for _, f := range p.faultsOf(uuid) {
		if f.answer == nil {
			continue
		}
		p.log.Info("fault", "name", f.name, "uuid", short(uuid))
		if f.answer(p, c) {
			return nil
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	pl := p.known(uuid, time.Now())
	if pl == nil || pl.app != c.app {
		p.fail(c, errNotFound)
		return nil
	}
	return pl
}

func (p *Platform) deletePayload(c call) {
	pl := p.find(c, strings.ToLower(c.r.PathValue("uuid")))
	if pl == nil {
		return
	}
	p.mu.Lock()
	now := time.Now()
	// The answer carries the payload as it was before, except that it is expired already.
	doc := cancelDoc{Meta: pl.metaDoc(now), CustomMeta: pl.Meta}
	doc.Meta.Expired = true
	doc.Result.Cancelled, doc.Result.Reason = pl.cancel(now)
	reason, answer := doc.Result.Reason, p.shown(pl.UUID, doc)
	err := p.save(pl)
	if err == nil {
		// The platform fetches the payload itself, which is all that listeners learn of a cancel.
		p.publish(pl.UUID, devappFetched, devappFetchedMessage)
	}
	p.mu.Unlock()
	if err != nil {
		fatal(c.w, c.r, http.StatusInternalServerError, "payload cannot be stored", c.ref)
		return
	}
	p.log.Info("payload cancel", "uuid", short(pl.UUID), "reason", reason)
	respond(c.w, http.StatusOK, answer)
}
