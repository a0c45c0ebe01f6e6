package view

import (
	"fmt"
	"time"
)

// Formats writes numbers and times as a language does. The browser has one for each; [Plain] is for the rest.
type Formats interface {
	// Number writes a decimal number, without losing a digit of it. What is not one is returned as it is.
	Number(decimal string) string
	// Duration writes whole minutes or seconds with their unit, such as "5 minutes".
	Duration(d time.Duration) string
	// Time writes a date and a time of day, in the visitor's time zone.
	Time(t time.Time) string
}

// Plain writes them as English does, numbers as they are, and times in UTC.
type Plain struct{}

var _ Formats = Plain{}

// Number returns a number as it is.
func (Plain) Number(decimal string) string { return decimal }

// Duration writes minutes if d consists of them, else seconds.
func (Plain) Duration(d time.Duration) string {
	n, unit := int(d.Round(time.Second)/time.Second), "second"
	if n >= 60 && n%60 == 0 {
		n, unit = n/60, "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprint(n, " ", unit)
}

// Time writes a time to the minute.
func (Plain) Time(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%d %s %04d, %02d:%02d UTC", t.Day(), t.Month(), t.Year(), t.Hour(), t.Minute())
}
