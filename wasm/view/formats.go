package view

import (
	"fmt"
	"time"
)

// Formats writes numbers and times as a language does. The browser has one for each; [Plain] is for the rest.
type Formats interface {
	// Number writes a decimal number, without losing a digit of it. What is not one is returned as it is.
	Number(decimal string) string
	// Duration writes what [Whole] makes of it with the unit, such as "5 minutes".
	Duration(d time.Duration) string
	// Time writes a date and a time of day, in the visitor's time zone.
	Time(t time.Time) string
}

// Plain writes them as English does, numbers as they are, and times in UTC.
type Plain struct{}

var _ Formats = Plain{}

// Number returns a number as it is.
func (Plain) Number(decimal string) string { return decimal }

// Duration writes what [Whole] makes of it.
func (Plain) Duration(d time.Duration) string {
	n, unit := Whole(d)
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprint(n, " ", unit)
}

// Whole returns a time in the unit in which people speak of it, "hour", "minute" or "second", without what is left
// over.
func Whole(d time.Duration) (n int, unit string) {
	switch {
	case d >= 2*time.Hour:
		return int(d / time.Hour), "hour"
	case d >= 2*time.Minute || d == time.Minute:
		return int(d / time.Minute), "minute"
	}
	return int(d / time.Second), "second"
}

// Time writes a time to the minute.
func (Plain) Time(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%d %s %04d, %02d:%02d UTC", t.Day(), t.Month(), t.Year(), t.Hour(), t.Minute())
}
