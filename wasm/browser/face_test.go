//go:build js && wasm

package browser

import (
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// face shows a card's nodes until the test ends.
func (w *mounts) face(act func(view.ActionID)) *face {
	w.t.Helper()
	f := newFace(document(w.t), safejs.Safe(w.root), safejs.Undefined())
	f.onClick(act)
	if err := f.Open(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := f.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return f
}

func preview(t *testing.T, name, language string) view.Model {
	t.Helper()
	in, err := view.Preview(view.Input{Language: language}, name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return view.Render(in)
}

// One card goes through all that there is to show, in each language. Its nodes are patched, and none is replaced.
func TestShow(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	f := w.face(func(id view.ActionID) { clicked = append(clicked, id) })
	var nodes []js.Value
	for _, language := range []string{"en", "de", "en"} {
		for _, name := range view.Previews {
			m := preview(t, name, language)
			f.Show(m)
			var labels []string
			for _, action := range m.Actions {
				labels = append(labels, action.Label)
			}
			for part, want := range map[string]string{
				"title": m.Title, "line": m.Line, "link": m.Link.Label, "connection": m.Status, "notice": m.Notice,
				"action": strings.Join(labels, "|"), "countdown-time": m.Countdown.Time, "proof": m.Proof.Label,
			} {
				if got := w.text(part); got != want {
					t.Errorf("%s in %s: got %s %q, want %q", name, language, part, got, want)
				}
			}
			clicked = nil
			buttons := w.root.Call("querySelectorAll", "button:not([hidden])")
			for i, action := range m.Actions {
				if buttons.Index(i).Call("click"); len(clicked) != i+1 || clicked[i] != action.ID {
					t.Errorf("%s: got clicks %q, want %s", name, clicked, action.ID)
				}
			}
			spoken := "[role=status]"
			if m.Urgent {
				spoken = "[role=alert]"
			}
			if got := w.root.Call("querySelector", spoken).Get("textContent").String(); got != m.Spoken {
				t.Errorf("%s: got %q spoken, want %q", name, got, m.Spoken)
			}
			for _, node := range nodes {
				if !node.Get("isConnected").Bool() {
					t.Fatalf("%s: an element was replaced: %s", name, node.Get("outerHTML").String())
				}
			}
			all := w.root.Call("querySelectorAll", "*")
			for i := len(nodes); i < all.Length(); i++ {
				nodes = append(nodes, all.Index(i))
			}
			w.scan()
		}
	}
}

// scan looks for attributes that a content security policy forbids, and for links that run scripts.
func (w *mounts) scan() {
	w.t.Helper()
	all := w.root.Call("querySelectorAll", "*")
	for i := range all.Length() {
		names := all.Index(i).Call("getAttributeNames")
		for j := range names.Length() {
			name := names.Index(j).String()
			value := all.Index(i).Call("getAttribute", name).String()
			if name == "style" || strings.HasPrefix(name, "on") || name == "href" && !strings.HasPrefix(value, "https://") {
				w.t.Errorf("got %s with %s=%q", all.Index(i).Get("tagName"), name, value)
			}
		}
	}
}

func TestDraw(t *testing.T) {
	w := newMounts(t)
	f := w.face(func(view.ActionID) {})
	code, err := qr.Encode(link, qr.Medium)
	if err != nil {
		t.Fatal(err)
	}
	f.Draw(link, code)
	m := preview(t, "waiting", "en")
	m.Field = true
	f.Show(m)
	f.SelectLink()
	if got := w.root.Call("querySelector", "[part=qr] path").Call("getAttribute", "d").String(); got != code.Path() {
		t.Errorf("got code %q, want %q", got, code.Path())
	}
	field := w.root.Call("querySelector", "input")
	opens := w.root.Call("querySelector", "[part=link]").Get("href").String()
	if got := field.Get("value").String(); got != link || opens != link {
		t.Errorf("got %q in the field and link %q, want %q", got, opens, link)
	}
	active := js.Global().Get("document").Get("activeElement")
	if !active.Equal(field) || field.Get("selectionEnd").Int() != len(link) {
		t.Error("the field is not ready to be copied from")
	}
}

// A check that has failed is unfolded, and stays as the visitor leaves it.
func TestFailedCheckUnfolds(t *testing.T) {
	w := newMounts(t)
	f := w.face(func(view.ActionID) {})
	checks := []view.Check{{Label: "a", Outcome: payload.Pass}, {Label: "b", Outcome: payload.Fail}}
	f.Show(view.Model{Checks: checks})
	details := w.root.Call("querySelectorAll", "details")
	if details.Index(0).Get("open").Bool() || !details.Index(1).Get("open").Bool() {
		t.Error("got another check unfolded than the one that has failed")
	}
	details.Index(1).Set("open", false)
	checks[1].Detail = "c"
	f.Show(view.Model{Checks: checks})
	if details.Index(1).Get("open").Bool() {
		t.Error("the check was unfolded again")
	}
}
