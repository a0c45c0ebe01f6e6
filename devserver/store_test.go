package main

import (
	"testing"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestStore(t *testing.T) {
	s := newStore(2)
	for _, uuid := range []payload.UUID{"a", "b", "c"} {
		s.add(&record{session: "mine", order: verify.Order{UUID: uuid}})
	}
	tests := []struct {
		name    string
		uuid    payload.UUID
		session string
		want    bool
	}{
		{"oldest is forgotten", "a", "mine", false},
		{"older", "b", "mine", true},
		{"newest", "c", "mine", true},
		{"of another session", "c", "theirs", false},
		{"without session", "c", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r, ok := s.get(tt.uuid, tt.session); ok != tt.want || ok && r.order.UUID != tt.uuid {
				t.Errorf("got %v, %v, want %v", r, ok, tt.want)
			}
		})
	}
	if len(s.records) != 2 {
		t.Errorf("got %d records, want 2", len(s.records))
	}
}
