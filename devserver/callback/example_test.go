package callback

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// genuine reports whether a callback was sent by somebody who knows the secret, in the last five minutes.
func genuine(secret string, h http.Header, rawBody []byte, now time.Time) bool {
	stamp := h.Get("Xaman-Live-Time")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(rawBody)
	expected := "v1=" + hex.EncodeToString(mac.Sum(nil))
	found := false
	for signature := range strings.SplitSeq(h.Get("Xaman-Live-Signature"), ", ") {
		found = hmac.Equal([]byte(signature), []byte(expected)) || found
	}
	return found && err == nil && now.Sub(time.Unix(seconds, 0)).Abs() <= 5*time.Minute
}

// What the guide has receivers in Go do.
func TestGenuine(t *testing.T) {
	d := deliver(t, newSecret, oldSecret)
	now := time.Now()
	for _, secret := range []string{oldSecret, newSecret} {
		if !genuine(secret, d.header, d.body, now) {
			t.Errorf("with a secret that is valid: got a forgery, want it genuine")
		}
	}
	const stamp, signature = "Xaman-Live-Time", "Xaman-Live-Signature"
	tests := []struct {
		name         string
		secret, body string
		after        time.Duration
		change       func(http.Header)
	}{
		{"another secret", "another" + oldSecret, deliveryBody, 0, nil},
		{"another body", oldSecret, deliveryBody + " ", 0, nil},
		{"an hour ago", oldSecret, deliveryBody, time.Hour, nil},
		{"in an hour", oldSecret, deliveryBody, -time.Hour, nil},
		{"another time", oldSecret, deliveryBody, 0, func(h http.Header) {
			h.Set(stamp, strconv.FormatInt(now.Unix()-100, 10))
		}},
		{"no time", oldSecret, deliveryBody, 0, func(h http.Header) { h.Del(stamp) }},
		{"no signature", oldSecret, deliveryBody, 0, func(h http.Header) { h.Del(signature) }},
		{"half a signature", oldSecret, deliveryBody, 0, func(h http.Header) { h.Set(signature, h.Get(signature)[:20]) }},
		{"another version", oldSecret, deliveryBody, 0, func(h http.Header) {
			h.Set(signature, strings.ReplaceAll(h.Get(signature), "v1=", "v2="))
		}},
	}
	for _, tt := range tests {
		h := d.header.Clone()
		if tt.change != nil {
			tt.change(h)
		}
		if genuine(tt.secret, h, []byte(tt.body), now.Add(tt.after)) {
			t.Errorf("%s: got it genuine, want a forgery", tt.name)
		}
	}
}
