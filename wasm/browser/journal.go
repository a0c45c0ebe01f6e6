//go:build js && wasm

package browser

import (
	"runtime"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// journal remembers what happened to a card, for its debug report. It keeps the newest of each kind.
type journal struct {
	began   time.Time
	history []any
	faults  []any
	traffic subscribe.Traffic
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

// debugReport is what a support desk needs to know. Who knows a whole UUID may listen to the request, so it stays here.
func (c *card) debugReport() map[string]any {
	uuid := c.input.State.UUID
	hide := func(text string) string {
		if uuid == "" {
			return text
		}
		return strings.ReplaceAll(text, string(uuid), uuid.Short()+"…")
	}
	faults := make([]any, len(c.journal.faults))
	for i, f := range c.journal.faults {
		entry := f.(map[string]any)
		faults[i] = map[string]any{"seconds": entry["seconds"], "code": entry["code"], "message": hide(entry["message"].(string))}
	}
	traffic := c.journal.traffic
	lastClose := ""
	if traffic.LastClose != nil {
		lastClose = hide(traffic.LastClose.Error())
	}
	lastUnknown := strings.ToValidUTF8(string(traffic.LastUnknown[:min(len(traffic.LastUnknown), 200)]), "�")
	return map[string]any{
		"request":    uuid.Short(),
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
