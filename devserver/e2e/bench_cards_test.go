//go:build e2e && bench

package e2e

import (
	"strings"
	"testing"
)

// benchCards says what cards cost while they are shown.
func benchCards(t *testing.T) []row {
	s := openShop(t)
	page := s.add(t, "cards", strings.Repeat(cards([]string{"waiting"}, "card"), 100))
	tb := newVisitor(t, openBrowser(t), s.devserver)
	tb.open(page)
	tb.awaitCards()
	return []row{{name: "a hundred cards, nodes of the page", unit: "nodes",
		ours: get[float64](tb, `all().reduce((n, it) => n + it.shadowRoot.querySelectorAll('*').length, 0)`)}}
}
