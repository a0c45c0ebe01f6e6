//go:build js && wasm

package browser

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/view"
)

// formats writes as the browser does in a language.
type formats struct {
	numerals                      view.Numerals
	hours, minutes, seconds, time safejs.Value // formatters
}

// lateFormats are the formats of a language, which are made when the first is needed: that takes the browser a long
// time, and a card that waits for the platform needs none.
type lateFormats func() view.Formats

func formatsWhenNeeded(tag string) view.Formats {
	return lateFormats(sync.OnceValue(func() view.Formats { return formatsOf(tag) }))
}

func (f lateFormats) Number(decimal string) string    { return f().Number(decimal) }
func (f lateFormats) Duration(d time.Duration) string { return f().Duration(d) }
func (f lateFormats) Time(t time.Time) string         { return f().Time(t) }

// formatsOf returns the formats of a BCP 47 tag. They are [view.Plain] where the browser does not know the language.
func formatsOf(tag string) view.Formats {
	f, err := newFormats(tag)
	if err != nil {
		return view.Plain{}
	}
	return f
}

func newFormats(tag string) (*formats, error) {
	intl, err := property(safejs.Global(), "Intl")
	if err != nil {
		return nil, fmt.Errorf("find Intl: %w", err)
	}
	var js script
	number, date := js.try(property(intl, "NumberFormat")), js.try(property(intl, "DateTimeFormat"))
	// A class that does not know the language would take the browser's own.
	known := js.try(callOn(number, "supportedLocalesOf", tag))
	if js.err != nil {
		return nil, fmt.Errorf("look for language: %w", js.err)
	}
	if n, err := known.Length(); err != nil || n == 0 {
		return nil, fmt.Errorf("the browser does not know the language %q", tag)
	}
	unit := func(name string) safejs.Value {
		return js.try(number.New(tag, map[string]any{"style": "unit", "unit": name, "unitDisplay": "long"}))
	}
	f := &formats{hours: unit("hour"), minutes: unit("minute"), seconds: unit("second")}
	f.time = js.try(date.New(tag, map[string]any{"dateStyle": "medium", "timeStyle": "short"}))
	plain := js.try(number.New(tag))
	if js.err != nil {
		return nil, fmt.Errorf("make formats: %w", js.err)
	}
	if f.numerals, err = learn(plain); err != nil {
		return nil, fmt.Errorf("learn numerals: %w", err)
	}
	return f, nil
}

// learn finds out how a formatter writes numbers. A number of JavaScript has too few digits to give it an amount.
func learn(formatter safejs.Value) (n view.Numerals, err error) {
	parts, err := partsOf(formatter, -1234567.5)
	if err != nil {
		return n, err
	}
	small, err := partsOf(formatter, 1234)
	if err != nil {
		return n, err
	}
	var groups []int // digits of each
	for _, p := range parts {
		switch p.kind {
		case "minusSign", "literal": // Arabic has a mark of direction beside it
			n.Minus += p.text
		case "integer":
			groups = append(groups, utf8.RuneCountInString(p.text))
		case "group":
			n.Group = p.text
		case "decimal":
			n.Decimal = p.text
		}
	}
	if last := len(groups) - 1; last > 0 {
		n.First, n.Rest = groups[last], groups[last-1]
		n.Least = n.First + 1
		if len(small) == 1 {
			n.Least++
		}
	}
	for digit := range n.Digits {
		if n.Digits[digit], err = formatted(formatter, digit); err != nil {
			return n, err
		}
	}
	if n.Minus == "" || n.Decimal == "" {
		return n, errors.New("there is no minus or no decimal separator")
	}
	return n, nil
}

// part is what a formatter makes of a part of a number.
type part struct{ kind, text string }

func partsOf(formatter safejs.Value, number float64) ([]part, error) {
	list, err := callOn(formatter, "formatToParts", number)
	if err != nil {
		return nil, err
	}
	length, err := list.Length()
	if err != nil {
		return nil, err
	}
	parts := make([]part, length)
	for i := range parts {
		var js script
		p := js.try(list.Index(i))
		kind, text := js.try(p.Get("type")), js.try(p.Get("value"))
		if js.err == nil {
			parts[i].kind, js.err = kind.String()
		}
		if js.err == nil {
			parts[i].text, js.err = text.String()
		}
		if js.err != nil {
			return nil, js.err
		}
	}
	return parts, nil
}

// formatted returns the text that a formatter makes of a number.
func formatted(formatter safejs.Value, number any) (string, error) {
	v, err := callOn(formatter, "format", number)
	if err != nil {
		return "", err
	}
	return v.String()
}

func (f *formats) Number(decimal string) string { return f.numerals.Format(decimal) }

func (f *formats) Duration(d time.Duration) string {
	formatter, unit := f.seconds, time.Second
	switch {
	case d >= 2*time.Hour:
		formatter, unit = f.hours, time.Hour
	case d >= 2*time.Minute || d == time.Minute:
		formatter, unit = f.minutes, time.Minute
	}
	text, err := formatted(formatter, int(d/unit))
	if err != nil {
		return view.Plain{}.Duration(d)
	}
	return text
}

func (f *formats) Time(t time.Time) string {
	text, err := formatted(f.time, t.UnixMilli())
	if err != nil {
		return view.Plain{}.Time(t)
	}
	return text
}
