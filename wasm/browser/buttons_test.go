//go:build js && wasm

package browser

import (
	"slices"
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/view"
)

func withActions(ids ...view.ActionID) view.Model {
	m := view.Model{Title: "Title"}
	for _, id := range ids {
		m.Actions = append(m.Actions, view.Action{ID: id, Label: "Label of " + string(id)})
	}
	return m
}

func (w *mounts) button(id view.ActionID) js.Value {
	w.t.Helper()
	return w.find("[data-action=" + string(id) + "]")
}

// A button is the same node whatever else is shown, does what it is named after, and stands where the list says.
func TestButtonsHaveIdentity(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	f := w.face(view.LayoutCard, func(id view.ActionID) { clicked = append(clicked, id) })
	nodes := map[view.ActionID]js.Value{}
	for _, ids := range [][]view.ActionID{
		{view.Reveal, view.Copy, view.Cancel}, {view.Cancel}, {view.Renew}, {view.Renew, view.Recheck}, {view.CopyDetails},
		{view.Recheck, view.Copy, view.CopyDetails, view.Cancel}, {},
	} {
		f.Show(new(withActions(ids...)))
		shown := w.root.Call("querySelectorAll", "[part=actions] > button:not([hidden])")
		clicked = nil
		for i := range shown.Length() {
			shown.Index(i).Call("click")
		}
		if !slices.Equal(clicked, ids) {
			t.Errorf("got the buttons of %q, want %q", clicked, ids)
		}
		for _, id := range ids {
			if node, ok := nodes[id]; ok && !node.Equal(w.button(id)) {
				t.Errorf("the button of %s is another one", id)
			}
			nodes[id] = w.button(id)
		}
	}
}

// The focus is never lost, and never on a button that does something else than before.
func TestFocusGoesToTheHeading(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	f.Show(new(withActions(view.Reveal, view.Cancel)))
	w.button(view.Reveal).Call("focus")
	f.Show(new(withActions(view.Reveal)))
	if !active().Equal(w.button(view.Reveal)) {
		t.Error("the focus left a button that is still there")
	}
	f.Show(new(withActions(view.Renew)))
	if !active().Equal(w.find("[part=title]")) {
		t.Errorf("got the focus on %s, want it on the heading", active().Get("outerHTML"))
	}
	f.Show(new(withActions(view.Cancel)))
	if !active().Equal(w.find("[part=title]")) {
		t.Error("the focus left the heading")
	}
}

// outside is a button of the page beside the card.
func (w *mounts) outside() js.Value {
	button := js.Global().Get("document").Call("createElement", "button")
	w.root.Call("before", button)
	w.t.Cleanup(func() { button.Call("remove") })
	return button
}

// A card that has not got the focus does not take it.
func TestFocusIsNotTaken(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	outside := w.outside()
	outside.Call("focus")
	f.Show(new(withActions(view.Reveal)))
	f.Show(new(withActions(view.Renew)))
	if !active().Equal(outside) {
		t.Error("the card took the focus")
	}
}

// What the page has put into a slot, and what it has around the card, may have actions of the page's own.
func TestActionsOfThePage(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	w.root.Call("setAttribute", "data-action", string(view.Cancel))
	shadow := w.root.Call("attachShadow", map[string]any{"mode": "open"})
	inside := js.Global().Get("document").Call("createElement", "div")
	shadow.Call("append", inside)
	f := newFace(document(t), safejs.Safe(inside), safejs.Undefined(), view.LayoutCard, "")
	f.onClick(func(id view.ActionID) { clicked = append(clicked, id) })
	if err := f.Open(); err != nil {
		t.Fatal(err)
	}
	f.Show(new(withActions(view.Copy)))
	for _, action := range []string{"", string(view.Renew)} {
		help := js.Global().Get("document").Call("createElement", "button")
		help.Set("slot", "footer")
		if action != "" {
			help.Call("setAttribute", "data-action", action)
		}
		w.root.Call("append", help)
		help.Call("click")
		help.Call("remove")
	}
	inside.Call("querySelector", "[part=title]").Call("click")
	if len(clicked) > 0 {
		t.Errorf("got clicks %q of what is the page's", clicked)
	}
	inside.Call("querySelector", "[data-action=copy]").Call("click")
	if want := []view.ActionID{view.Copy}; !slices.Equal(clicked, want) {
		t.Errorf("got clicks %q, want %q", clicked, want)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestToggle(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	for _, tt := range []struct {
		pressed view.Pressed
		want    js.Value
	}{{view.Hidden, js.ValueOf("false")}, {view.Shown, js.ValueOf("true")}, {view.NoToggle, js.Null()}} {
		f.Show(&view.Model{Actions: []view.Action{{ID: view.Reveal, Label: "Code", Pressed: tt.pressed}}})
		if got := w.button(view.Reveal).Call("getAttribute", "aria-expanded"); !got.Equal(tt.want) {
			t.Errorf("%q: got aria-expanded %v", tt.pressed, got)
		}
	}
}

// A dialog keeps the focus inside and gives it back. What is clicked in it reaches the card all the same.
func TestDialog(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	f := w.face(view.LayoutButton, func(id view.ActionID) { clicked = append(clicked, id) })
	closed, open := withActions(view.Start), withActions(view.Dismiss)
	open.Open = true
	f.Show(&closed)
	start, dialog := w.button(view.Start), w.find("dialog")
	if dialog.Get("open").Bool() {
		t.Fatal("the dialog is open before anybody asked for it")
	}
	for range 2 {
		start.Call("focus")
		start.Call("click")
		f.Show(&open)
		if !dialog.Call("matches", ":modal").Bool() || !active().Equal(w.find("[part=title]")) {
			t.Errorf("got the focus on %s, want it on the heading of the dialog", active().Get("outerHTML"))
		}
		w.button(view.Dismiss).Call("click")
		f.Show(&closed)
		if dialog.Get("open").Bool() || !active().Equal(start) {
			t.Errorf("got the focus on %s, want it back on the opener", active().Get("outerHTML"))
		}
	}
	if want := []view.ActionID{view.Start, view.Dismiss, view.Start, view.Dismiss}; !slices.Equal(clicked, want) {
		t.Errorf("got clicks %q, want %q", clicked, want)
	}
}

// What closes the dialog by itself, as Escape does, dismisses the card.
func TestDialogIsClosedByTheBrowser(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	f := w.face(view.LayoutDialog, func(id view.ActionID) { clicked = append(clicked, id) })
	m := withActions(view.Dismiss)
	m.Open = true
	f.Show(&m)
	w.find("dialog").Call("close")
	until(t, "the card is told", func() bool { return len(clicked) > 0 })
	m.Open = false
	if f.Show(&m); !slices.Equal(clicked, []view.ActionID{view.Dismiss}) {
		t.Errorf("got clicks %q, want one that dismisses", clicked)
	}
}

func TestDialogIsLeftAndOpenedAgainAtOnce(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	f := w.face(view.LayoutButton, func(id view.ActionID) { clicked = append(clicked, id) })
	m := withActions(view.Start, view.Dismiss)
	m.Open = true
	f.Show(&m)
	w.find("dialog").Call("close")
	w.button(view.Start).Call("click")
	if want := []view.ActionID{view.Dismiss, view.Start}; !slices.Equal(clicked, want) {
		t.Errorf("got clicks %q, want %q", clicked, want)
	}
}

// The browser tells of a closing only with its next frame. By then the visitor may have opened the dialog again.
func TestDialogIsOpenedAgainAtOnce(t *testing.T) {
	w := newMounts(t)
	var clicked []view.ActionID
	f := w.face(view.LayoutButton, func(id view.ActionID) { clicked = append(clicked, id) })
	closed, open := withActions(view.Start), withActions(view.Dismiss)
	open.Open = true
	f.Show(&open)
	told := false
	heard := js.FuncOf(func(js.Value, []js.Value) any { told = true; return nil })
	defer heard.Release()
	w.find("dialog").Call("addEventListener", "close", heard)
	f.Show(&closed)
	f.Show(&open)
	until(t, "the browser tells of the closing", func() bool { return told })
	if len(clicked) > 0 {
		t.Errorf("got clicks %q, want the dialog left open", clicked)
	}
}

// A dialog that the page moves with its element, as it may at any time, is still one, and still gives the focus back.
func TestDialogIsMoved(t *testing.T) {
	w := newMounts(t)
	opener := w.outside()
	opener.Call("focus")
	var clicked []view.ActionID
	f := w.face(view.LayoutDialog, func(id view.ActionID) { clicked = append(clicked, id) })
	m := withActions(view.Dismiss)
	m.Open = true
	f.Show(&m)
	dialog := w.find("dialog")
	told := false
	heard := js.FuncOf(func(js.Value, []js.Value) any { told = true; return nil })
	defer heard.Release()
	dialog.Call("addEventListener", "close", heard)
	js.Global().Get("document").Get("body").Call("append", w.root)
	f.moved()
	if !dialog.Call("matches", ":modal").Bool() || !active().Equal(w.find("[part=title]")) {
		t.Errorf("got the focus on %s, want it on the heading of the dialog", active().Get("outerHTML"))
	}
	until(t, "the browser tells of the closing", func() bool { return told })
	f.moved() // when it is where it was
	m.Open = false
	f.Show(&m)
	f.moved() // nor when it is closed
	if dialog.Get("open").Bool() || !active().Equal(opener) || len(clicked) > 0 {
		t.Errorf("got clicks %q and the focus on %s, want it back on the opener", clicked, active().Get("outerHTML"))
	}
}

// A dialog that goes, as another request comes, gives the focus back as well.
func TestDialogGoes(t *testing.T) {
	w := newMounts(t)
	opener := w.outside()
	opener.Call("focus")
	m := withActions(view.Dismiss)
	m.Open = true
	for range 2 {
		f := newFace(document(t), safejs.Safe(w.root), safejs.Undefined(), view.LayoutDialog, "")
		if err := f.Open(); err != nil {
			t.Fatal(err)
		}
		f.Show(&m)
		if active().Equal(opener) {
			t.Error("the dialog has not got the focus")
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if !active().Equal(opener) {
			t.Errorf("got the focus on %s, want it back on the opener", active().Get("outerHTML"))
		}
	}
}
