package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/strictjson"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	maxBody    = 4 << 10
	maxRecords = 10_000
)

// backend answers the contract of package api.
type backend struct {
	site        string // origin of the pages
	random      io.Reader
	platform    *xaman.Client
	origin      string // of the platform, if it is not Xaman's
	credentials xaman.Credentials
	ledger      verify.Node // of the network that the demos are on
	record      record.Record
	requests    *requests
	cookies     cookies
	limits      *limits
	creations   *creations
	background  *background
	log         *slog.Logger
	readBlob    func(hex string) *verify.Blob

	rounds                       chan struct{} // held by those who ask in the background
	platformOutage, ledgerOutage outage
}

func newBackend(
	site string, p platform, ledger verify.Node, r record.Record, bg *background, log *slog.Logger,
) *backend {
	return &backend{
		site: site, random: rand.Reader,
		platform: p.client, origin: p.origin, credentials: p.credentials, ledger: ledger,
		record: r, requests: newRequests(r), cookies: cookies{r.Secret(), strings.HasPrefix(site, "https:")},
		limits: newLimits(p.client.Allowed), creations: newCreations(), background: bg, log: log,
		readBlob: verify.ReadBlob,
		rounds:   make(chan struct{}, roundsAtOnce),
	}
}

func (b *backend) offers(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, api.Offers{Demos: slices.Sorted(maps.Keys(demos))})
}

func (b *backend) create(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	d, ok := demos[body.Demo]
	if !ok {
		return &api.Error{Code: api.UnknownDemo, Message: "This site has no demo of that name."}
	}
	key, err := idempotencyKey(r, body.Demo)
	if err != nil {
		return err
	}
	end, err := b.creations.begin(r.Context(), key)
	if err != nil {
		return err
	}
	defer end()
	req, err := b.again(r.Context(), key)
	if err != nil {
		return err
	}
	if req == nil {
		// Whoever gives up, and asks again, finds what was under way then.
		if req, err = b.make(context.WithoutCancel(r.Context()), body.Demo, d, key, visitorOf(r)); err != nil {
			return err
		}
	}
	defer b.requests.release(req)
	answer, err := b.last(r.Context(), req)
	if err != nil {
		return err
	}
	http.SetCookie(w, b.cookies.holder(req.uuid))
	b.follows(w, r, req, answer.Answer)
	return writeJSON(w, http.StatusCreated, answer)
}

// make creates a request, if the visitor may, and returns its record, which the caller releases.
func (b *backend) make(ctx context.Context, name string, d demo, key string, v visitor) (*request, error) {
	now, identifier := time.Now(), rand.Text()
	deadlines, err := b.record.Deadlines(ctx, v.session, now)
	if err != nil {
		return nil, err
	}
	free, err := b.creations.reserve(v.session, deadlines, now)
	if err != nil {
		return nil, err
	}
	defer free()
	if wait, ok := b.limits.take(now, creating, v); !ok {
		return nil, tooMany("There are too many new requests at the moment. Try again in a while.", wait)
	}
	token, err := b.record.Token(ctx, v.session)
	if err != nil {
		return nil, err
	}
	// The tab that the wallet opens shows the same request as the one that was left behind.
	d.options.ReturnURL.App = b.site + "/?request={id}"
	order, err := b.order(d, identifier, now, b.newestLedger(ctx, d))
	if err != nil {
		return nil, err
	}
	created, err := b.platform.Create(ctx, xaman.Request{
		TxJSON:  order.TxJSON,
		Options: d.options,
		CustomMeta: xaman.Custom{
			Identifier:  identifier,
			Instruction: strings.ReplaceAll(d.instruction, "{host}", hostOf(b.site)),
		},
		UserToken: token,
	})
	if err != nil {
		if mayExist(err) {
			b.cancelLost(identifier)
		}
		return nil, err
	}
	order.UUID = created.UUID
	e := record.Entry{
		Session:  v.session,
		Next:     fingerprint(b.cookies.next(created.UUID)),
		Key:      key,
		Purpose:  name,
		Order:    order,
		Created:  created.JSON(),
		Summary:  d.summary,
		Answer:   unsigned(created.UUID, payload.StatusPending),
		Deadline: now.Add(time.Duration(d.options.Expire) * time.Minute),
	}
	// The visitor gets no link to a request that the server would not remember.
	if err := b.requests.add(ctx, e, now); err != nil {
		b.cancelLost(identifier)
		return nil, err
	}
	b.log.Info("created", "demo", name, "uuid", created.UUID.Short(), "pushed", created.Pushed)
	return b.requests.get(ctx, created.UUID)
}

// newestLedger asks the node for what the request's transaction cannot be older than, if there is to be one. Without an
// answer it takes longer to tell later that a transaction can never happen any more.
func (b *backend) newestLedger(ctx context.Context, d demo) uint32 {
	if !d.options.Submit {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	node, err := b.ledger.Server(ctx)
	if err != nil {
		b.log.Warn("the ledger does not answer", "err", err)
	}
	return node.Validated
}

func (b *backend) get(w http.ResponseWriter, r *http.Request) error {
	req, err := b.find(r)
	if err != nil {
		return err
	}
	defer b.requests.release(req)
	answer, err := b.current(r.Context(), req, visitorOf(r))
	if err != nil {
		return err
	}
	b.follows(w, r, req, answer.Answer)
	return writeJSON(w, http.StatusOK, answer)
}

func (b *backend) cancel(w http.ResponseWriter, r *http.Request) error {
	req, err := b.find(r)
	if err != nil {
		return err
	}
	defer b.requests.release(req)
	answer, err := b.stop(r.Context(), req, visitorOf(r))
	if err != nil {
		return err
	}
	b.log.Info("cancel", "uuid", answer.UUID.Short(), "reason", answer.Reason)
	b.follows(w, r, req, answer.Answer)
	return writeJSON(w, http.StatusOK, answer)
}

// find returns the record of a request that the browser has made, which the caller releases.
func (b *backend) find(r *http.Request) (*request, error) {
	uuid, err := payload.ParseUUID(r.PathValue("uuid"))
	if err != nil {
		return nil, &api.Error{Code: api.BadRequest, Message: "That is not the UUID of a sign request."}
	}
	if !b.cookies.holds(r, uuid) {
		return nil, errNotFound // as if there were none
	}
	return b.requests.get(r.Context(), uuid)
}

// follows gives a browser its next session, if a request that it has made in this one was verified. Whichever tab asks
// first gets it, and so does each that had asked before it knew.
func (b *backend) follows(w http.ResponseWriter, r *http.Request, req *request, a payload.Answer) {
	if a.Verdict == payload.VerdictVerified && req.session == session(r) {
		http.SetCookie(w, b.cookies.session(b.cookies.next(req.uuid)))
	}
}

// readBody insists on the JSON type, which a form of another site cannot send.
func readBody(w http.ResponseWriter, r *http.Request) (api.Create, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return api.Create{}, &api.Error{Code: api.BadRequest, Message: "The Content-Type has to be application/json."}
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return api.Create{}, err
	}
	var body api.Create
	if err := strictjson.Unmarshal(data, &body); err != nil {
		return api.Create{}, &api.Error{Code: api.BadRequest, Message: "The body is not the JSON object that was expected."}
	}
	return body, nil
}

func writeJSON(w http.ResponseWriter, status int, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the visitor may have left
	return nil
}
