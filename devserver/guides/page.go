package guides

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// page is a guide.
type page struct {
	File     string // start.html
	Title    string
	About    string        // its first paragraph
	Opening  template.HTML // what comes before the second heading
	Rest     template.HTML
	Sections []*section
	links    []string // to other guides and files, as they are written
	listed   []listed
}

// section is a heading and what is below it, to the next heading.
type section struct {
	Level int
	ID    string
	Title string
	Text  string // without code blocks
}

// listed is a link in a list, below a heading.
type listed struct{ group, guide string }

func newPage(project fs.FS, name string, source []byte) (*page, error) {
	source, err := expand(project, source)
	if err != nil {
		return nil, err
	}
	code := &blocks{project: project}
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Typographer),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(code, 1))),
	)
	doc := md.Parser().Parse(text.NewReader(source))
	p := &page{File: strings.TrimSuffix(name, ".md") + ".html"}
	if err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		return ast.WalkContinue, p.note(n, source)
	}); err != nil {
		return nil, err
	}
	if len(p.Sections) == 0 || p.Sections[0].Level != 1 || p.About == "" {
		return nil, errors.New("a guide begins with its title, and a paragraph that says what it is about")
	}
	p.Title = p.Sections[0].Title
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, doc); err != nil {
		return nil, err
	}
	body := strings.NewReplacer(
		"<table>", `<div class="table" role="group" aria-label="Table" tabindex="0"><table>`, "</table>", "</table></div>",
	).Replace(long.ReplaceAllString(out.String(), `<code class="long">$1</code>`))
	opening, _, _ := strings.Cut(body, "<h2")
	p.Opening = template.HTML(opening) // of our own making: raw HTML is refused
	p.Rest = template.HTML(body[len(opening):])
	return p, nil
}

// long is code within a line that has to be broken.
var long = regexp.MustCompile(`<code>([^<]{29,})</code>`)

// Contents are the sections below the title, down to the third level.
func (p *page) Contents() (sections []*section) {
	for _, s := range p.Sections[1:] {
		if s.Level <= 3 {
			sections = append(sections, s)
		}
	}
	return sections
}

// note takes from a node what the page says of itself.
func (p *page) note(n ast.Node, source []byte) error {
	switch n := n.(type) {
	case *ast.Heading:
		if n.Level > 1 && len(p.Sections) == 0 {
			return errors.New("the first heading is not the title")
		}
		id, _ := n.AttributeString("id")
		p.Sections = append(p.Sections, &section{Level: n.Level, ID: string(id.([]byte)), Title: plain(n, source)})
	case *ast.Paragraph, *ast.TextBlock, *east.TableCell:
		if len(p.Sections) == 0 {
			return errors.New("there is text before the title")
		}
		said := plain(n, source)
		if p.About == "" {
			p.About = said
		}
		last := p.Sections[len(p.Sections)-1]
		last.Text = strings.TrimSpace(last.Text + " " + said)
	case *ast.Link:
		p.link(n)
	case *ast.HTMLBlock, *ast.RawHTML:
		return errors.New("raw HTML: include a file instead")
	case *ast.CodeBlock:
		return errors.New("a code block without a source: indented text")
	}
	return nil
}

var absolute = regexp.MustCompile(`^[a-z]+:`)

// link has a link to a file of Markdown lead to the page that is made of it.
func (p *page) link(n *ast.Link) {
	target := string(n.Destination)
	if absolute.MatchString(target) {
		return
	}
	p.links = append(p.links, target)
	file, id, found := strings.Cut(target, "#")
	if path.Ext(file) != ".md" {
		return
	}
	if n.Parent().Parent() != nil && n.Parent().Parent().Kind() == ast.KindListItem {
		p.listed = append(p.listed, listed{p.Sections[len(p.Sections)-1].Title, file})
	}
	file = strings.TrimSuffix(file, ".md") + ".html"
	if found {
		file += "#" + id
	}
	n.Destination = []byte(file)
}

// plain is the text of a node, without its code blocks and what is in blocks below it.
func plain(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			out.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteByte(' ')
			}
		case *ast.String:
			out.WriteString(entities.Replace(string(n.Value)))
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// entities are those of the typographer.
var entities = strings.NewReplacer("&lsquo;", "‘", "&rsquo;", "’", "&ldquo;", "“", "&rdquo;", "”", "&ndash;", "–",
	"&mdash;", "—", "&hellip;", "…", "&laquo;", "«", "&raquo;", "»")

var described = regexp.MustCompile("(?m)^```(types|openapi) file=([^\\s#]+)(?:#(\\w+))?\n```$")

// expand writes the descriptions of types and of calls as Markdown, so that their headings are like all others.
func expand(project fs.FS, source []byte) ([]byte, error) {
	var failures []error
	expanded := described.ReplaceAllFunc(source, func(block []byte) []byte {
		match := described.FindSubmatch(block)
		kind, name, tag := string(match[1]), string(match[2]), string(match[3])
		content, err := fs.ReadFile(project, name)
		if err != nil {
			failures = append(failures, err)
			return nil
		}
		describe := describeTypes
		if kind == "openapi" {
			describe = func(content []byte) ([]byte, error) { return describeCalls(content, tag) }
		}
		text, err := describe(content)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
		return text
	})
	return expanded, errors.Join(failures...)
}
