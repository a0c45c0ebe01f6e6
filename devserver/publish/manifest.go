package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// Manifest says what a page with the element loads.
type Manifest struct {
	Version string          `json:"version"`
	Files   map[string]File `json:"files"`   // by their names in the sources, with all languages
	Tags    string          `json:"tags"`    // HTML for the head of a page, with the site copied to /xaman/
	Classic string          `json:"classic"` // the same for a page that does without modules
}

// File is one of them.
type File struct {
	Name   string `json:"name"`   // with the hash
	Sha384 string `json:"sha384"` // as in the attribute integrity
	Size
}

func newManifest(a *assets, sizes map[string]Size, tags string) Manifest {
	m := Manifest{Version: api.Version, Files: map[string]File{}, Tags: tags, Classic: embedding(a, classic)}
	for _, name := range append(a.all(element), fallback, classic) {
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

// embedding is a script of the element as a tag, after the small part of it that need not wait for the rest, then the
// room of the card, without which what is below would move when the page has been painted, and then tags that have what
// the script asks for first come along with it. The program comes last, and where a connection is shared by priority,
// after what the page shows without it. These have no digest: browsers do not use what was loaded with one where it is
// asked for without.
func embedding(a *assets, script string) string {
	var tags strings.Builder
	scripts, kind := []string{question, element}, `type="module"`
	if script == classic {
		scripts, kind = []string{classic}, "async"
	}
	for _, name := range scripts {
		made := a.byName[name]
		fmt.Fprintf(&tags, "<script %s src=%q integrity=%q></script>\n", kind, copied+made.hashed, integrity(made.content))
	}
	room := a.byName[fallback]
	fmt.Fprintf(&tags, "<link rel=\"stylesheet\" href=%q integrity=%q>", copied+room.hashed, integrity(room.content))
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
