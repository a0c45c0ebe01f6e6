package guides

import (
	"fmt"
	"html"
	"io/fs"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// blocks writes code blocks. The line that begins one has a word, and then file=path:
//
//	go file=path#part       a part of a file, in that language; see [cut]
//	message file=path       a text that the file says, as it is in the block
//	attacks file=path       what the names in the block stand for in a table of the file
//	include file=path       a file of HTML
//
// Before the page is parsed, two more are replaced by what is said in the file:
//
//	types file=path         declarations of TypeScript
//	openapi file=path#tag   the calls of a document of OpenAPI that have a tag, or without it all
type blocks struct {
	project fs.FS
	count   int
}

func (b *blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, b.render)
}

var opening = regexp.MustCompile(`^([a-z]+) file=(\S+)$`)

func (b *blocks) render(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.FencedCodeBlock)
	info := ""
	if block.Info != nil {
		info = string(block.Info.Segment.Value(source))
	}
	match := opening.FindStringSubmatch(info)
	if match == nil {
		return ast.WalkStop, fmt.Errorf("a code block without a source: %q", info)
	}
	kind, file := match[1], match[2]
	content := strings.TrimSpace(string(block.Lines().Value(source)))
	var out string
	var err error
	switch kind {
	case "message":
		out, err = b.message(file, content)
	case "attacks":
		out, err = b.attacks(file, strings.Fields(content))
	case "include":
		out, err = b.include(file, content)
	default:
		out, err = b.snippet(kind, file, content)
	}
	if err != nil {
		return ast.WalkStop, err
	}
	_, err = w.WriteString(out)
	return ast.WalkSkipChildren, err
}

func (b *blocks) snippet(language, file, content string) (string, error) {
	if content != "" {
		return "", fmt.Errorf("%s: a block that is cut from a file has no text of its own", file)
	}
	text, err := cut(b.project, file)
	if err != nil {
		return "", err
	}
	name, part, _ := strings.Cut(file, "#")
	if language == "sh" && part != "" { // commands, and no file that anybody would have
		name = "Terminal"
	}
	return b.source(name, highlight(language, text)), nil
}

// source is a box with some text and a button that copies it, which is of no use without the page's script.
func (b *blocks) source(label, content string) string {
	b.count++
	return fmt.Sprintf(`<div class="source"><header><span class="file">%s</span>`+
		`<button class="copy" type="button" data-copy="code-%d" hidden>Copy</button></header>`+
		`<pre id="code-%[2]d" tabindex="0"><code>%[3]s</code></pre></div>`+"\n", html.EscapeString(label), b.count, content)
}

func (b *blocks) message(file, text string) (string, error) {
	if text == "" {
		return "", fmt.Errorf("%s: a message without text", file)
	}
	if err := said(b.project, file, text); err != nil {
		return "", err
	}
	return "<p class=\"message\"><code>" + html.EscapeString(text) + "</code></p>\n", nil
}

func (b *blocks) attacks(file string, names []string) (string, error) {
	var out strings.Builder
	out.WriteString("<dl class=\"attacks\">\n")
	for _, name := range names {
		how, err := sentence(b.project, file, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "<div><dt><code>%s</code></dt><dd>%s</dd></div>\n", html.EscapeString(name), html.EscapeString(how))
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%s: attacks without names", file)
	}
	out.WriteString("</dl>\n")
	return out.String(), nil
}

func (b *blocks) include(file, content string) (string, error) {
	included, err := fs.ReadFile(b.project, file)
	if content != "" || strings.Contains(string(included), "<code") {
		return "", fmt.Errorf("%s: what is included has no code, and the block no text", file)
	}
	return string(included), err
}
