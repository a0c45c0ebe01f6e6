package xaman

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/strictjson"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	// ErrSignature matches when a webhook is not signed with the application's secret, or was signed too long ago.
	ErrSignature = errors.New("webhook is not signed by the platform")
	// ErrWebhook matches when a webhook is signed but cannot be read.
	ErrWebhook = errors.New("webhook is malformed")
)

// Webhook says that a payload was signed or declined. It brings neither blob nor verdict: read the payload with
// [Client.Get].
type Webhook struct {
	Payload   payload.UUID
	UserToken string // issued to the application for pushing to the user's phone; "" if none was
}

// A webhook that is repeated gets a new timestamp.
const webhookWindow = 5 * time.Minute

// ParseWebhook reads a webhook whose headers and raw body show that the platform sent it to the application just now.
// Its errors match [ErrSignature] or [ErrWebhook].
func (c Credentials) ParseWebhook(h http.Header, body []byte, now time.Time) (Webhook, error) {
	timestamp := h.Get("X-Xumm-Request-Timestamp")
	if !hmac.Equal([]byte(h.Get("X-Xumm-Request-Signature")), []byte(c.sign(timestamp, body))) {
		return Webhook{}, ErrSignature
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > webhookWindow {
		return Webhook{}, fmt.Errorf("%w at this time, but at %q", ErrSignature, timestamp)
	}
	var doc struct {
		Meta struct {
			Application string `json:"application_uuidv4"`
			Payload     string `json:"payload_uuidv4"`
		} `json:"meta"`
		UserToken struct {
			Token string `json:"user_token"`
		} `json:"userToken"`
	}
	if err := strictjson.Unmarshal(body, &doc); err != nil {
		return Webhook{}, fmt.Errorf("%w: %w", ErrWebhook, err)
	}
	if !strings.EqualFold(doc.Meta.Application, c.key) {
		return Webhook{}, fmt.Errorf("%w: it is for another application", ErrWebhook)
	}
	uuid, err := payload.ParseUUID(doc.Meta.Payload)
	if err != nil {
		return Webhook{}, fmt.Errorf("%w: %w", ErrWebhook, err)
	}
	return Webhook{Payload: uuid, UserToken: doc.UserToken.Token}, nil
}

// sign returns the signature of a webhook. Its key is the secret without its first hyphen: the others stay, since the
// platform's code and the sample in docs.xaman.dev, "Webhooks", replace a single one.
func (c Credentials) sign(timestamp string, body []byte) string {
	mac := hmac.New(sha1.New, []byte(strings.Replace(c.secret, "-", "", 1)))
	mac.Write([]byte(timestamp))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
