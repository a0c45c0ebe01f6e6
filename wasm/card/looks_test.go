package card

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// french writes numbers as nobody else does.
type french struct{ view.Plain }

func (french) Number(decimal string) string { return strings.ReplaceAll(decimal, ".", ",") }

func (c *shownCard) reports(label string) string {
	for _, f := range c.model.Facts {
		if f.Label == label {
			return f.Value
		}
	}
	return ""
}

// A page may change its language at any time. Whoever is signing must not notice.
func TestSpeak(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		c := w.card(w.ordered())
		w.say(0, payloadtest.Welcome)
		w.wait(5 * time.Second)
		calls, said := len(w.calls), len(c.said)
		c.Speak(view.Texts{"language": "fr", "waiting.title": "Scannez", "fact.amount": "Montant"}, french{})
		w.settle()
		if got := c.model; got.Title != "Scannez" || got.Language != "fr" || c.reports("Montant") != "2,5 XRP" {
			t.Errorf("got %q in %s with %v", got.Title, got.Language, got.Facts)
		}
		if len(w.calls) != calls || len(w.sockets) != 1 || len(c.said) != said {
			t.Errorf("got calls %d, sockets %d and said %q, want nothing new", len(w.calls), len(w.sockets), c.said[said:])
		}
		w.say(0, payloadtest.Opened)
		if got := c.model.Title; got != "Opened on your phone" {
			t.Errorf("got title %q, want the same request to go on", got)
		}
		w.route(deleting, answer(uuid, "cancelled", "none"))
		w.route(getting, answer(uuid, "cancelled", "none"))
		c.click(view.Cancel)
		c.reads("Request cancelled")
		w.route(creating, answer(other, "pending", "none"))
		c.click(view.Renew)
		c.reads("Scannez")
	})
}

func TestClipped(t *testing.T) {
	play(t, func(w *world) {
		c := w.live()
		said := len(c.said)
		for _, is := range []bool{true, true, false} {
			c.Clipped(is)
			w.settle()
			if got := c.model.Code.Warning != ""; got != is {
				t.Errorf("got a warning: %t, want %t", got, is)
			}
		}
		if got := c.said[said:]; len(got) != 2 || got[0].Polite == "" || got[1].Polite == "" {
			t.Errorf("got said %q, want that it is so and that it is over", got)
		}
	})
}

func TestWhatIsSaid(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		c := w.card(w.ordered())
		w.say(0, payloadtest.Welcome, payloadtest.Opened)
		w.route(getting, answer(uuid, "signed", "checking"))
		w.say(0, payloadtest.Resolved(payloadtest.UUID, true))
		w.route(getting, answer(uuid, "signed", "verified"))
		c.reads("Done")
		var all []string
		for _, s := range c.said {
			all = append(all, s.Polite+"|"+s.Alert)
		}
		want := []string{
			"Preparing your request. One moment.|",
			"Scan with Xaman. You have 5 minutes. You can get a new code if the time runs out.|",
			"Opened on your phone. Review it in Xaman.|",
			"Signed. Confirming. Keep this page open.|",
			"|Done. Your signature was checked and is confirmed.",
		}
		if got, want := strings.Join(all, "\n"), strings.Join(want, "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestCopyHash(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "signed", "verified"))
		c := w.card(w.known())
		c.click(view.CopyHash)
		if c.copied != txid || c.model.Receipt.Hash.Value != txid {
			t.Errorf("got %q copied and %q shown, want %s", c.copied, c.model.Receipt.Hash.Value, txid)
		}
	})
}

func TestCopyDetails(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "signed", "unverified"))
		c := w.card(w.known())
		c.click(view.CopyDetails)
		if strings.Contains(c.copied, uuid) {
			t.Errorf("got the whole UUID in\n%s", c.copied)
		}
		for _, want := range []string{"request: 9A2C\n", "phase: unverified\n", "backend: /api\n",
			"history: connection=connecting phase=unverified seconds=0.0\n"} {
			if !strings.Contains(c.copied, want) {
				t.Errorf("got details without %q:\n%s", want, c.copied)
			}
		}
		c.copyErr = errors.New("forbidden")
		c.click(view.CopyDetails)
		if text := c.model.Field.Text; !strings.HasPrefix(text, "request: 9A2C") || c.selected != text {
			t.Errorf("got %q in a field and %q selected, want the details", text, c.selected)
		}
	})
}

func TestCopyDetailsOfARequestThatThereIsNot(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(Options{Payload: "nonsense"})
		c.click(view.CopyDetails)
		if want := "errors: code=bad-payload "; !strings.Contains(c.copied, want) {
			t.Errorf("got details without %q:\n%s", want, c.copied)
		}
	})
}

func TestButton(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		o := w.ordered()
		o.Layout = view.LayoutButton
		c := w.card(o)
		w.wait(time.Minute)
		if len(w.calls) > 0 || len(c.said) > 0 || c.model.Open {
			t.Errorf("got calls %d and said %q of a button that nobody has pressed", len(w.calls), c.said)
		}
		c.click(view.Start, view.Start)
		c.reads("Scan with Xaman")
		if got := w.called(creating); got != 1 || !c.model.Open {
			t.Errorf("got %d requests, want 1, and the dialog open: %t", got, c.model.Open)
		}
		w.say(0, payloadtest.Welcome)
		c.click(view.Dismiss)
		w.say(0, payloadtest.Opened)
		if c.model.Open || c.model.Phase != "opened" {
			t.Errorf("got open %t and phase %s, want a closed dialog whose request goes on", c.model.Open, c.model.Phase)
		}
		c.click(view.Start)
		if got := w.called(creating); got != 1 || !c.model.Open {
			t.Errorf("got %d requests, want the same one again", got)
		}
	})
}

func TestDialogIsOpenAtOnce(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		o := w.ordered()
		o.Layout = view.LayoutDialog
		c := w.card(o)
		c.reads("Scan with Xaman")
		if !c.model.Open || !c.offers(view.Dismiss) {
			t.Error("got a dialog that is not open, or cannot be closed")
		}
	})
}

// Where the wallet leads back to is the page's to say, but not to a script.
func TestContinue(t *testing.T) {
	tests := map[string]string{
		"https://shop.example/thanks": "https://shop.example/thanks",
		"http://localhost:8080/done":  "http://localhost:8080/done",
		"http://shop.example/thanks":  "",
		"javascript:alert(1)":         "",
		"/thanks":                     "",
		"":                            "",
	}
	for url, want := range tests {
		play(t, func(w *world) {
			w.route(getting, answer(uuid, "signed", "verified"))
			o := w.known()
			o.Continue = url
			c := w.card(o)
			c.reads("Done")
			if got := c.model.Receipt.Continue; got.URL != want || (got.Label != "") != (want != "") {
				t.Errorf("%q: got %v, want %q", url, got, want)
			}
		})
	}
}
