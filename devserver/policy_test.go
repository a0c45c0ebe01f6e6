package main

import "testing"

func TestContentPolicy(t *testing.T) {
	tests := []struct {
		name      string
		platforms []string
		want      string
	}{
		{"sandbox", []string{"http://127.0.0.1:8081"}, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; " +
			"style-src 'self'; img-src 'self' http://127.0.0.1:8081; connect-src 'self' ws://127.0.0.1:8081; base-uri 'none'; " +
			"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"},
		{"platform", []string{"https://xumm.app", "https://xaman.app"}, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; " +
			"style-src 'self'; img-src 'self' https://xumm.app https://xaman.app; connect-src 'self' wss://xumm.app wss://xaman.app; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := contentPolicy(tt.platforms...); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
