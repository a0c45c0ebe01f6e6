package backend

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/openapi"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/site"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The document of the contract, site/openapi.json, and the code say the same, in both directions.

// schemas are those of the document, by name.
type schemas map[string]schema

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Required   []string
	Properties map[string]schema
	Enum       []string
	Items      *schema
	AllOf      []schema
	AnyOf      []schema
}

func readSchemas(t *testing.T) schemas {
	t.Helper()
	var in struct{ Components struct{ Schemas schemas } }
	if err := json.Unmarshal(site.Contract, &in); err != nil {
		t.Fatal(err)
	}
	_, calls := readCalls(t)
	maps.DeleteFunc(in.Components.Schemas, func(name string, _ schema) bool { // those of other calls
		return !slices.ContainsFunc(calls, func(c openapi.Call) bool { return slices.Contains(c.Schemas, name) })
	})
	return in.Components.Schemas
}

// readCalls are the calls of the document that a backend answers.
func readCalls(t *testing.T) (version string, calls []openapi.Call) {
	t.Helper()
	d, err := openapi.Read(site.Contract)
	if err != nil {
		t.Fatal(err)
	}
	return d.Version, slices.DeleteFunc(d.Calls, func(c openapi.Call) bool { return c.Tag != "contract" })
}

// wantSame compares what a document has with what the code has.
func wantSame(t *testing.T, what string, document, code []string) {
	t.Helper()
	slices.Sort(document)
	slices.Sort(code)
	if !slices.Equal(document, code) {
		t.Errorf("site/openapi.json: rule: %s are those of the code:\n got %q\nwant %q", what, document, code)
	}
}

// Each call has its codes, and each code its status.
func TestContractHasTheCalls(t *testing.T) {
	version, described := readCalls(t)
	if version != api.Version {
		t.Errorf("site/openapi.json: rule: its version is that of the project, %s: got %s", api.Version, version)
	}
	var document, code []string
	for _, c := range described {
		call := c.Method + " " + c.Path
		document = append(document, call)
		for status, r := range c.Responses {
			for _, one := range r.Codes {
				document = append(document, fmt.Sprint(call, ": ", status, " ", one))
			}
			if status >= 400 && len(r.Codes) == 0 {
				t.Errorf("site/openapi.json: rule: each failure has its codes: %s, %d", call, status)
			}
		}
	}
	unused := maps.Clone(statuses)
	for _, c := range calls {
		call := c.method + " " + c.path
		code = append(code, call)
		for _, one := range append([]payload.Code{api.Internal, api.MethodNotAllowed}, c.fails...) {
			code = append(code, fmt.Sprint(call, ": ", statuses[one], " ", one))
			delete(unused, one)
		}
	}
	wantSame(t, "calls and their failures", document, code)
	if len(unused) > 0 {
		t.Errorf("no call fails with %v", unused)
	}
}

// What a call is not to fail with is a fault of the server.
func TestUnexpectedFailureIsInternal(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	for err, want := range map[error]payload.Code{errNotFound: api.NotFound, xaman.ErrSignature: api.Internal} {
		w := httptest.NewRecorder()
		b.answering(call{
			handle: func(*Backend, http.ResponseWriter, *http.Request) error { return err },
			fails:  []payload.Code{api.NotFound},
		}).ServeHTTP(w, httptest.NewRequest("GET", onePath, nil))
		checkError(t, w, want)
	}
}

// What the document does not name, the backend refuses.
func TestContractIsServed(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{left: 290}, &fakeNode{}, nil)
	_, described := readCalls(t)
	for _, path := range []string{collection, single, Webhook} {
		for _, method := range []string{"GET", "POST", "DELETE", "PUT", "PATCH"} {
			w := httptest.NewRecorder()
			address := strings.ReplaceAll(path, "{uuid}", string(testUUID))
			b.ServeHTTP(w, httptest.NewRequest(method, address, strings.NewReader("{}")))
			i := slices.IndexFunc(described, func(c openapi.Call) bool { return c.Method == method && c.Path == path })
			if refused := w.Code == http.StatusMethodNotAllowed; refused == (i >= 0) {
				t.Errorf("%s %s: got %d, and the document has it: %t", method, path, w.Code, i >= 0)
			}
			if i < 0 {
				continue
			}
			if err := described[i].Check(w.Code, w.Body.Bytes()); err != nil {
				t.Errorf("%s %s: got %d %s: %v", method, path, w.Code, w.Body, err)
			}
		}
	}
}

func TestContractHasTheFields(t *testing.T) {
	c := readSchemas(t)
	for name, value := range map[string]any{
		"Offers": api.Offers{}, "Offer": api.Offer{}, "Create": api.Create{}, "SignRequest": api.SignRequest{},
		"Cancellation": api.Cancellation{}, "Check": payload.Check{}, "Result": payload.Result{},
		"Summary": payload.Summary{}, "Amount": payload.Amount{}, "Field": payload.Field{}, "Error": api.Error{},
		"Failure": struct {
			Error *api.Error `json:"error"`
		}{},
	} {
		properties, required := c.members(name)
		fields, always := fieldsOf(reflect.TypeOf(value))
		wantSame(t, "the members of "+name, slices.Collect(maps.Keys(properties)), slices.Collect(maps.Keys(fields)))
		wantSame(t, "those that "+name+" always has", required, always)
		for member, is := range properties {
			if want := fields[member]; want != kindOf(is) {
				t.Errorf("site/openapi.json: %s.%s is of type %s, want %s", name, member, kindOf(is), want)
			}
		}
		delete(c, name)
	}
	delete(c, "Code") // of which there is a test of its own
	if len(c) != 0 {
		t.Errorf("site/openapi.json: the code has no %q", slices.Collect(maps.Keys(c)))
	}
}

// members are those of a schema, with those of the schemas that it is made of.
func (c schemas) members(name string) (properties map[string]schema, required []string) {
	properties = map[string]schema{}
	var add func(s schema)
	add = func(s schema) {
		if s.Ref != "" {
			// Those of another schema are compared with it, under a name that stays.
			fields, always := fieldsOf(reflect.TypeFor[api.SignRequest]())
			for field := range fields {
				properties[field] = schema{Type: fields[field]}
			}
			required = append(required, always...)
			return
		}
		maps.Copy(properties, s.Properties)
		required = append(required, s.Required...)
		for _, part := range s.AllOf {
			add(part)
		}
	}
	add(c[name])
	return properties, required
}

func kindOf(s schema) string {
	if s.Ref != "" {
		if strings.HasSuffix(s.Ref, "/Code") {
			return "string"
		}
		return "object"
	}
	if list, ok := s.Type.([]any); ok {
		return list[0].(string)
	}
	return s.Type.(string)
}

// fieldsOf are the members of a struct as JSON, with their types, and those that are always there.
func fieldsOf(of reflect.Type) (types map[string]string, always []string) {
	types = map[string]string{}
	for field := range of.Fields() {
		tag := field.Tag.Get("json")
		if field.Anonymous && tag == "" {
			inner, required := fieldsOf(field.Type)
			maps.Copy(types, inner)
			always = append(always, required...)
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		if name == "-" {
			continue
		}
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		switch {
		case kind == reflect.TypeFor[api.Raw](), kind.Kind() == reflect.Struct:
			types[name] = "object"
		case kind.Kind() == reflect.Slice:
			types[name] = "array"
		case kind.Kind() == reflect.Bool:
			types[name] = "boolean"
		case kind.Kind() == reflect.Int:
			types[name] = "integer"
		default:
			types[name] = kind.Kind().String()
		}
		if option != "omitempty" {
			always = append(always, name)
		}
	}
	return types, always
}

func TestContractHasTheWords(t *testing.T) {
	c := readSchemas(t)
	var details []string
	for _, d := range api.Details {
		details = append(details, string(d))
	}
	for what, words := range map[string]struct{ document, code []string }{
		"reasons":  {c["Code"].AnyOf[0].Enum, details},
		"checks":   {c["Check"].Properties["name"].Enum, slices.Clone(api.Checks)},
		"outcomes": {c["Check"].Properties["outcome"].Enum, constants(t, "Outcome")},
		"statuses": {c["SignRequest"].Properties["status"].Enum, constants(t, "Status")},
		"verdicts": {c["SignRequest"].Properties["verdict"].Enum, constants(t, "Verdict")},
	} {
		wantSame(t, what, words.document, words.code)
	}
	_, calls := readCalls(t)
	for _, c := range calls {
		if c.Method == "POST" && c.Path == collection && !slices.Equal(c.Headers, []string{api.IdempotencyKey}) {
			t.Errorf("site/openapi.json: rule: a request is made with the header %s: got %v", api.IdempotencyKey, c.Headers)
		}
	}
}

// constants are the values of the constants of a type in wasm/payload/answer.go.
func constants(t *testing.T, of string) (values []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../wasm/payload/answer.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || spec.Type.(*ast.Ident).Name != of {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
		return true
	})
	return values
}
