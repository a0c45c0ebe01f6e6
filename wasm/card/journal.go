package card

import (
	"runtime"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// journal is what happened to a card, for its debug report. Of each list it keeps the newest entries.
type journal struct {
	began      time.Time
	uuid       payload.UUID
	phase      payload.Phase
	connection payload.Connection
	language   string
	history    []entry // entries are never changed: a published journal shares them
	faults     []entry
	following  *subscribe.Subscription // nil: nothing
}

const journalLength = 50

// entry is what happened at a time: a phase and a connection, or a code and a message. Reports have it as a map, which
// takes ten times as much.
type entry struct {
	after    time.Duration // since the card began
	what, of string
}

func (j *journal) add(list *[]entry, what, of string) {
	if len(*list) == journalLength {
		*list = (*list)[1:]
	}
	*list = append(*list, entry{time.Since(j.began), what, of})
}

func (j *journal) changed(m *view.Model) { j.add(&j.history, string(m.Phase), string(m.Connection)) }

func (j *journal) failed(code string, err error) { j.add(&j.faults, code, hide(err.Error())) }

// listed is a list for a report, with the names of what is in its entries.
func listed(list []entry, what, of string) (all []any) {
	for _, e := range list {
		all = append(all, map[string]any{"seconds": e.after.Seconds(), what: e.what, of: e.of})
	}
	return all
}

// publish lets other goroutines have the journal as it is now.
func (c *Card) publish() {
	now := c.journal
	now.uuid, now.following = c.input.State.UUID, c.subscription
	now.phase, now.connection, now.language = c.shown.Phase, c.shown.Connection, c.shown.Language
	c.published.Store(&now)
}

// Report returns what a support desk needs to know: text, numbers, and lists of flat objects.
func (c *Card) Report() map[string]any {
	j := c.published.Load()
	var traffic subscribe.Traffic
	if j.following != nil {
		traffic = j.following.Latest().Traffic
	}
	lastClose, backend := "", ""
	if traffic.LastClose != nil {
		lastClose = hide(traffic.LastClose.Error())
	}
	if c.opts.Backend != nil {
		backend = c.opts.Backend.Base
	}
	unknown := hide(string(traffic.LastUnknown)) // all of it: half a UUID is not known to be one
	return map[string]any{
		"request":     j.uuid.Short(),
		"phase":       string(j.phase),
		"connection":  string(j.connection),
		"go":          runtime.Version(),
		"backend":     backend,
		"language":    j.language,
		"dials":       traffic.Dials,
		"closes":      traffic.Closes,
		"asks":        traffic.Asks,
		"lastClose":   lastClose,
		"history":     listed(j.history, "phase", "connection"),
		"errors":      listed(j.faults, "code", "message"),
		"unknown":     traffic.Unknown,
		"lastUnknown": strings.ToValidUTF8(unknown[:min(len(unknown), 200)], "�"),
	}
}

// hide shortens every UUID in a text: who knows a whole one may listen to the request.
func hide(text string) string {
	const length = 36
	var b strings.Builder
	for len(text) >= length {
		if uuid, err := payload.ParseUUID(text[:length]); err == nil {
			b.WriteString(uuid.Short() + "…")
			text = text[length:]
			continue
		}
		b.WriteByte(text[0])
		text = text[1:]
	}
	return b.String() + text
}
