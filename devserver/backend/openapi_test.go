package backend

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The document of the contract, site/openapi.json, and the code say the same, in both directions.

type contract struct {
	Info  struct{ Version string }
	Paths map[string]map[string]struct {
		Parameters []struct{ Name, In string }
		Responses  map[string]described
	}
	Components struct {
		Responses map[string]described
		Schemas   map[string]schema
	}
}

type described struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema schema }
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Required   []string
	Properties map[string]schema
	Enum       []string
	Items      *schema
	AllOf      []schema
}

func readContract(t *testing.T) (c contract) {
	t.Helper()
	data, err := os.ReadFile("../../site/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	// Parameters that all methods of a path have would otherwise be taken for a method.
	var loose map[string]any
	if err := json.Unmarshal(data, &loose); err != nil {
		t.Fatal(err)
	}
	for _, path := range loose["paths"].(map[string]any) {
		delete(path.(map[string]any), "parameters")
	}
	if data, err = json.Marshal(loose); err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
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

func TestContractHasTheRoutes(t *testing.T) {
	var document, code []string
	c := readContract(t)
	if c.Info.Version != api.Version {
		t.Errorf("site/openapi.json: rule: its version is that of the project, %s: got %s", api.Version, c.Info.Version)
	}
	for path, methods := range c.Paths {
		for method := range methods {
			document = append(document, strings.ToUpper(method)+" /api"+path)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "routes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{
		"all": "/api" + api.Collection, "one": "/api" + api.Collection + "/{uuid}", "Webhook": Webhook, "/": "/",
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		sum, ok := call.Args[0].(*ast.BinaryExpr)
		if !ok {
			return true
		}
		method, err := strconv.Unquote(sum.X.(*ast.BasicLit).Value)
		path, there := known[sum.Y.(*ast.Ident).Name]
		if err != nil || !there {
			t.Errorf("routes.go has a pattern that this test cannot read: %v", sum)
		}
		code = append(code, method+path)
		return true
	})
	wantSame(t, "paths", document, code)
}

// What the document does not name, the backend refuses.
func TestContractIsServed(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{left: 290}, &fakeNode{}, nil)
	for path, methods := range readContract(t).Paths {
		for _, method := range []string{"GET", "POST", "DELETE", "PUT", "PATCH"} {
			w := httptest.NewRecorder()
			address := "/api" + strings.ReplaceAll(path, "{uuid}", string(testUUID))
			b.ServeHTTP(w, httptest.NewRequest(method, address, strings.NewReader("{}")))
			operation, named := methods[strings.ToLower(method)]
			if refused := w.Code == http.StatusMethodNotAllowed; refused == named {
				t.Errorf("%s %s: got %d, and the document has it: %t", method, path, w.Code, named)
			}
			if _, told := operation.Responses[strconv.Itoa(w.Code)]; named && !told {
				t.Errorf("%s %s: got %d, which the document does not have", method, path, w.Code)
			}
		}
	}
}

func TestContractHasTheFailures(t *testing.T) {
	c := readContract(t)
	var document, code []string
	used := map[string]bool{}
	for path, methods := range c.Paths {
		for method, operation := range methods {
			for status, r := range operation.Responses {
				if r.Ref == "" {
					continue
				}
				name := strings.TrimPrefix(r.Ref, "#/components/responses/")
				used[name] = true
				for _, one := range codesOf(c.Components.Responses[name]) {
					document = append(document, status+" "+one)
					if want := strconv.Itoa(statuses[payload.Code(one)]); status != want {
						t.Errorf("%s %s: %s has the status %s, want %s", method, path, one, status, want)
					}
				}
			}
		}
	}
	for name := range c.Components.Responses {
		if !used[name] {
			t.Errorf("no call has the response %s", name)
		}
	}
	for one, status := range statuses {
		code = append(code, strconv.Itoa(status)+" "+string(one))
	}
	slices.Sort(document)
	wantSame(t, "failures", slices.Compact(document), code)
}

// codesOf are the error codes that a response may have.
func codesOf(r described) (codes []string) {
	for _, content := range r.Content {
		for _, part := range content.Schema.AllOf {
			codes = append(codes, part.Properties["error"].Properties["code"].Enum...)
		}
	}
	return codes
}

func TestContractHasTheFields(t *testing.T) {
	c := readContract(t)
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
			if want := fields[member]; want != kindOf(c, is) {
				t.Errorf("site/openapi.json: %s.%s is of type %s, want %s", name, member, kindOf(c, is), want)
			}
		}
		delete(c.Components.Schemas, name)
	}
	delete(c.Components.Schemas, "Code") // of which there is a test of its own
	if len(c.Components.Schemas) != 0 {
		t.Errorf("site/openapi.json: the code has no %q", slices.Collect(maps.Keys(c.Components.Schemas)))
	}
}

// members are those of a schema, with those of the schemas that it is made of.
func (c contract) members(name string) (properties map[string]schema, required []string) {
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
	add(c.Components.Schemas[name])
	return properties, required
}

func kindOf(c contract, s schema) string {
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
	c := readContract(t)
	schemas := c.Components.Schemas
	var details []string
	for _, d := range api.Details {
		details = append(details, string(d))
	}
	for what, words := range map[string]struct{ document, code []string }{
		"reasons":  {schemas["Code"].Enum, details},
		"checks":   {schemas["Check"].Properties["name"].Enum, slices.Clone(api.Checks)},
		"outcomes": {schemas["Check"].Properties["outcome"].Enum, constants(t, "Outcome")},
		"statuses": {schemas["SignRequest"].Properties["status"].Enum, constants(t, "Status")},
		"verdicts": {schemas["SignRequest"].Properties["verdict"].Enum, constants(t, "Verdict")},
	} {
		wantSame(t, what, words.document, words.code)
	}
	parameters := c.Paths["/sign-requests"]["post"].Parameters
	if len(parameters) != 1 || parameters[0].Name != api.IdempotencyKey {
		t.Errorf("site/openapi.json: rule: a request is made with the header %s: got %v", api.IdempotencyKey, parameters)
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
