//go:build js && wasm

package browser

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/view"
)

// formats writes as the browser does in a language. What that takes is made when it is needed first: the browser takes
// long for each, and a card that waits for the platform needs little of it. Where the browser does not know the
// language, or has no such thing, what is written is that of [view.Plain].
type formats struct {
	english  bool
	numerals func() (view.Numerals, error)
	units    map[string]func() (safejs.Value, error) // formatters, as time is
	time     func() (safejs.Value, error)
}

// english is how numbers are written in English, but for some countries. To make its first formatter takes a browser
// longer than all else that a card needs of it.
var english = view.Numerals{
	Digits: [10]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	Minus:  "-", Decimal: ".", Group: ",", First: 3, Rest: 3, Least: 4,
}

// formatsOf returns the formats of a BCP 47 tag.
func formatsOf(tag string) *formats {
	units := map[string]func() (safejs.Value, error){}
	for _, unit := range []string{"hour", "minute", "second"} {
		units[unit] = formatter("NumberFormat", tag, map[string]any{"style": "unit", "unit": unit, "unitDisplay": "long"})
	}
	plain := formatter("NumberFormat", tag, map[string]any{})
	return &formats{
		english: tag == "en" || strings.HasPrefix(tag, "en-"),
		numerals: sync.OnceValues(func() (n view.Numerals, err error) {
			switch tag {
			case "en", "en-GB", "en-US":
				return english, nil
			}
			numbers, err := plain()
			if err == nil {
				n, err = learn(numbers)
			}
			return n, err
		}),
		units: units,
		time:  formatter("DateTimeFormat", tag, map[string]any{"dateStyle": "medium", "timeStyle": "short"}),
	}
}

// formatter returns a function that makes a formatter of a class of Intl, once.
func formatter(class, tag string, options map[string]any) func() (safejs.Value, error) {
	return sync.OnceValues(func() (safejs.Value, error) {
		var js script
		of := js.try(property(js.try(property(safejs.Global(), "Intl")), class))
		// A class that does not know the language would take the browser's own.
		known := js.try(callOn(of, "supportedLocalesOf", tag))
		if js.err != nil {
			return safejs.Undefined(), fmt.Errorf("look for language: %w", js.err)
		}
		if n, err := known.Length(); err != nil || n == 0 {
			return safejs.Undefined(), fmt.Errorf("the browser does not know the language %q", tag)
		}
		return of.New(tag, options)
	})
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
	if err == nil && v.Type() != safejs.TypeString {
		err = errors.New("a formatter wrote no text")
	}
	if err != nil {
		return "", err
	}
	return v.String()
}

func (f *formats) Number(decimal string) string {
	numerals, err := f.numerals()
	if err != nil {
		return view.Plain{}.Number(decimal)
	}
	return numerals.Format(decimal)
}

// Duration does not wait for the browser in English, which is the same everywhere.
func (f *formats) Duration(d time.Duration) string {
	n, unit := view.Whole(d)
	if !f.english {
		if text, err := made(f.units[unit], n); err == nil {
			return text
		}
	}
	return view.Plain{}.Duration(d)
}

func (f *formats) Time(t time.Time) string {
	text, err := made(f.time, t.UnixMilli())
	if err != nil {
		return view.Plain{}.Time(t)
	}
	return text
}

// made returns the text that a formatter makes of a number, once there is one.
func made(formatter func() (safejs.Value, error), number any) (string, error) {
	f, err := formatter()
	if err != nil {
		return "", err
	}
	return formatted(f, number)
}
