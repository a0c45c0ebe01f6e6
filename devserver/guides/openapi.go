package guides

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// object is a JSON object in the order in which it is written.
type object []struct {
	key   string
	value json.RawMessage
}

func (o *object) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		name, _ := key.(string)
		*o = append(*o, struct {
			key   string
			value json.RawMessage
		}{name, value})
	}
	return nil
}

// The parts of a document of OpenAPI 3.1 that are described.
type (
	document struct {
		Paths      object `json:"paths"`
		Components struct {
			Responses map[string]json.RawMessage `json:"responses"`
			Schemas   object                     `json:"schemas"`
		} `json:"components"`
	}
	operation struct {
		Tags        []string   `json:"tags"`
		Summary     string     `json:"summary"`
		Description string     `json:"description"`
		Parameters  []property `json:"parameters"`
		RequestBody struct {
			Content content `json:"content"`
		} `json:"requestBody"`
		Responses object `json:"responses"`
	}
	response struct {
		Ref         string  `json:"$ref"`
		Description string  `json:"description"`
		Content     content `json:"content"`
	}
	content map[string]struct {
		Schema schema `json:"schema"`
	}
	property struct {
		Name        string `json:"name"`
		In          string `json:"in"`
		Required    bool   `json:"required"`
		Description string `json:"description"`
	}
	schema struct {
		Ref         string   `json:"$ref"`
		Type        any      `json:"type"` // a text, or several
		Description string   `json:"description"`
		Enum        []string `json:"enum"`
		Properties  object   `json:"properties"`
		Required    []string `json:"required"`
		Items       *schema  `json:"items"`
		AllOf       []schema `json:"allOf"`
		AnyOf       []schema `json:"anyOf"`
	}
)

// describeCalls is Markdown with a section for each call of a document that has a tag, and one for each schema that
// these have to do with. Without a tag it is about all.
func describeCalls(content []byte, tag string) ([]byte, error) {
	var d document
	if err := json.Unmarshal(content, &d); err != nil {
		return nil, err
	}
	var out strings.Builder
	used := map[string]bool{}
	for _, path := range d.Paths {
		var methods object
		if err := json.Unmarshal(path.value, &methods); err != nil {
			return nil, err
		}
		for _, method := range methods {
			var o operation
			if method.key == "parameters" || method.key == "servers" {
				continue
			}
			if err := json.Unmarshal(method.value, &o); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method.key, path.key, err)
			}
			if tag != "" && !slices.Contains(o.Tags, tag) {
				continue
			}
			d.uses(used, method.value)
			fmt.Fprintf(&out, "### %s `%s`\n\n", strings.ToUpper(method.key), path.key)
			if err := d.call(&out, o); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method.key, path.key, err)
			}
		}
	}
	for _, s := range d.Components.Schemas {
		if tag != "" && !used[s.key] {
			continue
		}
		var is schema
		if err := json.Unmarshal(s.value, &is); err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "### %s\n\n%s\n\n", s.key, is.Description)
		if err := is.describe(&out); err != nil {
			return nil, fmt.Errorf("%s: %w", s.key, err)
		}
	}
	return []byte(out.String()), nil
}

var reference = regexp.MustCompile(`"#/components/(?:responses|schemas)/(\w+)"`)

// uses notes which responses and schemas something refers to, and what these refer to.
func (d document) uses(used map[string]bool, content []byte) {
	for _, match := range reference.FindAllSubmatch(content, -1) {
		name := string(match[1])
		if used[name] {
			continue
		}
		used[name] = true
		d.uses(used, d.Components.Responses[name])
		for _, s := range d.Components.Schemas {
			if s.key == name {
				d.uses(used, s.value)
			}
		}
	}
}

func (d document) call(out *strings.Builder, o operation) error {
	fmt.Fprintf(out, "%s %s\n\n", o.Summary, o.Description)
	for _, p := range o.Parameters {
		fmt.Fprintf(out, "- `%s`, in the %s: %s\n", p.Name, p.In, p.Description)
	}
	for _, body := range o.RequestBody.Content {
		fmt.Fprintf(out, "- The body is %s.\n", body.Schema.name())
	}
	out.WriteString("\n| Status | Body | When |\n|---|---|---|\n")
	for _, status := range o.Responses {
		var r response
		if err := json.Unmarshal(status.value, &r); err != nil {
			return err
		}
		if r.Ref != "" {
			named, known := d.Components.Responses[last(r.Ref)]
			if !known {
				return fmt.Errorf("there is no response %s", last(r.Ref))
			}
			if err := json.Unmarshal(named, &r); err != nil {
				return err
			}
		}
		body := ""
		for _, c := range r.Content {
			body = c.Schema.name()
			for _, code := range c.Schema.codes() {
				body += " `" + code + "`"
			}
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", status.key, body, r.Description)
	}
	out.WriteString("\n")
	return nil
}

// describe is a table of an object's members, or a list of what a text may be.
func (s schema) describe(out *strings.Builder) error {
	if len(s.Enum) > 0 {
		fmt.Fprintf(out, "One of `%s`.\n\n", strings.Join(s.Enum, "`, `"))
	}
	for _, base := range append(s.AllOf, s.AnyOf...) {
		if base.Ref != "" {
			fmt.Fprintf(out, "It has all of %s, and:\n\n", base.name())
			continue
		}
		if err := base.describe(out); err != nil {
			return err
		}
	}
	if len(s.Properties) == 0 {
		return nil
	}
	out.WriteString("| Member | Type | Meaning |\n|---|---|---|\n")
	for _, p := range s.Properties {
		var is schema
		if err := json.Unmarshal(p.value, &is); err != nil {
			return err
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", p.key, is.name(), is.Description)
	}
	out.WriteString("\n")
	return nil
}

// codes are those that the error in a failure may have.
func (s schema) codes() (all []string) {
	for _, part := range s.AllOf {
		for _, p := range part.Properties {
			var failure struct {
				Properties struct {
					Code schema `json:"code"`
				} `json:"properties"`
			}
			if err := json.Unmarshal(p.value, &failure); err == nil {
				all = append(all, failure.Properties.Code.Enum...)
			}
		}
	}
	return all
}

// name is how a schema is called where it is used.
func (s schema) name() string {
	switch {
	case s.Ref != "":
		return fmt.Sprintf("[%s](#%s)", last(s.Ref), strings.ToLower(last(s.Ref)))
	case s.Items != nil:
		return "list of " + s.Items.name()
	case len(s.AllOf) > 0:
		return s.AllOf[0].name()
	case len(s.Enum) > 0:
		return "`" + strings.Join(s.Enum, "`, `") + "`"
	}
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(s.Type), "[]"), " ", " or ")
}

// last is the name at the end of a reference.
func last(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }
