package backend

import (
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/xaman-live/xaman-live/devserver/strictjson"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const maxBody = 4 << 10

func (b *Backend) list(w http.ResponseWriter, _ *http.Request) error {
	list := api.Offers{
		Demos: slices.Sorted(maps.Keys(b.offers)), Platform: b.platform.Origin(), Sandbox: b.sandbox,
	}
	for _, name := range list.Demos {
		offer := b.offers[name]
		list.Offers = append(list.Offers, api.Offer{Name: name, Label: offer.Label, Type: offer.Type})
	}
	return writeJSON(w, http.StatusOK, list)
}

func (b *Backend) get(w http.ResponseWriter, r *http.Request) error {
	req, err := b.find(r)
	if err != nil {
		return err
	}
	defer b.requests.release(req)
	answer, err := b.current(r.Context(), req, func() caller { return callerOf(r) })
	if err != nil {
		return err
	}
	b.follows(w, r, req, answer.verdict)
	write(w, http.StatusOK, answer.body)
	return nil
}

func (b *Backend) cancel(w http.ResponseWriter, r *http.Request) error {
	req, err := b.find(r)
	if err != nil {
		return err
	}
	defer b.requests.release(req)
	answer, err := b.stop(r.Context(), req, callerOf(r))
	if err != nil {
		return err
	}
	b.log.Info("cancel", about(answer.UUID), "reason", answer.Reason)
	b.follows(w, r, req, answer.Verdict)
	return writeJSON(w, http.StatusOK, answer)
}

// find returns the record of a request that the visitor has made, in this browser or as somebody whom the site's own
// program knows, or that he has a view key for. The caller releases it.
func (b *Backend) find(r *http.Request) (*request, error) {
	uuid, err := payload.ParseUUID(r.PathValue("uuid"))
	if err != nil {
		return nil, &api.Error{Code: api.BadRequest, Message: "That is not the UUID of a sign request."}
	}
	key, given := viewKeyOf(r)
	lets := given || b.cookies.holds(r, uuid)
	switch {
	case given:
		err = b.cookies.opens(key, uuid)
	case !lets && !whoIs(r).hosted:
		err = errNotFound // as if there were none
	}
	if err != nil {
		return nil, err
	}
	req, err := b.requests.get(r.Context(), uuid)
	if err == nil && !lets && req.session != session(r) {
		b.requests.release(req)
		return nil, errNotFound
	}
	return req, err
}

// follows gives a browser its next session, if a request that it has made in this one was verified. Whichever tab asks
// first gets it, and so does each that had asked before it knew.
func (b *Backend) follows(w http.ResponseWriter, r *http.Request, req *request, v payload.Verdict) {
	if v == payload.VerdictVerified && !whoIs(r).hosted && req.session == session(r) {
		http.SetCookie(w, b.cookies.forSession(b.cookies.next(req.uuid)))
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
	write(w, status, data)
	return nil
}

// headers are those of all answers but for their lengths.
var headers = http.Header{
	"Content-Type":           {"application/json; charset=utf-8"},
	"Cache-Control":          {"no-store"},
	"X-Content-Type-Options": {"nosniff"},
}

func write(w http.ResponseWriter, status int, data []byte) {
	maps.Copy(w.Header(), headers)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data) // the visitor may have left
}
