package card

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// details is the report as text, for a support desk: the code of the request first, a line for each entry.
func (c *Card) details() string {
	report := c.Report()
	var b strings.Builder
	fmt.Fprintf(&b, "request: %s\n", report["request"])
	for _, key := range slices.Sorted(maps.Keys(report)) {
		switch value := report[key].(type) {
		case []any:
			for _, entry := range value {
				fmt.Fprintf(&b, "%s:%s\n", key, flat(entry.(map[string]any)))
			}
		default:
			if text := fmt.Sprint(value); key != "request" && text != "" {
				fmt.Fprintf(&b, "%s: %s\n", key, text)
			}
		}
	}
	return b.String()
}

// flat writes the members of an object on one line.
func flat(entry map[string]any) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(entry)) {
		value := entry[name]
		if seconds, ok := value.(float64); ok {
			value = fmt.Sprintf("%.1f", seconds)
		}
		fmt.Fprintf(&b, " %s=%v", name, value)
	}
	return b.String()
}
