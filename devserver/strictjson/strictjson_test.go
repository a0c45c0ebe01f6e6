package strictjson

import (
	"encoding/json"
	"strings"
	"testing"
)

type inner struct {
	Name string `json:"name"`
}

type outer struct {
	Demo  string          `json:"demo"`
	Inner *inner          `json:"inner"`
	List  []inner         `json:"list"`
	ByKey map[string]int  `json:"by_key"`
	Raw   json.RawMessage `json:"raw"`
	Plain int
	own   int
}

func TestUnmarshal(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name, in    string
		open, known bool // accepted by Unmarshal, by UnmarshalKnown
	}{
		{"all fields", `{"demo":"a","inner":{"name":"b"},"list":[{"name":"c"},{"name":"d"}],"by_key":{"x":1,"y":2},` +
			`"raw":{"A":[1,{"B":2}]},"Plain":3}`,
			true, true},
		{"empty", `{}`, true, true},
		{"null", `{"inner":null,"list":null}`, true, true},
		{"space around", " {\"demo\":\"a\"}\n", true, true},
		{"unknown key", `{"other":{"deep":1}}`, true, false},
		{"unknown key in a list", `{"list":[{"other":1}]}`, true, false},
		{"unexported field", `{"own":1}`, true, false},
		{"doubled", `{"demo":"a","demo":"b"}`, false, false},
		{"doubled by an escape", `{"demo":"a","\u0064emo":"b"}`, false, false},
		{"doubled in another case", `{"demo":"a","DEMO":"b"}`, false, false},
		{"doubled in a field", `{"inner":{"name":"a","name":"b"}}`, false, false},
		{"doubled in a list", `{"list":[{},{"name":"a","name":"b"}]}`, false, false},
		{"doubled in a map", `{"by_key":{"x":1,"x":2}}`, false, false},
		{"doubled in raw text", `{"raw":{"A":1,"A":2}}`, false, false},
		{"doubled where nothing is read", `{"other":[{"x":1,"X":2}]}`, false, false},
		{"miscased", `{"Demo":"a"}`, false, false},
		{"miscased in a field", `{"inner":{"NAME":"a"}}`, false, false},
		{"miscased by folding", "{\"li\u017ft\":[]}", false, false}, // a long s
		{"miscased without a tag", `{"plain":1}`, false, false},
		{"something behind", `{}{}`, false, false},
		{"a bracket behind", `{}]`, false, false},
		{"cut short", `{"demo":`, false, false},
		{"not JSON", `demo=a`, false, false},
		{"nothing", ``, false, false},
		{"another type", `{"demo":1}`, false, false},
		{"deep", `{"raw":` + deep(maxDepth) + `}`, true, true},
		{"too deep", `{"raw":` + deep(maxDepth+1) + `}`, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v outer
			if err := Unmarshal([]byte(tt.in), &v); (err == nil) != tt.open {
				t.Errorf("Unmarshal: got %v, want it accepted: %v", err, tt.open)
			}
			if err := UnmarshalKnown([]byte(tt.in), &v); (err == nil) != tt.known {
				t.Errorf("UnmarshalKnown: got %v, want it accepted: %v", err, tt.known)
			}
		})
	}
}

func TestUnmarshalDecodes(t *testing.T) {
	var v outer
	err := Unmarshal([]byte(`{"demo":"a","inner":{"name":"b"},"raw":{"n":12345678901234567890}}`), &v)
	if err != nil || v.Demo != "a" || v.Inner.Name != "b" || string(v.Raw) != `{"n":12345678901234567890}` || v.own != 0 {
		t.Errorf("got %+v, %v, want what the text says", v, err)
	}
}
