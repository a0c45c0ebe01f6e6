package verify

import "testing"

func TestDifference(t *testing.T) {
	tests := []struct {
		name, want, got, field string
	}{
		{"same", `{"A":"1","B":[1,{"C":null}]}`, `{"B":[1,{"C":null}],"A":"1"}`, ""},
		{"missing", `{"A":"1","DestinationTag":0}`, `{"A":"1"}`, "DestinationTag"},
		{"added", `{"A":"1"}`, `{"A":"1","Memos":[]}`, "Memos"},
		{"added as null", `{"A":"1"}`, `{"A":"1","Memos":null}`, "Memos"},
		{"first in the alphabet", `{"B":1,"A":1}`, `{"B":2,"A":2}`, "A"},
		{"text for a number", `{"A":1}`, `{"A":"1"}`, "A"},
		{"number for text", `{"A":"1"}`, `{"A":1}`, "A"},
		{"object for text", `{"Amount":"1"}`, `{"Amount":{"value":"1"}}`, "Amount"},
		{"text for an object", `{"Amount":{"value":"1"}}`, `{"Amount":"1"}`, "Amount"},
		{"inside an object", `{"Amount":{"value":"1"}}`, `{"Amount":{"value":"2"}}`, "Amount"},
		{"order of a list", `{"A":[1,2]}`, `{"A":[2,1]}`, "A"},
		{"length of a list", `{"A":[1]}`, `{"A":[1,1]}`, "A"},
		{"letter case", `{"A":"ab"}`, `{"A":"AB"}`, "A"},
		{"beyond a float64", `{"A":9007199254740993}`, `{"A":9007199254740992}`, "A"},
		{"beyond every size", `{"A":1e999999999}`, `{"A":1e999999999}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want, err := parseTemplate([]byte(tt.want))
			if err != nil {
				t.Fatal(err)
			}
			got, err := parseTemplate([]byte(tt.got))
			if err != nil {
				t.Fatal(err)
			}
			if field := difference(want, got); field != tt.field {
				t.Errorf("got a difference in %q, want %q", field, tt.field)
			}
		})
	}
}

func TestParseTemplateRefuses(t *testing.T) {
	for _, text := range []string{``, `null`, `[]`, `"a"`, `{`, `{} {}`, `{}x`} {
		if v, err := parseTemplate([]byte(text)); err == nil {
			t.Errorf("%q: got %v, want an error", text, v)
		}
	}
}

func FuzzDifference(f *testing.F) {
	f.Add(`{"A":1e400,"B":{"C":[null,true]}}`, `{"A":"1"}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		x, err := parseTemplate([]byte(a))
		if err != nil {
			return
		}
		if field := difference(x, x); field != "" {
			t.Errorf("%s differs from itself in %s", a, field)
		}
		y, err := parseTemplate([]byte(b))
		if err != nil {
			return
		}
		if (difference(x, y) == "") != (difference(y, x) == "") {
			t.Errorf("%s and %s differ in one direction only", a, b)
		}
	})
}
