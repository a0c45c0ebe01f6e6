//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	from    string
	texts   view.Texts
	formats view.Formats
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

// observe includes the trees around a node: the document, and those of elements that it is within.
func (l *languages) observe(node safejs.Value) {
	options := map[string]any{"subtree": true, "attributeFilter": []any{"lang"}}
	for {
		root, err := callOn(node, "getRootNode")
		if err != nil {
			return
		}
		_, _ = callOn(l.observer, "observe", root, options)
		if node, err = property(root, "host"); err != nil {
			return
		}
	}
}

func (l *languages) close() {
	_, _ = callOn(l.observer, "disconnect")
	l.release()
}

// speaker has one card speak the language around it.
type speaker struct {
	page  *languages
	card  *card.Card
	texts safejs.Value // function that resolves with {tags, file}, see [view.TextsFor]
	own   string       // the page's own texts
	turn  int          // counts what was wanted, so that the latest wins
}

// speak asks for the texts and returns when the card has them, or when ctx ends.
func (s *speaker) speak(ctx context.Context) {
	s.turn++
	turn := s.turn
	tags, file, err := s.ask(ctx)
	if turn != s.turn || ctx.Err() != nil {
		return
	}
	s.page.report(err)
	s.card.Speak(s.page.spoken(tags, file, s.own))
}

func (s *speaker) ask(ctx context.Context) (tags []string, file string, err error) {
	if s.texts.Type() != safejs.TypeFunction {
		return nil, "", nil
	}
	var js script
	found := js.try(await(ctx, js.try(s.texts.Invoke())))
	list := js.try(found.Get("tags"))
	text := js.try(found.Get("file"))
	if js.err == nil {
		file, js.err = text.String()
	}
	n, err := list.Length()
	for i := range n {
		var tag string
		if at := js.try(list.Index(i)); js.err == nil {
			tag, js.err = at.String()
		}
		tags = append(tags, tag)
	}
	if err := errors.Join(js.err, err); err != nil {
		return nil, "", fmt.Errorf("texts: %w", err)
	}
	return tags, file, nil
}

// spoken returns what a card speaks, and reports what is wrong with it.
func (l *languages) spoken(tags []string, file, own string) (view.Texts, view.Formats) {
	if from := strings.Join(append(tags, own, file), "\n"); from != l.last.from || l.last.texts == nil {
		texts, formats, err := view.TextsFor(tags, file, own)
		l.report(err)
		l.last = spoken{from, texts, formatsOf(formats)}
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
