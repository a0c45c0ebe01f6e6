package card

import (
	"fmt"
	"slices"
	"strings"
)

// details is the report as text, for a support desk: the code of the request first, a line for each entry.
func (c *Card) details() string {
	report := c.Report()
	var b strings.Builder
	fmt.Fprintf(&b, "request: %s\n", report["request"])
	for _, key := range names(report) {
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
	for _, name := range names(entry) {
		value := entry[name]
		if seconds, ok := value.(float64); ok {
			value = fmt.Sprintf("%.1f", seconds)
		}
		fmt.Fprintf(&b, " %s=%v", name, value)
	}
	return b.String()
}

// names lists those of an object's members in order. slices.Sort would cost 5 kB on the wire.
func names(object map[string]any) (sorted []string) {
	for name := range object {
		at, _ := slices.BinarySearch(sorted, name)
		sorted = slices.Insert(sorted, at, name)
	}
	return sorted
}
