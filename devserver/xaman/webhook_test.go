package xaman

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const hookBody = `{"meta":{"url":"https://shop.example/hook",` +
	`"application_uuidv4":"0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11",` +
	`"payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},` +
	`"payloadResponse":{"payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77","signed":true}}`

func hookCredentials(t *testing.T) Credentials {
	t.Helper()
	c, err := ParseCredentials(key, "6b1f0f3e-2c1d-4d7a-9e55-1a2b3c4d5e6f")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hookHeader(timestamp, signature string) http.Header {
	return http.Header{"X-Xumm-Request-Timestamp": {timestamp}, "X-Xumm-Request-Signature": {signature}}
}

func TestWebhookSignature(t *testing.T) {
	const (
		at        = "1767225600"
		signature = "57392157e2d8c7b80c95ed5dbaa698e20642f66d"
	)
	sent := time.Unix(1767225600, 0)
	tests := []struct {
		name   string
		header http.Header
		body   string
		now    time.Time
		want   error
	}{
		{"signed now", hookHeader(at, signature), hookBody, sent, nil},
		{"clock is 5 minutes ahead", hookHeader(at, signature), hookBody, sent.Add(5 * time.Minute), nil},
		{"clock is 5 minutes behind", hookHeader(at, signature), hookBody, sent.Add(-5 * time.Minute), nil},
		{"too old", hookHeader(at, signature), hookBody, sent.Add(301 * time.Second), ErrSignature},
		{"from the future", hookHeader(at, signature), hookBody, sent.Add(-301 * time.Second), ErrSignature},
		{"every hyphen removed", hookHeader(at, "bd68d6e6a372da0ae6f5025efb34bd5a59d3a9fd"), hookBody, sent, ErrSignature},
		{"no hyphen removed", hookHeader(at, "eeca5c212e114d0fe50d02b41d770bdc1baf2073"), hookBody, sent, ErrSignature},
		{"another timestamp", hookHeader("1767225601", signature), hookBody, sent, ErrSignature},
		{"another body", hookHeader(at, signature), hookBody + " ", sent, ErrSignature},
		{"no signature", hookHeader(at, ""), hookBody, sent, ErrSignature},
		{"timestamp is no number", hookHeader("soon", hookCredentials(t).sign("soon", []byte(hookBody))), hookBody, sent,
			ErrSignature},
		{"no headers", nil, hookBody, sent, ErrSignature},
		{"signature cut short", hookHeader(at, signature[:38]), hookBody, sent, ErrSignature},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := hookCredentials(t).ParseWebhook(tt.header, []byte(tt.body), tt.now)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if want := (Webhook{Payload: uuid}); err == nil && got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestWebhookBody(t *testing.T) {
	now := time.Now()
	tests := []struct {
		name, body string
		want       Webhook
		wantErr    error
	}{
		{"no token", strings.Replace(hookBody, "{", `{"userToken":null,`, 1), Webhook{Payload: uuid}, nil},
		{"token with times in seconds",
			strings.Replace(hookBody, "{",
				`{"userToken":{"user_token":"T","token_issued":1767607239,"token_expiration":1770199239},`, 1),
			Webhook{Payload: uuid, UserToken: "T"}, nil},
		{"token with times as text",
			strings.Replace(hookBody, "{", `{"userToken":{"user_token":"T","token_issued":"2026-01-05T10:00:39Z"},`, 1),
			Webhook{Payload: uuid, UserToken: "T"}, nil},
		{"upper-case uuid", strings.ReplaceAll(hookBody, string(uuid), strings.ToUpper(string(uuid))),
			Webhook{Payload: uuid}, nil},
		{"another application", strings.Replace(hookBody, key, string(uuid), 1), Webhook{}, ErrWebhook},
		{"no payload", `{"meta":{"application_uuidv4":"` + key + `"}}`, Webhook{}, ErrWebhook},
		{"doubled key", strings.Replace(hookBody, "{", `{"meta":{},`, 1), Webhook{}, ErrWebhook},
		{"miscased key", strings.Replace(hookBody, "{", `{"UserToken":{"user_token":"T"},`, 1), Webhook{}, ErrWebhook},
		{"not JSON", `<html>`, Webhook{}, ErrWebhook},
		{"something after the JSON", hookBody + `{}`, Webhook{}, ErrWebhook},
		{"empty", ``, Webhook{}, ErrWebhook},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, at := hookCredentials(t), strconv.FormatInt(now.Unix(), 10)
			got, err := c.ParseWebhook(hookHeader(at, c.sign(at, []byte(tt.body))), []byte(tt.body), now)
			if !errors.Is(err, tt.wantErr) || got != tt.want {
				t.Errorf("got %+v, %v, want %+v, %v", got, err, tt.want, tt.wantErr)
			}
		})
	}
}
