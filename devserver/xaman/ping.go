package xaman

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Pong is what the platform says of an application whose credentials it takes. What it does not say is zero.
type Pong struct {
	Name    string
	Webhook string    // URL that the platform's console has for webhooks
	Date    time.Time // by the platform's clock
}

// Ping asks whether the platform takes the credentials.
func (c *Client) Ping(ctx context.Context) (Pong, error) {
	var answer struct {
		Auth struct {
			Application struct {
				Name    string `json:"name"`
				Webhook string `json:"webhookurl"`
			} `json:"application"`
		} `json:"auth"`
	}
	header, err := c.exchange(ctx, http.MethodGet, "ping", nil, &answer)
	if err != nil {
		return Pong{}, fmt.Errorf("ping: %w", err)
	}
	date, _ := http.ParseTime(header.Get("Date"))
	return Pong{answer.Auth.Application.Name, answer.Auth.Application.Webhook, date}, nil
}
