package xaman

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Credentials are an application's key and secret. However they are printed or logged, the secret stays hidden.
type Credentials struct{ key, secret string }

// ParseCredentials checks the form of a key and a secret, as the platform answers "missing or malformed" and "wrong"
// with numbers only. Its errors never quote them.
func ParseCredentials(key, secret string) (Credentials, error) {
	if _, err := payload.ParseUUID(key); err != nil {
		return Credentials{}, errors.New("key is not a version 4 UUID")
	}
	if _, err := payload.ParseUUID(secret); err != nil {
		return Credentials{}, errors.New("secret is not a version 4 UUID")
	}
	return Credentials{key: key, secret: secret}, nil
}

// Application is the application's UUID, which is also its key.
func (c Credentials) Application() string { return c.key }

// String names the application and hides the secret.
func (c Credentials) String() string { return "application " + c.key }

// Format hides the secret from every verb, those that print fields included.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue hides the secret from structured logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }
