package view

import "time"

// Formats writes numbers and times as a language does. The browser has one for each; [Plain] is for the rest.
type Formats interface {
	// Number writes a decimal number, without losing a digit of it. What is not one is returned as it is.
	Number(decimal string) string
	// Duration writes whole minutes or seconds with their unit, such as "5 minutes".
	Duration(d time.Duration) string
	// Time writes a date and a time of day, in the visitor's time zone.
	Time(t time.Time) string
}
