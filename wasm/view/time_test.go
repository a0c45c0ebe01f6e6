package view

import (
	"testing"
	"time"
)

// What RFC 3339 writes is read as package time reads it, but for fractions of a second, which nobody shows.
func TestParseTime(t *testing.T) {
	tests := []string{
		"2026-03-01T11:59:58Z", "2024-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "2026-03-01T11:59:58.5Z",
		"2026-03-01T11:59:58.123456789Z", "2026-03-01T11:59:58+02:00", "2026-03-01T00:59:58-09:30",
		"2026-03-01T11:59:58.25+05:45",
		"", "Z", "tomorrow", "7", "2026-03-01", "2026-03-01T11:59:58", "2026-02-29T11:59:58Z", "2026-13-01T11:59:58Z",
		"2026-03-32T11:59:58Z", "2026-03-01T24:00:00Z", "2026-03-01T11:60:00Z", "2026-03-01T11:59:60Z",
		"2026-03-01 11:59:58Z", "2026-03-01t11:59:58z", "26-03-01T11:59:58Z", "2026-3-01T11:59:58Z",
		"2026-03-01T11:59:58.Z", "2026-03-01T11:59:58.5", "2026-03-01T11:59:58.5.5Z", "2026-03-01T11:59:58+0200",
		"2026-03-01T11:59:58+02", "2026-03-01T11:59:58 02:00", "2026-03-01T11:59:58ZZ",
		"+026-03-01T11:59:58Z", "2026-03-01T11:59:58Z ", "r2026-03-01T11:59:58Z",
		"rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN", "\x002026-03-01T11:59:58", "２０２６-03-01T11:59:58Z",
	}
	for _, text := range tests {
		want, err := time.Parse(time.RFC3339, text)
		got, ok := parseTime(text)
		if ok != (err == nil) || ok && !got.Equal(want.Truncate(time.Second)) {
			t.Errorf("%q: got %v, %v, want %v, %v", text, got, ok, want, err)
		}
	}
}
