//go:build js && wasm

package browser

import (
	"runtime"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// journal remembers what happened to a card, for its debug report. It keeps the newest of each kind.
type journal struct {
	began   time.Time
	history []any
	faults  []any
}

const journalLength = 50

func (j *journal) add(to []any, entry map[string]any) []any {
	entry["seconds"] = time.Since(j.began).Seconds()
	if len(to) == journalLength {
		to = to[1:]
	}
	return append(to, entry)
}

func (j *journal) change(m view.Model) {
	j.history = j.add(j.history, map[string]any{"phase": string(m.Phase), "connection": string(m.Connection)})
}

func (j *journal) fault(code string, err error) {
	j.faults = j.add(j.faults, map[string]any{"code": code, "message": err.Error()})
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

// debugReport is what a support desk needs to know.
func (c *card) debugReport() map[string]any {
	faults := make([]any, len(c.journal.faults))
	for i, f := range c.journal.faults {
		entry := f.(map[string]any)
		faults[i] = map[string]any{"seconds": entry["seconds"], "code": entry["code"], "message": hide(entry["message"].(string))}
	}
	var traffic subscribe.Traffic
	if c.subscription != nil {
		traffic = c.subscription.Latest().Traffic
	}
	lastClose := ""
	if traffic.LastClose != nil {
		lastClose = hide(traffic.LastClose.Error())
	}
	lastUnknown := strings.ToValidUTF8(string(traffic.LastUnknown[:min(len(traffic.LastUnknown), 200)]), "�")
	return map[string]any{
		"request":    c.input.State.UUID.Short(),
		"phase":      string(c.shown.Phase),
		"connection": string(c.shown.Connection),
		"go":         runtime.Version(),
		"backend":    c.options.backend,
		"language":   c.options.language,
		"dials":      traffic.Dials,
		"closes":     traffic.Closes,
		"asks":       traffic.Asks,
		"lastClose":  lastClose,
		"history":    c.journal.history,
		"errors":     faults,

		"unknown":     traffic.Unknown,
		"lastUnknown": hide(lastUnknown),
	}
}
