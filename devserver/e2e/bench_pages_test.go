//go:build e2e && bench

package e2e

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"
)

// ordered is what a page that shows a sign request has in its HTML: either the platform's create response or the name
// of an offer, as attributes, and with the former maybe link and code.
type ordered struct {
	Attributes, Link, Image string
}

// bare adds a page to a shop with the element, by the tags that the build has for it, and nothing else, and returns its
// path.
func (s shop) bare(t *testing.T, o ordered) string {
	t.Helper()
	s.fill(t, "bare/index.html", "bare.html", struct {
		ordered
		Tags, Icon string
	}{o, readManifest(t).tags(), icon(t)})
	return "/bare.html"
}

// handwrite adds a page that does the same without the element.
func (s shop) handwrite(t *testing.T, o ordered) string {
	t.Helper()
	s.fill(t, "handwritten/index.html", "handwritten.html", o)
	s.fill(t, "handwritten/handwritten.js", "handwritten.js", o)
	return "/handwritten.html"
}

// script is the tag of a module, with its address.
var script = regexp.MustCompile(`<script type="module" src=("[^"]*")([^>]*)></script>`)

// still adds a copy of a page that loads the same files, in the same order, and runs none of them. It returns its path.
func (s shop) still(t *testing.T, path string) string {
	t.Helper()
	if path == "/" {
		path = "/index.html"
	}
	text, err := os.ReadFile(filepath.Join(s.files, path))
	if err != nil {
		t.Fatal(err)
	}
	made := script.ReplaceAll(text, []byte(`<link rel="modulepreload" href=$1$2>`))
	if bytes.Equal(made, text) || bytes.Contains(made, []byte("<script")) {
		t.Fatalf("%s: got %s, want modules and no other scripts", path, text)
	}
	if err := os.WriteFile(filepath.Join(s.files, "still.html"), made, 0o600); err != nil {
		t.Fatal(err)
	}
	return "/still.html"
}

// fill adds a file to the shop, given one in testdata.
func (s shop) fill(t *testing.T, from, name string, o any) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", from))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := template.Must(template.New(name).Parse(string(source))).Execute(&text, o); err != nil {
		t.Fatal(fmt.Errorf("write page: %w", err))
	}
	if err := os.WriteFile(filepath.Join(s.files, name), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// attribute is an attribute of HTML.
func attribute(name, value string) string {
	return fmt.Sprintf(`%s="%s"`, name, html.EscapeString(value))
}
