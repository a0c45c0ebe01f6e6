package api

import (
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func decodeError(status int, body []byte) *Error {
	e := &Error{Status: status, Code: Internal}
	if v, err := fastjson.ParseBytes(body); err == nil && text(v, "error", "code") != "" {
		e.Code = Code(text(v, "error", "code"))
		e.Message = text(v, "error", "message")
	}
	return e
}

func decodeSignRequest(v *fastjson.Value) (SignRequest, error) {
	uuid, err := payload.ParseUUID(text(v, "uuid"))
	if err != nil {
		return SignRequest{}, badAnswer("has no uuid")
	}
	r := SignRequest{
		Answer: payload.Answer{
			UUID:    uuid,
			Status:  payload.Status(text(v, "status")),
			Verdict: payload.Verdict(text(v, "verdict")),
			Result: payload.Result{
				Account:     text(v, "result", "account"),
				TxID:        text(v, "result", "txid"),
				Network:     text(v, "result", "network"),
				Amount:      text(v, "result", "amount"),
				Currency:    text(v, "result", "currency"),
				Destination: text(v, "result", "destination"),
				Explorer:    text(v, "result", "explorer"),
			},
			Summary: payload.Summary{
				Site:        text(v, "summary", "site"),
				Type:        text(v, "summary", "type"),
				Amount:      text(v, "summary", "amount"),
				Currency:    text(v, "summary", "currency"),
				Destination: text(v, "summary", "destination"),
				Network:     text(v, "summary", "network"),
			},
		},
	}
	switch r.Status {
	case payload.StatusPending, payload.StatusOpened, payload.StatusSigned, payload.StatusRejected,
		payload.StatusExpired, payload.StatusCancelled:
	default:
		return SignRequest{}, badAnswer("has no known status")
	}
	switch r.Verdict {
	case payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified, payload.VerdictUnverified:
	default:
		return SignRequest{}, badAnswer("has no known verdict")
	}
	if r.Verdict != payload.VerdictNone && r.Status != payload.StatusSigned {
		return SignRequest{}, badAnswer("has a verdict on what is not signed")
	}
	if r.Result.Explorer != "" && !payload.SafeLink(r.Result.Explorer) {
		return SignRequest{}, badAnswer("has an explorer that is not an https: URL")
	}
	if n := v.Get("expires_in"); n != nil && n.Type() != fastjson.TypeNull {
		seconds, err := n.Int()
		if err != nil {
			return SignRequest{}, badAnswer("has an expires_in that is not a whole number")
		}
		r.ExpiresIn = &seconds
	}
	for _, c := range v.GetArray("checks") {
		check := payload.Check{
			Name:    text(c, "name"),
			Outcome: payload.Outcome(text(c, "outcome")),
			Detail:  text(c, "detail"),
		}
		switch check.Outcome {
		case payload.Pass, payload.Fail, payload.Pending, payload.Skipped:
		default:
			return SignRequest{}, badAnswer("has a check with no known outcome")
		}
		r.Checks = append(r.Checks, check)
	}
	if p := v.Get("payload"); p != nil && p.Type() == fastjson.TypeObject {
		r.Payload = p.MarshalTo(nil)
	}
	return r, nil
}

func text(v *fastjson.Value, keys ...string) string { return string(v.GetStringBytes(keys...)) }

func badAnswer(why string) error {
	return &payload.Error{Code: payload.BadAnswer, Message: fmt.Sprintf("backend's answer %s", why)}
}
