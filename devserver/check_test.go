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
	for _, text := range []string{``, `null`, `{}`, `7`, `[`, `[7]`, `[{"hex":7}]`, `[] []`, `[]x`} {
		var out bytes.Buffer
		if err := check(strings.NewReader(text), &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: got %s, %v, want an error and nothing else", text, &out, err)
		}
	}
}
