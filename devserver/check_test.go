package main

import (
	"bytes"
	"encoding/json"
	"os"
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
		}
	}
}

func TestCheckWithoutHashOrRequest(t *testing.T) {
	for _, tt := range []struct {
		text    string
		verdict verify.Opinion
		reason  string
	}{
		{`{"hex":"` + signatures["Payment"].blob + `","txid":"` + signatures["Payment"].txid + `"}`, verify.Reject, "no request_json"},
		{`{"hex":"` + signatures["SignIn"].blob + `","request_json":` + marked(t, "sign-in") + `}`, verify.Accept, "none was compared"},
		{`{"hex":"` + signatures["SignIn"].blob + `","txid":null,"request_json":` + marked(t, "sign-in") + `}`, verify.Accept, "none was compared"},
		{`{"hex":"` + signatures["SignIn"].blob + `","txid":"","request_json":` + marked(t, "sign-in") + `}`, verify.Reject, "empty"},
		{`{"hex":"` + signatures["Payment"].blob + `","explicit_signer":"` + demoShop + `","request_json":` + marked(t, "pay") + `}`,
			verify.Reject, "has not signed"},
	} {
		var out bytes.Buffer
		if err := check(strings.NewReader("["+tt.text+"]"), &out); err != nil {
			t.Fatal(err)
		}
		var got []opinion
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || got[0].Verdict != tt.verdict || !strings.Contains(got[0].Reason, tt.reason) {
			t.Errorf("%.200s: got %+v, want %s with %q", tt.text, got, tt.verdict, tt.reason)
		}
	}
}

// marked is a demo's template as the tests' orders have it.
func marked(t *testing.T, demo string) string {
	t.Helper()
	text, err := verify.Mark(demos[demo].txJSON, "shop.example", make([]byte, verify.MarkSize))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
