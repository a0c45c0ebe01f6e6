package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	tag       = regexp.MustCompile(`<(?:link|script|img)\b[^>]*>`)
	attribute = regexp.MustCompile(` (href|src)="([^":/?#][^":?#]*)"`)
)

// page makes what is served of a page: whatever it loads, it loads by the name with the hash, and where its text tells
// others to load the element's script, it tells them the tags instead.
func (a *assets) page(source []byte, tags string) ([]byte, error) {
	var failures []error
	made := tag.ReplaceAllFunc(source, func(tag []byte) []byte {
		return attribute.ReplaceAllFunc(tag, func(pair []byte) []byte {
			match := attribute.FindSubmatch(pair)
			asset, err := a.add(string(match[2]))
			if err != nil {
				failures = append(failures, err)
				return pair
			}
			return fmt.Appendf(nil, ` %s="%s"`, match[1], asset.hashed)
		})
	})
	return bytes.ReplaceAll(made, asText(plain), asText(tags)), errors.Join(failures...)
}

// asText is HTML as the text of a page.
func asText(tags string) []byte {
	return []byte(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(tags))
}
