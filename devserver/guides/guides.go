// Package guides makes the guides of the site: plain HTML pages from Markdown.
//
// The folder guides of the site has a file for each guide, frame.html around all of them, and index.md, whose headings
// and lists of links say which guides there are, and in which order. Each code block is cut from a file, which its
// first line names, see [blocks]. What cannot be found, there or behind a link, is an error: a guide does not outlive
// what it shows.
package guides

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const (
	folder   = "guides"
	overview = "index.md"
)

// group is a heading of the overview, with the guides below it.
type group struct {
	Name   string
	Guides []*page
}

// view is what a page's frame shows.
type view struct {
	*page
	Groups         []group
	Previous, Next *page // nil: there is none
}

// Make returns the pages, and the index that they are searched with, by their names in the site. A site without guides
// has none. Project holds the site, as a folder of that name, and all files that guides show.
func Make(project fs.FS, site string) (map[string][]byte, error) {
	dir := path.Join(site, folder)
	names, err := fs.Glob(project, path.Join(dir, "*.md"))
	files := map[string][]byte{}
	if err != nil || len(names) == 0 {
		return files, err
	}
	pages := map[string]*page{}
	for _, name := range names {
		source, err := fs.ReadFile(project, name)
		if err != nil {
			return nil, err
		}
		if pages[path.Base(name)], err = newPage(project, path.Base(name), source); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	groups, order, err := arrange(pages)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := wantTargets(project, dir, pages); err != nil {
		return nil, err
	}
	frame, err := template.ParseFS(project, path.Join(dir, "frame.html"))
	if err != nil {
		return nil, err
	}
	for i, p := range order {
		v := view{page: p, Groups: groups}
		if i > 0 {
			v.Previous = order[i-1]
		}
		if i < len(order)-1 {
			v.Next = order[i+1]
		}
		var out bytes.Buffer
		if err := frame.Execute(&out, v); err != nil {
			return nil, err
		}
		files[path.Join(folder, p.File)] = out.Bytes()
	}
	files[path.Join(folder, "search.json")], err = index(order)
	return files, err
}

// arrange returns the guides as the overview has them: in groups, and all in a row that begins with the overview.
func arrange(pages map[string]*page) (groups []group, order []*page, err error) {
	first := pages[overview]
	if first == nil {
		return nil, nil, fmt.Errorf("there is no %s", overview)
	}
	order = []*page{first}
	for _, l := range first.listed {
		p := pages[l.guide]
		if p == nil || slices.Contains(order, p) {
			return nil, nil, fmt.Errorf("%s lists %s, which is not there or listed before", overview, l.guide)
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != l.group {
			groups = append(groups, group{Name: l.group})
		}
		last := &groups[len(groups)-1]
		last.Guides = append(last.Guides, p)
		order = append(order, p)
	}
	for name, p := range pages {
		if !slices.Contains(order, p) {
			return nil, nil, fmt.Errorf("%s does not list %s", overview, name)
		}
	}
	return groups, order, nil
}

// wantTargets returns an error for each link that leads to no section of a guide, and to no file of the site.
func wantTargets(project fs.FS, dir string, pages map[string]*page) error {
	var failures []error
	for name, p := range pages {
		for _, target := range p.links {
			file, id, _ := strings.Cut(target, "#")
			to := p
			if file != "" {
				to = pages[file]
			}
			there := to != nil && (id == "" || slices.ContainsFunc(to.Sections, func(s *section) bool {
				return s.ID == id
			}))
			if to == nil {
				name, _, _ := strings.Cut(path.Join(dir, file), "?")
				_, err := fs.Stat(project, name)
				there = err == nil
			}
			if !there {
				failures = append(failures, fmt.Errorf("%s/%s: there is no %s", dir, name, target))
			}
		}
	}
	return errors.Join(failures...)
}
