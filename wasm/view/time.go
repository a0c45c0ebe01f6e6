package view

import (
	"strconv"
	"strings"
	"time"
)

// parseTime reads a time as RFC 3339 writes it. time.Parse, which knows every format, costs 4 kB on the wire.
func parseTime(text string) (at time.Time, ok bool) {
	const form, zoneForm = "2006-01-02T15:04:05", "-07:00"
	number := func(digits string) int {
		n, _ := strconv.Atoi(digits) // what is no number is written otherwise below
		return n
	}
	if len(text) <= len(form) {
		return time.Time{}, false
	}
	clock, zone := text[:len(form)], text[len(form):]
	at = time.Date(number(clock[:4]), time.Month(number(clock[5:7])), number(clock[8:10]),
		number(clock[11:13]), number(clock[14:16]), number(clock[17:]), 0, time.UTC)
	if at.Format(form) != clock { // there is no such day, or it is no time at all
		return time.Time{}, false
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
	east := 3600*number(zone[1:3]) + 60*number(zone[4:])
	if zone[0] == '-' {
		east = -east
	}
	at = at.Add(-time.Duration(east) * time.Second)
	return at, at.In(time.FixedZone("", east)).Format(zoneForm) == zone
}
