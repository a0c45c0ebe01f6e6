//go:build js && wasm

package browser

import (
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/view"
)

func TestFormats(t *testing.T) {
	tests := map[string]struct{ number, large, fraction, minutes, seconds string }{
		"en":    {"-1,234.50", "9,223,372,036,854,775,807", "0.000001", "5 minutes", "30 seconds"},
		"de":    {"-1.234,50", "9.223.372.036.854.775.807", "0,000001", "5 Minuten", "30 Sekunden"},
		"fr":    {"-1 234,50", "9 223 372 036 854 775 807", "0,000001", "5 minutes", "30 secondes"},
		"pl":    {"-1234,50", "9 223 372 036 854 775 807", "0,000001", "5 minut", "30 sekund"},
		"ar-EG": {"\u061c-١٬٢٣٤٫٥٠", "٩٬٢٢٣٬٣٧٢٬٠٣٦٬٨٥٤٬٧٧٥٬٨٠٧", "٠٫٠٠٠٠٠١", "٥ دقائق", "٣٠ ثانية"},
		"hi":    {"-1,234.50", "92,23,37,20,36,85,47,75,807", "0.000001", "5 मिनट", "30 सेकंड"},
		"ja":    {"-1,234.50", "9,223,372,036,854,775,807", "0.000001", "5 分", "30 秒"},
		"en-IN": {"-1,234.50", "92,23,37,20,36,85,47,75,807", "0.000001", "5 minutes", "30 seconds"},
	}
	for tag, want := range tests {
		f := formatsOf(tag)
		for _, tt := range []struct{ got, want string }{
			{f.Number("-1234.50"), want.number},
			{f.Number("9223372036854775807"), want.large},
			{f.Number("1e-6"), want.fraction},
			{f.Duration(5*time.Minute + 59*time.Second), want.minutes},
			{f.Duration(30 * time.Second), want.seconds},
		} {
			if got := breaking(tt.got); got != tt.want {
				t.Errorf("%s: got %q, want %q", tag, got, tt.want)
			}
		}
	}
}

func TestFormatsAreMadeWhenNeeded(t *testing.T) {
	intl := js.Global().Get("Intl")
	js.Global().Set("Intl", js.Undefined())
	f := formatsOf("de")
	js.Global().Set("Intl", intl)
	for range 2 {
		if got := f.Number("1.5") + ", " + breaking(f.Duration(30*time.Second)); got != "1,5, 30 Sekunden" {
			t.Errorf("got %q", got)
		}
	}
}

func TestFormatsOfEnglishNeedNoIntl(t *testing.T) {
	intl := js.Global().Get("Intl")
	defer js.Global().Set("Intl", intl)
	js.Global().Set("Intl", js.Undefined())
	for _, tag := range []string{"en", "en-GB", "en-US"} {
		if got := formatsOf(tag).Number("-1234.50"); got != "-1,234.50" {
			t.Errorf("%s: got %q", tag, got)
		}
	}
}

// breaking turns spaces that keep a line together into such as can be read in a test.
func breaking(text string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

// What the browser's own formatter can do with a number it does in the same way.
func TestFormatsAreTheBrowsers(t *testing.T) {
	for _, tag := range []string{
		"ar", "ar-EG", "bg", "bn", "de", "de-AT", "de-CH", "en", "en-GB", "en-IN", "en-US", "en-ZA", "es", "es-MX", "fr",
		"fr-CH", "hi", "id", "it", "ja", "ko", "mr", "nl", "pl", "pt-BR", "pt-PT", "sv", "tr", "vi", "zh-Hans",
	} {
		f := formatsOf(tag)
		formatter := js.Global().Get("Intl").Get("NumberFormat").New(tag)
		for _, number := range []string{"0", "-12", "999", "1234", "-12345", "123456", "1234567.125", "9007199254740991"} {
			want := formatter.Call("format", js.Global().Call("Number", number)).String()
			if got := f.Number(number); got != want {
				t.Errorf("%s: %s: got %q, want %q", tag, number, got, want)
			}
		}
	}
}

func TestFormatsOfLongTimes(t *testing.T) {
	f := formatsOf("en")
	for d, want := range map[time.Duration]string{
		0: "0 seconds", time.Second: "1 second", time.Minute - 1: "59 seconds", time.Minute: "1 minute",
		95 * time.Second: "95 seconds", 2 * time.Minute: "2 minutes", 3*time.Minute - 1: "2 minutes",
		2*time.Hour - 1: "119 minutes", 24 * time.Hour: "24 hours",
	} {
		if got := f.Duration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

// English is written without the browser, and as it would.
func TestFormatsOfLongTimesAreTheBrowsers(t *testing.T) {
	for _, tag := range []string{"en", "en-GB", "en-IN", "de"} {
		for _, d := range []time.Duration{0, time.Second, time.Minute, 5 * time.Minute, 2 * time.Hour, 24 * time.Hour} {
			n, unit := view.Whole(d)
			options := map[string]any{"style": "unit", "unit": unit, "unitDisplay": "long"}
			want := js.Global().Get("Intl").Get("NumberFormat").New(tag, options).Call("format", n).String()
			if got := formatsOf(tag).Duration(d); got != want {
				t.Errorf("%s: %v: got %q, want %q", tag, d, got, want)
			}
		}
	}
}

func TestFormatsOfTimes(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 34, 56, 0, time.UTC)
	for tag, month := range map[string]string{"en": "Mar", "de": "2026", "fr": "mars", "ja": "2026/03/0", "hi": "मार्च"} {
		if got := formatsOf(tag).Time(at); !strings.Contains(got, month) || !strings.Contains(got, "34") {
			t.Errorf("%s: got %q, want it with %q and the minute", tag, got, month)
		}
	}
}

func TestFormatsOfNoLanguage(t *testing.T) {
	for _, tag := range []string{"", "x", "not a tag", "tlh", "qq-QQ", "de-", "🙂", strings.Repeat("a", 1000)} {
		wantPlain(t, tag, tag)
	}
}

func TestFormatsWithoutIntl(t *testing.T) {
	intl := js.Global().Get("Intl")
	defer js.Global().Set("Intl", intl)
	for name, instead := range map[string]any{
		"missing": js.Undefined(), "empty": map[string]any{}, "without units": eval(`return {
			NumberFormat: class {
				static supportedLocalesOf(tag) { return [tag]; }
				constructor(tag, options) { if (options) throw new RangeError('style'); }
			},
		}`), "of other types": eval(`return { NumberFormat: 1, DateTimeFormat: 'x' }`),
		"that says nothing": eval(`return {
			NumberFormat: class {
				static supportedLocalesOf(tag) { return [tag]; }
				formatToParts() { return [{ type: 1 }]; }
				format() { return null; }
			},
		}`),
	} {
		js.Global().Set("Intl", instead)
		wantPlain(t, name, "de")
	}
}

// wantPlain fails the test unless numbers and times are written as they are where there is nothing of a language.
func wantPlain(t *testing.T, name, tag string) {
	t.Helper()
	written := func(f view.Formats) string {
		return f.Number("-1234.5") + " " + f.Duration(5*time.Minute) + " " + f.Time(time.Unix(0, 0))
	}
	if got, want := written(formatsOf(tag)), written(view.Plain{}); got != want {
		t.Errorf("%q: got %q, want the plain formats, %q", name, got, want)
	}
}
