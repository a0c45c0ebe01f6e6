package xaman

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestParseCredentials(t *testing.T) {
	tests := []struct {
		name, key, secret, wantErr string
	}{
		{"both well formed", key, secret, ""},
		{"key", "my-key", secret, "key is not a version 4 UUID"},
		{"secret", key, "hunter2", "secret is not a version 4 UUID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if _, err := ParseCredentials(tt.key, tt.secret); err != nil {
				got = err.Error()
			}
			if got != tt.wantErr {
				t.Errorf("got error %q, want %q", got, tt.wantErr)
			}
		})
	}
}

func TestCredentialsHideTheSecret(t *testing.T) {
	c, err := ParseCredentials(key, secret)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+" "+verb+"\n", c, &c)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("started", "credentials", c, "pointer", &c)
	}
	hex := fmt.Sprintf("%x", secret)
	if got := b.String(); strings.Contains(got, secret) || strings.Contains(got, hex) {
		t.Errorf("got the secret in %s", got)
	}
}
