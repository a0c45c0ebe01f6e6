package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/verify"
)

func TestCheckAgreesWithTheVectors(t *testing.T) {
	data, err := os.ReadFile("verify/testdata/xrpl-signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name   string `json:"name"`
		Policy struct {
			Verdict verify.Opinion `json:"verdict"`
		} `json:"policy"`
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := check(bytes.NewReader(data), &out); err != nil {
		t.Fatal(err)
	}
	var opinions []opinion
	d := json.NewDecoder(&out)
	d.DisallowUnknownFields()
	if err := d.Decode(&opinions); err != nil {
		t.Fatal(err)
	}
	if len(opinions) != len(vectors) || len(vectors) == 0 {
		t.Fatalf("got %d opinions, want %d", len(opinions), len(vectors))
	}
	for i, v := range vectors {
		if o := opinions[i]; o.Name != v.Name || o.Verdict != v.Policy.Verdict || o.Reason == "" {
			t.Errorf("got %+v, want %s %s with a reason", o, v.Name, v.Policy.Verdict)
		}
	}
}

func TestCheckWritesAllKeys(t *testing.T) {
	var out bytes.Buffer
	if err := check(strings.NewReader(`[{"name":"a","hex":"zz"}]`), &out); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	reason := got[0]["reason"]
	delete(got[0], "reason")
	want := `[{"multisigned":false,"name":"a","signatureValid":false,"signedBy":null,"verdict":"reject"}]`
	if text, err := json.Marshal(got); err != nil || string(text) != want || reason == "" {
		t.Errorf("got %s, want %s and a reason", text, want)
	}
}

func TestCheckOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := check(strings.NewReader(`[]`), &out); err != nil || strings.TrimSpace(out.String()) != "[]" {
		t.Errorf("got %s, %v, want an empty array", &out, err)
	}
}

func TestCheckRefusesMalformedInput(t *testing.T) {
	for _, text := range []string{
		``, `null`, `{}`, `7`, `[`, `[7]`, `[{"hex":7}]`, `[] []`, `[]x`,
		`[{"hex":"00","hex":"01"}]`, `[{"Hex":"00"}]`, `[{"hex":"00","HEX":"01"}]`, `[{"hexx":"00"}]`, `[{"tx_id":"00"}]`,
		`[{"options":{"path_finding":true}}]`, `[{"options":{"Pathfinding":true}}]`, `[{"explicitSigner":"r"}]`,
		`[{"request_json":{"Amount":"1","Amount":"2"}}]`, `[{"request_json":{"Amount":"1","amount":"2"}}]`,
	} {
		var out bytes.Buffer
		if err := check(strings.NewReader(text), &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: got %s, %v, want an error and nothing else", text, &out, err)
		} else if said := err.Error(); regexp.MustCompile(`^EOF| EOF$|specimen|\bGo\b`).MatchString(said) {
			t.Errorf("%s: got %s, want it in words of who has written it", text, said)
		}
	}
}

func TestCheckReadsAllKeys(t *testing.T) {
	data, err := os.ReadFile("verify/testdata/xrpl-signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []map[string]any
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	good := vectors[slices.IndexFunc(vectors, func(v map[string]any) bool {
		return v["policy"].(map[string]any)["verdict"] == string(verify.Accept)
	})]
	for _, tt := range []struct {
		key     string
		value   any
		verdict verify.Opinion
		reason  string
	}{
		{"name", "as it is", verify.Accept, "what was asked for."},
		{"request_json", nil, verify.Reject, "no request_json"},
		{"txid", nil, verify.Accept, "none was compared"},
		{"txid", "", verify.Reject, "empty"},
		{"explicit_signer", demoShop, verify.Reject, "has not signed"},
		{"hex", "00", verify.Reject, "is refused"},
	} {
		v := maps.Clone(good)
		v[tt.key] = tt.value
		text, err := json.Marshal([]any{v})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := check(bytes.NewReader(text), &out); err != nil {
			t.Fatal(err)
		}
		var got []opinion
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || got[0].Verdict != tt.verdict ||
			!strings.Contains(got[0].Reason, tt.reason) {
			t.Errorf("%s %v: got %+v, want %s with %q", tt.key, tt.value, got, tt.verdict, tt.reason)
		}
	}
}
