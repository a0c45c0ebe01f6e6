package guides

import (
	"html"
	"regexp"
	"strings"
)

const (
	words = `func|return|if|else|for|range|const|let|var|type|struct|import|export|from|async|await|function|class|` +
		`new|def|try|except|finally|raise|throw|catch|package|go|defer|switch|case|default|interface|map|string|nil|` +
		`null|true|false|None|True|False|not|and|or|in|of|with|as|foreach|static|use|echo|void|readonly|extends`
	doubleQuoted = `"(?:[^"\\\n]|\\.)*"`
	singleQuoted = `'(?:[^'\\\n]|\\.)*'`
	backQuoted   = "`[^`]*`"
)

// tokens finds in a language, in this order: comments, strings, and words or tags.
func tokens(comments, strings, words string) *regexp.Regexp {
	return regexp.MustCompile(`(` + comments + `)|(` + strings + `)|(` + words + `)`)
}

var (
	slashes  = `//[^\n]*|(?s:/\*.*?\*/)`
	program  = tokens(slashes, doubleQuoted+`|`+singleQuoted+`|`+backQuoted, `\b(?:`+words+`)\b`)
	hashed   = tokens(`(?m:(?:^|\s)#[^\n]*)`, doubleQuoted+`|`+singleQuoted, `\b(?:`+words+`)\b|(?m:^\s*-? ?[a-z-]+:)`)
	settings = tokens(`(?m:(?:^|\s)#[^\n]*)`, doubleQuoted+`|`+singleQuoted, `(?m:^\[[^\]\n]+\]$)`)
	markup   = tokens(`(?s:<!--.*?-->)|(?m:^\s*//[^\n]*)`, doubleQuoted, `</?[a-zA-Z][\w-]*|/?>`)
	plainly  = regexp.MustCompile(`()()()$^`)
	coloured = map[string]*regexp.Regexp{
		"go": program, "js": program, "ts": program, "jsx": program, "tsx": program, "php": program, "json": program,
		"python": hashed, "sh": hashed, "yaml": hashed,
		"nginx": settings, "ini": settings, "docker": settings, "toml": settings,
		"html": markup, "vue": markup, "svelte": markup,
	}
	classes = [...]string{"", "comment", "text", "word"}
)

// highlight is code as HTML, in which comments, strings and the words of the language are told apart.
func highlight(language, code string) string {
	tokens := coloured[language]
	if tokens == nil {
		tokens = plainly
	}
	var out strings.Builder
	last := 0
	for _, match := range tokens.FindAllStringSubmatchIndex(code, -1) {
		out.WriteString(html.EscapeString(code[last:match[0]]))
		for kind := 1; kind < len(classes); kind++ {
			if begin, end := match[2*kind], match[2*kind+1]; begin < end {
				out.WriteString(`<span class="` + classes[kind] + `">` + html.EscapeString(code[begin:end]) + `</span>`)
			}
		}
		last = match[1]
	}
	out.WriteString(html.EscapeString(code[last:]))
	return out.String()
}
