package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseTime reads a time as RFC 3339 writes it. Format and time.Parse, which know every format, cost 12 kB on the wire.
func parseTime(text string) (at time.Time, ok bool) {
	const form, zoneForm = "2006-01-02T15:04:05", "-07:00"
	number := func(digits string) int {
		n, _ := strconv.ParseUint(digits, 10, 0) // what is no number is written otherwise below
		return int(n)
	}
	if len(text) <= len(form) {
		return time.Time{}, false
	}
	clock, zone := text[:len(form)], text[len(form):]
	at = time.Date(number(clock[:4]), time.Month(number(clock[5:7])), number(clock[8:10]),
		number(clock[11:13]), number(clock[14:16]), number(clock[17:]), 0, time.UTC)
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	if fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour, minute, second) != clock {
		return time.Time{}, false // there is no such day, or it is no time at all
	}
	if fraction, ok := strings.CutPrefix(zone, "."); ok {
		if zone = strings.TrimLeft(fraction, "0123456789"); zone == fraction {
			return time.Time{}, false
		}
	}
	switch {
	case zone == "Z":
		return at, true
	case len(zone) != len(zoneForm):
		return time.Time{}, false
	}
	east := 60*number(zone[1:3]) + number(zone[4:])
	if zone[1:] != fmt.Sprintf("%02d:%02d", east/60, east%60) {
		return time.Time{}, false
	}
	switch zone[0] {
	case '+':
		return at.Add(-time.Duration(east) * time.Minute), true
	case '-':
		return at.Add(time.Duration(east) * time.Minute), true
	}
	return time.Time{}, false
}
