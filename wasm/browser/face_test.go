//go:build js && wasm

package browser

import (
	"strings"
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// face shows a card's nodes until the test ends.
func (w *mounts) face(layout view.Layout, act func(view.ActionID)) *face {
	w.t.Helper()
	f := newFace(document(w.t), safejs.Safe(w.root), safejs.Undefined(), layout, "")
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

func nothing(view.ActionID) {}

func (w *mounts) find(selector string) js.Value {
	w.t.Helper()
	found := w.root.Call("querySelector", selector)
	if found.IsNull() {
		w.t.Fatalf("there is no %s", selector)
	}
	return found
}

func active() js.Value { return js.Global().Get("document").Get("activeElement") }

// waiting is a card with something in every place.
func waiting() view.Model {
	return view.Model{
		Phase: payload.PhaseWaiting, Connection: payload.Reconnecting, Tone: view.Neutral, Language: "en", Direction: "ltr",
		Site:  view.Site{Name: "corner shop", Network: "TESTNET", Label: "Request", Request: "4F2A"},
		Title: "Scan", Line: "With Xaman.", Notice: "Not verified.", Danger: "Gives power away.",
		Stage: view.StageCode, Code: view.Code{Label: "QR code", Warning: "Not fully visible."},
		Guide: []string{"Open", "Scan"}, Link: view.Link{Label: "Open here", Host: "xumm.app"},
		Field:     view.Field{Label: "Link to copy", Text: link},
		Countdown: view.Countdown{Label: "Time left", Time: "4:32"},
		More:      view.More{Summary: "More", Facts: []view.Fact{{Label: "Memo", Value: "Thanks"}}},
		Facts:     []view.Fact{{Label: "Amount", Value: "2.5 XRP"}, {Label: "To", Value: "rEV", Exact: true}},
		Steps:     []view.Step{{Label: "Open", Progress: view.Current}, {Label: "Sign", Progress: view.Todo}},
		Actions:   []view.Action{{ID: view.Copy, Label: "Copy link"}, {ID: view.Cancel, Label: "Cancel"}},
		Status:    "Connection lost.",
	}
}

// paid is the card of a request that ended well.
func paid() view.Model {
	return view.Model{
		Phase: payload.PhaseVerified, Connection: payload.Closed, Tone: view.Good, Language: "ar", Direction: "rtl",
		Title: "Paid", Stage: view.StageReceipt,
		Receipt: view.Receipt{
			Amount: "2.5 XRP", Facts: []view.Fact{{Label: "Paid by", Value: "rHb", Exact: true}},
			Hash:     view.Fact{Label: "Transaction", Value: "ABCD", Exact: true},
			Proof:    view.Anchor{Label: "View on the ledger", URL: "https://livenet.xrpl.org/"},
			Continue: view.Anchor{Label: "Continue", URL: "https://shop.example/thanks"},
		},
		Checks: view.Checks{Summary: "1 of 1 checks passed",
			List: []view.Check{{Label: "Signature", Outcome: payload.Pass, Word: "passed", Detail: "It is valid."}}},
		Actions: []view.Action{{ID: view.CopyHash, Label: "Copy"}},
	}
}

// One card goes through models that differ in everything. Its nodes are patched, and none is replaced.
func TestShow(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	var nodes []js.Value
	for range 2 {
		for _, tt := range []struct {
			name  string
			model view.Model
			want  map[string]string
		}{
			{"waiting", waiting(), map[string]string{
				"site": "corner shop", "initial": "C", "network": "TESTNET", "code": "4F2A", "title": "Scan", "line": "With Xaman.",
				"notice": "Not verified.", "danger": "Gives power away.", "clipped": "Not fully visible.", "link": "Open here",
				"host": "xumm.app", "field-label": "Link to copy", "countdown": "Time left4:32",
				"facts": "Amount2.5 XRPTorEV|MemoThanks", "more-summary": "More",
				"steps": "OpenSign", "guide": "OpenScan", "action": "Copy link|Cancel", "connection": "Connection lost.",
				"qr": "", "receipt": "", "checks-fold": "", "proof": "", "continue": "",
			}},
			{"paid", paid(), map[string]string{
				"title": "Paid", "amount": "2.5 XRP", "receipt-facts": "Paid byrHb", "hash": "ABCD", "action": "Copy",
				"proof": "View on the ledger", "continue": "Continue", "checks-summary": "1 of 1 checks passed",
				"checks": "SignaturepassedIt is valid.", "network": "", "code": "", "notice": "", "danger": "", "guide": "",
				"link": "", "host": "", "field-box": "", "countdown": "", "facts": "", "more": "", "steps": "",
				"connection": "", "clipped": "",
			}},
			{"nothing", view.Model{}, map[string]string{
				"title": "", "action": "", "qr": "", "mark": "", "receipt": "", "facts": "", "checks-fold": "", "countdown": "",
			}},
		} {
			f.Show(&tt.model)
			for part, want := range tt.want {
				if got := w.text(part); got != want {
					t.Errorf("%s: got %s %q, want %q", tt.name, part, got, want)
				}
			}
			card, want := w.find("[part=card]"), tt.model.Language+" "+tt.model.Direction
			if got := card.Get("lang").String() + " " + card.Get("dir").String(); got != want {
				t.Errorf("%s: got language and direction %q", tt.name, got)
			}
			for _, node := range nodes {
				if !node.Get("isConnected").Bool() {
					t.Fatalf("%s: an element was replaced: %s", tt.name, node.Get("outerHTML").String())
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

// Each stage shows its own piece, and no other.
func TestStages(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	for stage, want := range map[view.Stage]string{
		view.StageLoading: "qr", view.StageCode: "qr", view.StageLink: "phone", view.StageProgress: "mark",
		view.StageResult: "mark", view.StageReceipt: "receipt",
	} {
		f.Show(&view.Model{Stage: stage})
		shown := w.root.Call("querySelectorAll", "[part=stage] > :not([hidden])")
		if n := shown.Length(); n != 1 || shown.Index(0).Call("getAttribute", "part").String() != want {
			t.Errorf("%s: got %d pieces, want %s", stage, n, want)
		}
	}
}

func TestDraw(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	code, err := qr.Encode(link, qr.Medium)
	if err != nil {
		t.Fatal(err)
	}
	f.Draw(link, code)
	f.Show(new(waiting()))
	f.SelectLink()
	if got := w.find("[part=qr] path").Call("getAttribute", "d").String(); got != code.Path() {
		t.Errorf("got code %q, want %q", got, code.Path())
	}
	field := w.find("input")
	opens := w.find("[part=link]").Get("href").String()
	if got := field.Get("value").String(); got != link || opens != link {
		t.Errorf("got %q in the field and link %q, want %q", got, opens, link)
	}
	if got := field.Get("labels").Index(0).Get("textContent").String(); got != "Link to copy" {
		t.Errorf("got field label %q", got)
	}
	if !active().Equal(field) || field.Get("selectionEnd").Int() != len(link) {
		t.Error("the field is not ready to be copied from")
	}
}

// Checks of which one has failed are unfolded, and stay as the visitor leaves them.
func TestFailedCheckUnfolds(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	m := view.Model{Checks: view.Checks{Summary: "a", List: []view.Check{{Label: "b", Outcome: payload.Pending}}}}
	f.Show(&m)
	fold := w.find("details")
	if fold.Get("open").Bool() {
		t.Error("checks are unfolded although none has failed")
	}
	m.Checks.Open = true
	if f.Show(&m); !fold.Get("open").Bool() {
		t.Error("a check has failed, and nobody sees which")
	}
	fold.Set("open", false)
	m.Checks.List[0].Detail = "c"
	if f.Show(&m); fold.Get("open").Bool() {
		t.Error("the checks were unfolded again")
	}
}

// Exact values read from left to right and are not translated; words follow the language.
func TestExactValues(t *testing.T) {
	w := newMounts(t)
	w.face(view.LayoutCard, nothing).Show(new(waiting()))
	facts := w.root.Call("querySelectorAll", "[part=facts] bdi")
	for i, want := range []string{"auto yes", "ltr no"} {
		value := facts.Index(i)
		if got := value.Get("dir").String() + " " + value.Call("getAttribute", "translate").String(); got != want {
			t.Errorf("fact %d: got %q, want %q", i, got, want)
		}
	}
}

// The live regions are there before there is anything to say, and what is said twice is heard twice.
func TestSay(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	polite, alert := w.find("[role=status]"), w.find("[role=alert]")
	says := func(wantPolite, wantAlert string) {
		t.Helper()
		a, b := polite.Get("textContent").String(), alert.Get("textContent").String()
		if a != wantPolite || b != wantAlert {
			t.Errorf("got %q and alert %q, want %q and %q", a, b, wantPolite, wantAlert)
		}
	}
	says("", "")
	f.Say(view.Speech{Polite: "Copied"})
	says("Copied", "")
	f.Say(view.Speech{})
	says("Copied", "")
	f.Say(view.Speech{Polite: "Copied"})
	says("Copied\u00a0", "")
	f.Say(view.Speech{Alert: "Expired"})
	says("", "Expired")
}

func TestSlots(t *testing.T) {
	w := newMounts(t)
	w.face(view.LayoutCard, nothing).Show(new(paid()))
	for _, name := range []string{"header", "logo", "success", "footer"} {
		if slot := w.find("slot[name=" + name + "]"); slot.Call("closest", "[hidden]").Truthy() {
			t.Errorf("slot %s is not shown", name)
		}
	}
}

// An icon that cannot be loaded leaves the initial of the name.
func TestIcon(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	m := waiting()
	icon := w.find("[part=icon]")
	m.Site.Icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"
	f.Show(&m)
	until(t, "the icon is shown", func() bool { return !icon.Get("hidden").Bool() })
	m.Site.Icon = "data:image/png,"
	f.Show(&m)
	until(t, "it has failed", func() bool { return icon.Get("complete").Bool() })
	if !icon.Get("hidden").Bool() || w.text("initial") != "C" {
		t.Error("a broken icon is shown")
	}
}

// The time that is left is written to the node of text that is there already.
func TestCount(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	f.Show(new(waiting()))
	clock := w.find("[part=countdown-time]")
	characters := clock.Get("firstChild")
	f.Count(view.Countdown{Label: "Time left", Time: "4:31"})
	if got := clock.Get("textContent").String(); got != "4:31" || !clock.Get("firstChild").Equal(characters) {
		t.Errorf("got %q, want 4:31 in the same node", got)
	}
	for _, model := range []view.Model{paid(), waiting()} {
		f.Show(&model)
		got, hidden := clock.Get("textContent").String(), clock.Call("hasAttribute", "hidden").Bool()
		if got != model.Countdown.Time || hidden != (got == "") {
			t.Errorf("got %q, hidden %t, want %q", got, hidden, model.Countdown.Time)
		}
	}
	f.Count(view.Countdown{Label: "Time left", Time: "4:30"})
	if got := clock.Get("textContent").String(); got != "4:30" {
		t.Errorf("got %q, want 4:30", got)
	}
}
