// Package openapi reads a document of OpenAPI 3.1, and compares answers with it.
package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Document is a contract.
type Document struct {
	Version string
	Calls   []Call // by path and method
}

// Call is one operation.
type Call struct {
	Method    string // in capitals
	Path      string // with that of its server's URL before it, as in /api/sign-requests/{uuid}
	Tag       string // the first
	Headers   []string
	Schemas   []string         // names of those that its bodies are made of
	Responses map[int]Response // by status
}

// Response is what a call may answer with one status.
type Response struct {
	Codes   []string // of a failure
	Headers []string // that it may have
	schema  *jsonschema.Resolved
}

// The parts of a document that are read.
type (
	server   struct{ URL string }
	document struct {
		Info       struct{ Version string }
		Servers    []server
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Responses map[string]response
			Schemas   map[string]any
		}

		named map[string]Response // those of the components that have been read, by their references
	}
	operation struct {
		Tags       []string
		Parameters []struct{ Name, In string }
		Responses  map[string]response
	}
	response struct {
		Ref     string `json:"$ref"`
		Headers map[string]any
		Content map[string]content
	}
	content struct {
		Schema map[string]any `json:"schema"`
	}
)

// Read reads a document. What is in its content types other than JSON is not looked at.
func Read(data []byte) (*Document, error) {
	in := document{named: map[string]Response{}}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	d := &Document{Version: in.Info.Version}
	for _, path := range slices.Sorted(maps.Keys(in.Paths)) {
		calls, err := in.calls(path)
		if err != nil {
			return nil, fmt.Errorf("read the contract: %s: %w", path, err)
		}
		d.Calls = append(d.Calls, calls...)
	}
	return d, nil
}

var methods = []string{http.MethodDelete, http.MethodGet, http.MethodPatch, http.MethodPost, http.MethodPut}

func (in document) calls(path string) (calls []Call, err error) {
	members := in.Paths[path]
	servers := in.Servers
	if own, ok := members["servers"]; ok {
		servers = nil // whose elements the other paths have as well
		if err := json.Unmarshal(own, &servers); err != nil {
			return nil, err
		}
	}
	base := &url.URL{}
	if len(servers) > 0 {
		if base, err = url.Parse(servers[0].URL); err != nil {
			return nil, err
		}
	}
	for _, method := range methods {
		content, ok := members[strings.ToLower(method)]
		if !ok {
			continue
		}
		var o operation
		if err := json.Unmarshal(content, &o); err != nil {
			return nil, err
		}
		c := Call{Method: method, Path: strings.TrimSuffix(base.Path, "/") + path, Responses: map[int]Response{}}
		used := map[string]bool{}
		in.uses(used, content)
		c.Schemas = slices.Sorted(maps.Keys(used))
		if len(o.Tags) > 0 {
			c.Tag = o.Tags[0]
		}
		for _, p := range o.Parameters {
			if p.In == "header" {
				c.Headers = append(c.Headers, p.Name)
			}
		}
		for status, r := range o.Responses {
			n, err := strconv.Atoi(status)
			if err != nil {
				return nil, fmt.Errorf("%s: the status %q is not a number", method, status)
			}
			if c.Responses[n], err = in.response(r); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", method, status, err)
			}
		}
		calls = append(calls, c)
	}
	return calls, nil
}

const (
	responses = "#/components/responses/"
	schemas   = "#/components/schemas/"
)

var responseRef = regexp.MustCompile(`"` + responses + `(\w+)"`)

var schemaRef = regexp.MustCompile(`"` + schemas + `(\w+)"`)

// uses notes the schemas that something refers to, and those that these refer to.
func (in document) uses(used map[string]bool, part any) {
	text, err := json.Marshal(part)
	if err != nil {
		return // it has been decoded, or is JSON that has
	}
	for _, name := range responseRef.FindAllSubmatch(text, -1) {
		in.uses(used, in.Components.Responses[string(name[1])].Content)
	}
	for _, name := range schemaRef.FindAllSubmatch(text, -1) {
		if one := string(name[1]); !used[one] {
			used[one] = true
			in.uses(used, in.Components.Schemas[one])
		}
	}
}

// response reads what a call may answer, and what many of them may answer once.
func (in document) response(r response) (Response, error) {
	name, ok := strings.CutPrefix(r.Ref, responses)
	if !ok {
		return in.described(r)
	}
	if known, ok := in.named[name]; ok {
		return known, nil
	}
	named, there := in.Components.Responses[name]
	if !there {
		return Response{}, fmt.Errorf("there is no %s", r.Ref)
	}
	out, err := in.described(named)
	in.named[name] = out
	return out, err
}

func (in document) described(r response) (Response, error) {
	out := Response{Headers: slices.Sorted(maps.Keys(r.Headers))}
	body, ok := r.Content["application/json"]
	if !ok {
		return out, nil
	}
	root := maps.Clone(body.Schema)
	root["$defs"] = in.Components.Schemas
	text, err := json.Marshal(root)
	if err != nil {
		return Response{}, err
	}
	var s jsonschema.Schema
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), schemas, "#/$defs/")), &s); err != nil {
		return Response{}, err
	}
	if out.schema, err = s.Resolve(nil); err != nil {
		return Response{}, err
	}
	out.Codes = codes(&s)
	return out, nil
}

// codes are those that the member code of a failure's error may be.
func codes(s *jsonschema.Schema) (all []string) {
	for _, part := range append([]*jsonschema.Schema{s}, s.AllOf...) {
		failure := part.Properties["error"]
		if failure == nil || failure.Properties["code"] == nil {
			continue
		}
		for _, code := range failure.Properties["code"].Enum {
			if text, ok := code.(string); ok {
				all = append(all, text)
			}
		}
	}
	return all
}

// ErrUndocumented says that a call does not answer with such a status.
var ErrUndocumented = errors.New("the contract has no such status for this call")

// Find is the call of a method to a path; false if there is none.
func (d *Document) Find(method, path string) (Call, bool) {
	for _, c := range d.Calls {
		if c.Method == method && c.matches(path) {
			return c, true
		}
	}
	return Call{}, false
}

// matches reports whether a path is one of the call's, in which a part within braces stands for any one.
func (c Call) matches(path string) bool {
	want, got := strings.Split(c.Path, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != ""
	})
}

// Check says how an answer differs from what the call may answer. It matches [ErrUndocumented] for another status.
func (c Call) Check(status int, body []byte) error {
	r, ok := c.Responses[status]
	if !ok {
		return ErrUndocumented
	}
	if r.schema == nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("it is not JSON: %w", err)
	}
	return r.schema.Validate(value)
}
