package main

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	tag       = regexp.MustCompile(`<(?:link|script|img)\b[^>]*>`)
	attribute = regexp.MustCompile(` (href|src)="([^":/?#][^":?#]*)"`)
)

// page makes what is served of a page, given its name in the site: whatever it loads, it loads by the name with the
// hash, and where its text tells others to load the element's script, it tells them the tags instead.
func (a *assets) page(name string, source []byte, tags string) ([]byte, error) {
	var failures []error
	up := strings.Repeat("../", strings.Count(name, "/"))
	made := tag.ReplaceAllFunc(source, func(tag []byte) []byte {
		return attribute.ReplaceAllFunc(tag, func(pair []byte) []byte {
			match := attribute.FindSubmatch(pair)
			asset, err := a.add(path.Join(path.Dir(name), string(match[2])))
			if err != nil {
				failures = append(failures, err)
				return pair
			}
			return fmt.Appendf(nil, ` %s="%s"`, match[1], up+asset.hashed)
		})
	})
	return bytes.ReplaceAll(made, asText(plain), asText(tags)), errors.Join(failures...)
}

// asText is HTML as the text of a page.
func asText(tags string) []byte {
	return []byte(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(tags))
}
