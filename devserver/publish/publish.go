package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/guides"
)

// Options says what is made of what.
type Options struct {
	Site  string            // folder of the sources
	To    string            // folder of what is made
	Built map[string]string // files that are built elsewhere, by the name that sources have for them
}

const (
	question = "question.js"           // what asks for a request that is in the page's HTML, before the element is there
	element  = "xaman-sign-request.js" // the script that others put on their pages
	class    = "element.js"            // or this one, if they name the element themselves
	fallback = "fallback.css"          // and the style sheet
	manifest = "manifest.json"
	contract = "openapi.json" // what the element asks of a server
)

// stable are the files that others refer to by a name that does not change with the content.
var stable = []string{
	element, classic, fallback, class, "xaman-sign-request.css", "xaman-sign-request.d.ts", "element.d.ts", contract,
}

// Publish makes the site. Whoever is served from the folder meanwhile gets whole files; pages come after what they
// refer to.
func Publish(o Options) (Manifest, error) {
	a := &assets{o, map[string]*asset{}}
	for _, name := range []string{element, fallback, classic} {
		if _, err := a.add(name); err != nil {
			return Manifest{}, err
		}
	}
	tags := embedding(a, element)
	named, err := a.named(tags)
	if err != nil {
		return Manifest{}, err
	}
	f := folder{to: o.To, sizes: map[string]Size{}}
	for _, asset := range a.byName {
		if err := f.write(asset.hashed, asset.content); err != nil {
			return Manifest{}, err
		}
	}
	made := newManifest(a, f.sizes, tags)
	if named[manifest], err = made.encode(); err != nil {
		return Manifest{}, err
	}
	for name, content := range named {
		if err := f.write(name, content); err != nil {
			return Manifest{}, err
		}
	}
	return made, f.removeOthers()
}

// named makes the files whose names do not change with the content: the stable ones, and the pages.
func (a *assets) named(tags string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range stable {
		made, err := a.make(name, "") // whole, for pages that load nothing else
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = made.content
	}
	pages, err := a.pages()
	if err != nil {
		return nil, err
	}
	for name, source := range pages {
		if path.Ext(name) != ".html" { // what pages fetch by themselves
			files[name] = source
		} else if files[name], err = a.page(name, source, tags); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(a.Site, name), err)
		}
	}
	return files, nil
}

// pages are the site's own, and the guides, which show files of the folder that the site is in.
func (a *assets) pages() (map[string][]byte, error) {
	site, err := filepath.Abs(a.Site)
	if err != nil {
		return nil, err
	}
	pages, err := guides.Make(os.DirFS(filepath.Dir(site)), filepath.Base(site))
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(site, "*.html"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if pages[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// assets are the files that are named after their content, by their names in the sources.
type assets struct {
	Options
	byName map[string]*asset
}

type asset struct {
	hashed  string   // its name
	refers  []string // to other assets, by their names in the sources
	content []byte
}

// add makes an asset, given its name in the sources, and before it all that it refers to: whatever changes in these
// changes its own name too.
func (a *assets) add(name string) (*asset, error) {
	if made, ok := a.byName[name]; ok {
		if made == nil {
			return nil, fmt.Errorf("%s refers to itself", name)
		}
		return made, nil
	}
	a.byName[name] = nil
	made, err := a.make(name, question)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a.byName[name] = made
	return made, nil
}

// make makes an asset. A script has all that it imports, but for the module apart.
func (a *assets) make(name, apart string) (made *asset, err error) {
	made = &asset{}
	switch ending := path.Ext(name); {
	case name == classic:
		made.content, made.refers, err = a.classic()
	case ending == ".js":
		made.content, made.refers, err = a.bundle(name, apart)
	case ending == ".css":
		made.content, err = a.styleSheet(name)
	default:
		made.content, err = os.ReadFile(a.file(name))
	}
	made.hashed = hashed(name, made.content)
	return made, err
}

// file is where an asset is read from.
func (a *assets) file(name string) string {
	if file, ok := a.Built[name]; ok {
		return file
	}
	return filepath.Join(a.Site, filepath.FromSlash(name))
}

// all lists an asset and whatever it refers to.
func (a *assets) all(name string) []string {
	names := []string{name}
	for _, other := range a.byName[name].refers {
		for _, it := range a.all(other) {
			if !slices.Contains(names, it) {
				names = append(names, it)
			}
		}
	}
	return names
}
