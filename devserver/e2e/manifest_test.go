//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// manifest is what the build says of the files of the element, by their names in the sources.
type manifest struct {
	Files map[string]struct {
		Name   string `json:"name"`
		Raw    int    `json:"raw"`
		Brotli int    `json:"brotli"`
	} `json:"files"`
	Tags    string `json:"tags"`    // for the head of a page, with the site copied to /xaman/
	Classic string `json:"classic"` // the same without modules
}

// tags are those for the head of a page, with the site at the root.
func (m manifest) tags() string { return strings.ReplaceAll(m.Tags, "/xaman/", "/") }

func readManifest(t testing.TB) (m manifest) {
	t.Helper()
	data, err := os.ReadFile("../../site/dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}
