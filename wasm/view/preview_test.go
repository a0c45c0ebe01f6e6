package view

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func rendered(in Input) Model { return *Render(&in) }

func preview(t *testing.T, name string, in Input) Model {
	t.Helper()
	in.Now = now
	in, err := Preview(in, name, now)
	if err != nil {
		t.Fatal(err)
	}
	return rendered(in)
}

func TestPreviewsCoverEveryPhaseAndConnection(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range Previews {
		m := preview(t, name, Input{})
		seen[string(m.Phase)], seen[string(m.Connection)] = true, true
	}
	for _, phase := range payload.Phases {
		if !seen[string(phase)] {
			t.Errorf("no preview of phase %s", phase)
		}
	}
	for _, connection := range []payload.Connection{payload.Live, payload.Reconnecting, payload.Polling, payload.Offline} {
		if !seen[string(connection)] {
			t.Errorf("no preview of connection %s", connection)
		}
	}
}

func TestPreviewOfAnUnknownName(t *testing.T) {
	if in, err := Preview(Input{}, "nonsense", now); err == nil {
		t.Errorf("got %+v, want an error", in)
	}
}

func TestGalleryShowsEveryPreview(t *testing.T) {
	gallery, err := os.ReadFile("../../site/gallery.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Previews {
		if !strings.Contains(string(gallery), fmt.Sprintf("preview=%q", name)) {
			t.Errorf("site/gallery.html does not show preview %q", name)
		}
	}
	if got, want := strings.Count(string(gallery), `preview="`), len(Previews); got != want {
		t.Errorf("site/gallery.html shows %d previews, want %d", got, want)
	}
}

// The golden file is for people: what every card says, on a desktop, and where that is another thing, on a phone and
// where there is little room.
func TestPreviewsGolden(t *testing.T) {
	var b strings.Builder
	for _, name := range Previews {
		desktop := preview(t, name, Input{})
		write(&b, name, desktop)
		if touch := preview(t, name, Input{Touch: true}); !slices.Equal(lines(touch), lines(desktop)) {
			write(&b, name+", touch", touch)
		}
		if compact := preview(t, name, Input{Layout: LayoutCompact}); !slices.Equal(lines(compact), lines(desktop)) {
			write(&b, name+", compact", compact)
		}
	}
	const golden = "testdata/previews.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("%s:%d differs; run with -update and review\n got %q\nwant %q", golden, i+1, got[min(i, len(got)-1)], line)
		}
	}
	if b.Len() != len(want) {
		t.Errorf("%s is too short; run with -update and review", golden)
	}
}

func write(b *strings.Builder, name string, m Model) {
	fmt.Fprintf(b, "== %s ==\n", name)
	for _, line := range lines(m) {
		fmt.Fprintln(b, line)
	}
	fmt.Fprintln(b)
}

// lines is a card as text.
func lines(m Model) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	mark := func(is bool, mark string) string {
		if is {
			return mark
		}
		return ""
	}
	fact := func(mark string, f Fact) {
		if f.Value != "" {
			add("%s%s: %s", mark, f.Label, f.Value)
		}
	}
	add("%s, %s, %s, %s", m.Phase, m.Connection, m.Tone, m.Stage)
	add("@ %s %s%s %s", m.Site.Label, m.Site.Request, mark(m.Site.Name != "", ", "+m.Site.Name), m.Site.Network)
	for _, text := range []string{m.Notice, m.Danger} {
		if text != "" {
			add("! %s", text)
		}
	}
	add("# %s", m.Title)
	add("%s", m.Line)
	if m.Stage == StageCode {
		add("[code%s] %s%s", mark(m.Code.Dim, ", dimmed"), m.Code.Label, mark(m.Code.Warning != "", " "+m.Code.Warning))
	}
	for i, text := range m.Guide {
		add("%d. %s", i+1, text)
	}
	if m.Link.Label != "" {
		add("link%s: %s (%s)", mark(m.Link.Primary, "*"), m.Link.Label, m.Link.Host)
	}
	if m.Countdown.Label != "" {
		add("%s: %s", m.Countdown.Label, m.Countdown.Time)
	}
	if m.Receipt.Amount != "" {
		add("= %s", m.Receipt.Amount)
	}
	for _, f := range append(m.Receipt.Facts, m.Receipt.Hash) {
		fact("= ", f)
	}
	for _, a := range []Anchor{m.Receipt.Proof, m.Receipt.Continue} {
		if a.Label != "" {
			add("= %s: %s", a.Label, a.URL)
		}
	}
	for _, f := range m.Facts {
		fact("", f)
	}
	if m.More.Summary != "" {
		add("> %s", m.More.Summary)
	}
	for _, f := range m.More.Facts {
		fact("> ", f)
	}
	for _, s := range m.Steps {
		add("(%s) %s", s.Progress, s.Label)
	}
	if m.Checks.Summary != "" {
		add("%s%s", m.Checks.Summary, mark(m.Checks.Open, ", open"))
	}
	for _, c := range m.Checks.List {
		add("- %s: %s (%s). %s", c.Label, c.Word, c.Outcome, c.Detail)
	}
	for _, a := range m.Actions {
		add("button%s %s: %s", mark(a.Primary, "*"), a.ID, a.Label)
	}
	if m.Status != "" {
		add("~ %s", m.Status)
	}
	switch speech := Announce(&Model{}, &m); {
	case speech.Alert != "":
		add("alert: %s", speech.Alert)
	default:
		add("spoken: %s", speech.Polite)
	}
	return all
}
