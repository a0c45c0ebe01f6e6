package guides

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// declared is a declaration of TypeScript: its comment, and the rest.
type declared struct{ comment, text string }

// declarations splits what stands at one level of a file at the ends of the declarations: a semicolon, or the brace
// that closes a body.
func declarations(source string) (all []declared, err error) {
	for {
		comment := ""
		for {
			source = strings.TrimSpace(source)
			begin, end := "//", "\n"
			if strings.HasPrefix(source, "/*") {
				begin, end = "/*", "*/"
			}
			rest, is := strings.CutPrefix(source, begin)
			if !is {
				break
			}
			comment, source, _ = strings.Cut(rest, end)
			if begin == "//" {
				comment = ""
			}
		}
		if source == "" {
			return all, nil
		}
		n := length(source)
		if n < 0 {
			return nil, errors.New("a declaration has no end")
		}
		all = append(all, declared{unwrap(comment), strings.TrimSpace(source[:n])})
		source = source[n:]
	}
}

var body = regexp.MustCompile(`^(?:export |declare |default |abstract )*(?:interface|class|namespace|module|global)\b`)

// length is how many bytes of the source are its first declaration, or -1.
func length(source string) int {
	depth := 0
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '\'', '"', '`':
			end := strings.IndexByte(source[i+1:], c)
			if end < 0 {
				return -1
			}
			i += 1 + end
		case '/':
			if strings.HasPrefix(source[i:], "/*") {
				i += 1 + strings.Index(source[i:], "*/")
			} else if strings.HasPrefix(source[i:], "//") {
				i += strings.Index(source[i:]+"\n", "\n")
			}
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			depth--
			if depth == 0 && c == '}' && body.MatchString(source) {
				return i + 1
			}
		case ';':
			if depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// unwrap is the text of a comment in one line.
func unwrap(comment string) string {
	words := strings.Fields(strings.NewReplacer("\n * ", "\n", "\n   * ", "\n").Replace(comment))
	for i := 0; i < len(words); i++ {
		if words[i] == "*" {
			words = append(words[:i], words[i+1:]...)
			i--
		}
	}
	return strings.Join(words, " ")
}

var (
	exportedType = regexp.MustCompile(`(?s)^export type (\w+)(?:<.*?>)? =(.*);$`)
	exportedBody = regexp.MustCompile(
		`(?s)^export (?:declare |default |abstract )*(interface|class) (\w+)([^{]*)\{(.*)\}$`)
	member = regexp.MustCompile(`(?s)^((?:static |readonly |get |set )*)('[\w-]+'|\w+)(\??)(\(.*\))?\s*:\s*(.*);$`)
)

// describeTypes is a section of Markdown for each type that a file of declarations exports.
func describeTypes(content []byte) ([]byte, error) {
	all, err := declarations(string(content))
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	for _, d := range all {
		if match := exportedType.FindStringSubmatch(d.text); match != nil {
			fmt.Fprintf(&out, "### %s\n\n%s\n\n%s\n\n", match[1], d.comment, code(match[2]))
		}
		match := exportedBody.FindStringSubmatch(d.text)
		if match == nil {
			continue
		}
		fmt.Fprintf(&out, "### %s\n\n%s\n\n", match[2], d.comment)
		if base := strings.Join(strings.Fields(match[3]), " "); base != "" {
			fmt.Fprintf(&out, "It %s.\n\n", strings.Replace(code(base), "`extends ", "extends `", 1))
		}
		members, err := declarations(match[4])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", match[2], err)
		}
		if len(members) > 0 {
			out.WriteString("| Member | Type | Meaning |\n|---|---|---|\n")
		}
		for _, m := range members {
			out.WriteString(describeMember(m))
		}
		out.WriteString("\n")
	}
	if out.Len() == 0 {
		return nil, errors.New("exports no types")
	}
	return []byte(out.String()), nil
}

// describeMember is a row of a table. What is not a member with a name is shown as it is.
func describeMember(m declared) string {
	match := member.FindStringSubmatch(m.text)
	if match == nil {
		return fmt.Sprintf("| %s | | %s |\n", cell(strings.TrimSuffix(m.text, ";")), inCell(m.comment))
	}
	name := match[1] + strings.Trim(match[2], "'") + match[3] + match[4]
	return fmt.Sprintf("| %s | %s | %s |\n", cell(name), cell(match[5]), inCell(m.comment))
}

// code is some TypeScript as code in a line.
func code(text string) string {
	return "`" + strings.TrimPrefix(strings.Join(strings.Fields(text), " "), "| ") + "`"
}

func cell(text string) string { return inCell(code(text)) }

func inCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
