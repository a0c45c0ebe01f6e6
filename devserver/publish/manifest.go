package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// Manifest says what a page with the element loads.
type Manifest struct {
	Files map[string]File `json:"files"` // by their names in the sources, with all languages
	Tags  string          `json:"tags"`  // HTML for the head of a page, with the site copied to /xaman/
}

// File is one of them.
type File struct {
	Name   string `json:"name"`   // with the hash
	Sha384 string `json:"sha384"` // as in the attribute integrity
	Size
}

func newManifest(a *assets, sizes map[string]Size, tags string) Manifest {
	m := Manifest{Files: map[string]File{}, Tags: tags}
	for _, name := range append(a.all(element), fallback) {
		made := a.byName[name]
		m.Files[name] = File{made.hashed, integrity(made.content), sizes[made.hashed]}
	}
	return m
}

// encode keeps the tags readable.
func (m Manifest) encode() ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return text.Bytes(), err
}

func integrity(content []byte) string {
	sum := sha512.Sum384(content)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

const (
	copied = "/xaman/" // where the tags have the files
	plain  = `<script type="module" src="` + copied + element + `"></script>`
)

// embedding is the element's script as a tag, and then tags that have what it asks for first come along with it. The
// program comes last, and where a connection is shared by priority, after what the page shows without it. Only the
// script's tag has a digest: browsers do not use what was loaded with one where it is asked for without.
func embedding(a *assets) string {
	var tags strings.Builder
	made := a.byName[element]
	fmt.Fprintf(&tags, `<script type="module" src="%s%s" integrity="%s"></script>`, copied, made.hashed,
		integrity(made.content))
	for _, kind := range []struct{ ending, how string }{
		{".css", `as="style"`}, {".wasm", `as="fetch" crossorigin fetchpriority="low"`},
	} {
		for _, name := range a.all(element) {
			if path.Ext(name) == kind.ending {
				fmt.Fprintf(&tags, "\n<link rel=\"preload\" href=%q %s>", copied+a.byName[name].hashed, kind.how)
			}
		}
	}
	return tags.String()
}
