package main

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
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

func integrity(content []byte) string {
	sum := sha512.Sum384(content)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

const (
	copied = "/xaman/" // where the tags have the files
	plain  = `<script type="module" src="` + copied + element + `"></script>`
)

// embedding is the element's script as a tag, after tags that have what it asks for first come along with it. Only the
// script's has a digest: browsers do not use what was loaded with one where it is asked for without.
func embedding(a *assets) string {
	var tags strings.Builder
	for _, name := range a.all(element) {
		href := copied + a.byName[name].hashed
		switch path.Ext(name) {
		case ".css":
			fmt.Fprintf(&tags, "<link rel=\"preload\" href=%q as=\"style\">\n", href)
		case ".wasm":
			fmt.Fprintf(&tags, "<link rel=\"preload\" href=%q as=\"fetch\" crossorigin>\n", href)
		}
	}
	made := a.byName[element]
	fmt.Fprintf(&tags, `<script type="module" src="%s%s" integrity="%s"></script>`, copied, made.hashed,
		integrity(made.content))
	return tags.String()
}

// budget is how many bytes the element may cost on the wire, as brotli; 0: any number.
type budget struct{ program, rest int }

// report prints what the element costs. Besides the program and the rest, a page that is not in English loads the texts
// of one language.
func report(w io.Writer, m Manifest, most budget) error {
	var program, rest, language Size
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		file := m.Files[name]
		switch {
		case path.Ext(name) == ".wasm":
			program = program.plus(file.Size)
		case path.Ext(name) == ".json":
			if file.Brotli > language.Brotli {
				language = file.Size
			}
		default:
			fmt.Fprintf(w, "%-24s %v\n", name, file.Size)
			rest = rest.plus(file.Size)
		}
	}
	fmt.Fprintf(w, "%-24s %v\n%-24s %v\n", "program", program, "everything else", rest)
	fmt.Fprintf(w, "%-24s %v\n", "and at most one language", language)
	return errors.Join(check("the program", program, most.program), check("everything else", rest, most.rest))
}

func check(what string, size Size, most int) error {
	if most == 0 || size.Brotli <= most {
		return nil
	}
	return fmt.Errorf("%s needs %d bytes as brotli, %d more than its budget", what, size.Brotli, size.Brotli-most)
}

func (s Size) plus(other Size) Size {
	return Size{Raw: s.Raw + other.Raw, Gzip: s.Gzip + other.Gzip, Brotli: s.Brotli + other.Brotli}
}

func (s Size) String() string {
	return fmt.Sprintf("%8d bytes, gzip %7d, brotli %7d", s.Raw, s.Gzip, s.Brotli)
}
