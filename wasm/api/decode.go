package api

import (
	"errors"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// decodeError reads what is not a success. Only what the contract says is the backend's own word: any other page with
// the status 404 comes from a place where there is no backend, and says nothing of a sign request.
func decodeError(called string, status int, body []byte) error {
	if v, err := fastjson.ParseBytes(body); err == nil && text(v, "error", "code") != "" {
		return &Error{Status: status, Code: payload.Code(text(v, "error", "code")), Message: text(v, "error", "message")}
	}
	switch status {
	case 408, 429, 502, 503, 504: // what stands between the page and the backend says so, in its own words
		return &payload.Error{
			Code:    payload.BackendUnreachable,
			Message: fmt.Sprintf("backend does not answer %s, status %d is said in its place", called, status),
		}
	}
	return &payload.Error{
		Code: payload.BadAnswer,
		Message: fmt.Sprintf("%s has status %d and a body that is not of the contract: there is no backend at this URL",
			called, status),
	}
}

// decodeAnswer reads a success. Its error completes a sentence that begins with "backend's answer".
func decodeAnswer(body []byte) (*fastjson.Value, *SignRequest, error) {
	v, err := fastjson.ParseBytes(body)
	if err != nil {
		return nil, nil, errors.New("is not JSON")
	}
	r, err := decodeSignRequest(v)
	if err == nil && doubled(v) { // looked at last: the keys that it reads are spelled in another way afterwards
		return nil, nil, errors.New("has a key twice")
	}
	return v, r, err
}

// doubled reports whether an object in v has a key twice, which readers take for different things.
func doubled(v *fastjson.Value) (yes bool) {
	switch v.Type() {
	case fastjson.TypeArray:
		for _, member := range v.GetArray() {
			yes = yes || doubled(member)
		}
	case fastjson.TypeObject:
		seen := map[string]bool{}
		v.GetObject().Visit(func(key []byte, member *fastjson.Value) {
			yes = yes || seen[string(key)] || doubled(member)
			seen[string(key)] = true
		})
	}
	return yes
}

func decodeSignRequest(v *fastjson.Value) (*SignRequest, error) {
	uuid, err := payload.ParseUUID(text(v, "uuid"))
	if err != nil {
		return nil, errors.New("has no uuid")
	}
	var in reader
	r := &SignRequest{
		Answer: payload.Answer{
			UUID:    uuid,
			Status:  payload.Status(text(v, "status")),
			Verdict: payload.Verdict(text(v, "verdict")),
			Checks:  in.checks(v),
			Result:  in.result(v.Get("result")),
			Summary: in.summary(v.Get("summary")),
		},
		Stale:    v.GetBool("stale"),
		Platform: text(v, "platform"),
	}
	if in.err != nil {
		return nil, in.err
	}
	if r.Result.Explorer != "" && !payload.SafeLink(r.Result.Explorer) {
		return nil, errors.New("has an explorer that is not an https: URL")
	}
	if n := v.Get("expires_in"); n != nil && n.Type() != fastjson.TypeNull {
		seconds, err := n.Int()
		if err != nil {
			return nil, errors.New("has an expires_in that is not a whole number")
		}
		r.ExpiresIn = &seconds
	}
	if p := v.Get("payload"); p != nil && p.Type() == fastjson.TypeObject {
		r.Payload = p.MarshalTo(nil)
	}
	if err := consistent(r.Answer); err != nil {
		return nil, err
	}
	return r, nil
}

func text(v *fastjson.Value, keys ...string) string { return string(v.GetStringBytes(keys...)) }
