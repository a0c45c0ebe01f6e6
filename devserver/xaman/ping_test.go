package xaman

import (
	"net/http"
	"testing"
	"time"
)

func TestPing(t *testing.T) {
	date := time.Date(2026, 1, 5, 10, 1, 30, 0, time.UTC)
	for _, tt := range []struct {
		name, body, date string
		want             Pong
	}{
		{"everything", `{"pong":true,"auth":{"application":{"name":"Shop","webhookurl":"https://shop.example"}}}`,
			date.Format(http.TimeFormat), Pong{"Shop", "https://shop.example", date}},
		{"nothing", `{"pong":true}`, "now", Pong{}},
	} {
		c := testClient(t, func(r *http.Request) (*http.Response, error) {
			if r.Method != "GET" || r.URL.String() != "https://xumm.app/api/v1/platform/ping" ||
				r.Header.Get("X-API-Secret") != secret {
				t.Errorf("%s: got %s %s, want credentials with a ping", tt.name, r.Method, r.URL)
			}
			return reply(200, tt.body, "Date", tt.date), nil
		})
		if got, err := c.Ping(t.Context()); err != nil || got != tt.want {
			t.Errorf("%s: got %+v, %v, want %+v", tt.name, got, err, tt.want)
		}
	}
	calls := 0
	_, err := testClient(t, always(&calls, 403, `{"error":{"code":813}}`)).Ping(t.Context())
	if err == nil || err.Error() != "ping: platform answered 403, code 813: API secret is wrong" {
		t.Errorf("got %v, want why it was refused", err)
	}
}
