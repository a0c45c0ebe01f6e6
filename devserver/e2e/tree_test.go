//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// What the browser hands to a screen reader.

// treeStates are the properties of a node that are told besides its role and name.
var treeStates = []accessibility.PropertyName{
	accessibility.PropertyNameLevel, accessibility.PropertyNameExpanded, accessibility.PropertyNamePressed,
	accessibility.PropertyNameDisabled, accessibility.PropertyNameReadonly, accessibility.PropertyNameModal,
	accessibility.PropertyNameLive,
}

// countdown is a time that is left, which is another one each second.
var countdown = regexp.MustCompile(`\d+:\d\d`)

// tree is what a screen reader has of the page's main part, or of the dialog over it: a line for each node, with role,
// name, value and states. What is only a text is one line with what it is in.
func (tb *tab) tree() string {
	tb.t.Helper()
	var nodes []*accessibility.Node
	tb.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		nodes, err = accessibility.GetFullAXTree().Do(ctx)
		return err
	}))
	byID, top := map[accessibility.NodeID]*accessibility.Node{}, (*accessibility.Node)(nil)
	for _, node := range nodes {
		byID[node.NodeID] = node
		if role := told(node.Role); role == "dialog" || role == "main" && top == nil {
			top = node
		}
	}
	if top == nil {
		tb.t.Fatal("there is nothing for a screen reader")
	}
	return strings.Join(treeLines(byID, top, ""), "\n") + "\n"
}

// treeLines are those of a node and of what is in it, but for the text that is its name.
func treeLines(byID map[accessibility.NodeID]*accessibility.Node, node *accessibility.Node, name string) []string {
	role, own := told(node.Role), told(node.Name)
	if role == "ListMarker" || role == "InlineTextBox" || role == "StaticText" && own == name {
		return nil
	}
	var below []string
	for _, id := range node.ChildIDs {
		if child := byID[id]; child != nil {
			below = append(below, treeLines(byID, child, own)...)
		}
	}
	if node.Ignored || role == "none" || role == "generic" {
		return below
	}
	line := role
	if own != "" {
		line += fmt.Sprintf(" %q", countdown.ReplaceAllString(own, "m:ss"))
	}
	if value := told(node.Value); value != "" {
		line += fmt.Sprintf(" value %q", value)
	}
	for _, p := range node.Properties {
		if value := told(p.Value); slices.Contains(treeStates, p.Name) && value != "false" {
			line += fmt.Sprintf(" %s=%s", p.Name, value)
		}
	}
	if text, ok := strings.CutPrefix(strings.Join(below, "\n"), "StaticText "); ok && len(below) == 1 {
		return []string{line + ": " + text}
	}
	lines := []string{line}
	for _, inner := range below {
		lines = append(lines, "  "+inner)
	}
	return lines
}

// told is a value of a node as text.
func told(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var value any
	if err := json.Unmarshal(v.Value, &value); err != nil || value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

func TestEndToEndTree(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	page := s.add(t, "tree", cards([]string{"waiting"}, "card"))
	some := []string{"waiting", "opened", "verified", "unverified"}
	for layout, names := range map[string][]string{"card": previews(t), "compact": some, "dialog": some} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.run(chromedp.EmulateViewport(1280, 1000)) // or part of a code may be out of the window
			tb.open(page)
			trees := ""
			for _, name := range names {
				tb.showCard(layout, name)
				trees += "# " + name + "\n" + tb.tree() + "\n"
			}
			wantGolden(t, "tree/"+layout+".txt", trees)
			tb.wantNoProblems()
		})
	}
}
