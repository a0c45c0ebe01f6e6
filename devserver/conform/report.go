package conform

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Write writes a report for people: what is broken with what to do, what could not be tried and why, and the counts.
func (r Report) Write(w io.Writer) error {
	var out strings.Builder
	for _, result := range r.Rules {
		fmt.Fprintf(&out, "%-8s %s\n", result.Outcome, result.Rule)
		switch result.Outcome {
		case Broken:
			fmt.Fprintf(&out, "         Why:  %s\n         Seen: %s\n         Do:   %s\n",
				result.Why, indented(result.Seen), result.Mend)
		case Untried:
			fmt.Fprintf(&out, "         %s\n", indented(result.Seen))
		}
	}
	fmt.Fprintf(&out, "%s: %d rules kept, %d broken, %d not tried\n",
		r.URL, r.Count(Kept), r.Count(Broken), r.Count(Untried))
	_, err := io.WriteString(w, out.String())
	return err
}

func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n               ") }

// WriteJSON writes a report for programs.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
