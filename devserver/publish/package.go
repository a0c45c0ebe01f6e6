package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
)

// entries are the modules that others import from the npm package, by their names in the sources.
var entries = []string{element, "element.js", "react.js"}

// named is how a module names another one, or a file that comes with it. Bundlers find both by these words.
var named = regexp.MustCompile(`(?:\bfrom |\bimport |\bnew URL\()'\./([^']+)'`)

// Package makes the files that the npm package has from the sources: modules as they are, with the files that they
// refer to by their own names, for bundlers to work on; types; and a script for pages without modules and bundlers.
func Package(o Options) error {
	a := &assets{o, map[string]*asset{}}
	f := folder{to: o.To, plain: true, sizes: map[string]Size{}}
	names := append([]string{fallback}, entries...)
	types, err := filepath.Glob(filepath.Join(o.Site, "*.d.ts"))
	if err != nil {
		return err
	}
	for _, file := range types {
		names = append(names, filepath.Base(file))
	}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if _, ok := f.sizes[name]; ok {
			continue
		}
		content, err := a.part(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := f.write(name, content); err != nil {
			return err
		}
		if path.Ext(name) == ".js" {
			for _, other := range named.FindAllSubmatch(content, -1) {
				names = append(names, string(other[1]))
			}
		}
	}
	script, err := a.script(element, "")
	if err != nil {
		return err
	}
	if script, err = classicScript(script); err != nil {
		return err
	}
	if err := f.write(classic, script); err != nil {
		return err
	}
	return f.removeOthers()
}

// part is a file as the npm package has it. Bundlers copy a style sheet that the element loads as it is.
func (a *assets) part(name string) ([]byte, error) {
	if path.Ext(name) == ".css" {
		return a.styleSheet(name)
	}
	return os.ReadFile(a.file(name))
}
