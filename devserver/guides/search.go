package guides

import "encoding/json"

// entry is a section as the search of the pages has it.
type entry struct {
	Page    string `json:"page"` // file, with #id for all but the first section
	Guide   string `json:"guide"`
	Section string `json:"section"` // "" for the first
	Text    string `json:"text"`
}

// index lists the sections of all pages but the overview, which says nothing of its own.
func index(order []*page) ([]byte, error) {
	entries := []entry{}
	for _, p := range order[1:] {
		for i, s := range p.Sections {
			e := entry{Page: p.File, Guide: p.Title, Text: s.Text}
			if i > 0 {
				e.Page, e.Section = p.File+"#"+s.ID, s.Title
			}
			entries = append(entries, e)
		}
	}
	return json.Marshal(entries)
}
