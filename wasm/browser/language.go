//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/card"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// textsTimeout is how long a card waits for its texts before it is shown in English.
const textsTimeout = 100 * time.Millisecond

// languages are those of the page, with what has been said about them to the developer.
type languages struct {
	last     spoken // texts are large, and mostly the same for all cards
	reported map[string]bool
	observer safejs.Value
	release  func()
}

// spoken is what cards speak for the same tags, file and texts of the page.
type spoken struct {
	tags      []string
	file, own string
	texts     view.Texts
	formats   view.Formats
}

// watch calls changed when the attribute lang changes somewhere on the page, until close.
func (l *languages) watch(changed func()) error {
	callback, err := callbackOf(func([]safejs.Value) { changed() })
	if err != nil {
		return err
	}
	l.reported, l.release = map[string]bool{}, callback.Release
	if class, err := property(safejs.Global(), "MutationObserver"); err == nil {
		l.observer, _ = class.New(callback.Value())
	}
	return nil
}

// observe includes the trees around a card: the document, and those of elements that it is within.
func (l *languages) observe(root safejs.Value) {
	options := map[string]any{"subtree": true, "attributeFilter": []any{"lang"}}
	tree, err := callOn(root, "getRootNode")
	if outer, none := treeAround(tree); none == nil {
		tree = outer // in the element's own, only the card has a language
	}
	for err == nil {
		_, _ = callOn(l.observer, "observe", tree, options)
		tree, err = treeAround(tree)
	}
}

// treeAround returns the tree that a shadow tree's element is in.
func treeAround(tree safejs.Value) (safejs.Value, error) {
	host, err := hostOf(tree)
	if err != nil {
		return host, err
	}
	return callOn(host, "getRootNode")
}

const fragment = 11 // the nodeType of a shadow tree

var errNoHost = errors.New("not a shadow tree")

// hostOf returns the element that a shadow tree belongs to. Of a document, "host" would be what the page has named so.
func hostOf(tree safejs.Value) (safejs.Value, error) {
	kind, err := property(tree, "nodeType")
	if err != nil {
		return kind, err
	}
	if n, err := kind.Int(); err != nil || n != fragment {
		return safejs.Undefined(), errNoHost
	}
	return property(tree, "host")
}

func (l *languages) close() {
	_, _ = callOn(l.observer, "disconnect")
	l.release()
}

// speaker has one card speak the language around it.
type speaker struct {
	page *languages
	card *card.Card
	root safejs.Value // that the card is below
	find safejs.Value // function that resolves with {tags, file}
	turn int          // counts what was asked for, as the latest is what counts

	tags      []string // see [view.TextsFor]
	file, own string
	missing   bool // the file could not be had, and may be another time
}

// newSpeaker takes its part of the options of a card.
func newSpeaker(page *languages, c *card.Card, root, options safejs.Value) *speaker {
	find, err := options.Get("texts")
	if err != nil || find.Type() != safejs.TypeFunction {
		find = safejs.Undefined()
	}
	return &speaker{page: page, card: c, root: root, find: find, own: textOf(options.Get("own"))}
}

// speak asks for the texts of the language and returns when the card speaks it, or when ctx ends.
func (s *speaker) speak(ctx context.Context) {
	s.turn++
	turn := s.turn
	tags, file, err := s.ask(ctx)
	if turn != s.turn || ctx.Err() != nil {
		return
	}
	s.page.report(err)
	s.tags, s.file, s.missing = tags, file, err != nil
	s.say()
	if last := s.page.last; last.file == file {
		s.file = last.file // all cards keep one copy
	}
}

// say has the card speak with what there is.
func (s *speaker) say() { s.card.Speak(s.page.spoken(s.tags, s.file, s.own)) }

func (s *speaker) ask(ctx context.Context) (tags []string, file string, err error) {
	if s.find.IsUndefined() {
		return nil, "", nil
	}
	var js script
	found := js.try(await(ctx, js.try(s.find.Invoke())))
	list := js.try(property(found, "tags"))
	if js.err != nil {
		return nil, "", fmt.Errorf(`texts for lang="%s": %w`, langAround(s.root), js.err)
	}
	n, err := list.Length()
	if err != nil {
		return nil, "", fmt.Errorf("texts: %w", err)
	}
	for i := range n {
		tags = append(tags, textOf(list.Index(i)))
	}
	return tags, textOf(property(found, "file")), nil
}

// langAround returns the language of a node as the page gives it, which may be no language, or "".
func langAround(node safejs.Value) string {
	near, err := callOn(node, "closest", `[lang]:not([lang=""])`)
	for err == nil && near.IsNull() {
		tree, _ := callOn(node, "getRootNode")
		if node, err = hostOf(tree); err == nil {
			near, err = callOn(node, "closest", `[lang]:not([lang=""])`)
		}
	}
	return textOf(callOn(near, "getAttribute", "lang"))
}

// textOf is a string of JavaScript, or "" of what is none.
func textOf(v safejs.Value, err error) string {
	if err != nil || v.Type() != safejs.TypeString {
		return ""
	}
	text, _ := v.String()
	return text
}

// spoken returns what a card speaks, and reports what is wrong with it.
func (l *languages) spoken(tags []string, file, own string) (view.Texts, view.Formats) {
	same := slices.Equal(tags, l.last.tags) && file == l.last.file && own == l.last.own
	if !same || l.last.texts == nil {
		texts, formats, err := view.TextsFor(tags, file, own)
		l.report(err)
		l.last = spoken{tags, file, own, texts, formatsOf(formats)}
	}
	return l.last.texts, l.last.formats
}

// report tells the developer, once.
func (l *languages) report(err error) {
	if err != nil && !l.reported[err.Error()] {
		l.reported[err.Error()] = true
		warn(err.Error())
	}
}
