package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLinked(t *testing.T) {
	modules, err := linked(t.Context(), nil, "../xaman")
	if err != nil {
		t.Fatal(err)
	}
	if modules[0].Path != "std" || slices.ContainsFunc(modules, func(m module) bool { return m.Main }) {
		t.Errorf("got %+v, want the standard library first, and not this module", modules)
	}
	if modules, err = linked(t.Context(), nil, "../record"); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(modules, func(m module) bool { return m.Path == "go.etcd.io/bbolt" && m.Version != "" }) {
		t.Errorf("got %+v, want the database in it", modules)
	}
	if _, err := linked(t.Context(), nil, "./nowhere"); err == nil {
		t.Error("got no error for a package that is not there")
	}
}

// What is linked into the server and into the program has a licence that is known, and its text goes along.
func TestNotices(t *testing.T) {
	for _, of := range []struct {
		pkg string
		env []string
	}{{"..", nil}, {"../../wasm", []string{"GOOS=js", "GOARCH=wasm"}}} {
		modules, err := linked(t.Context(), of.env, of.pkg)
		if err != nil {
			t.Fatal(err)
		}
		text, err := notices(modules)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Copyright 2009 The Go Authors", "Copyright (c) 2025 Coder", "valyala/fastjson"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: the notices have no %q", of.pkg, want)
			}
		}
		if n := strings.Count(string(text), "\n"+strings.Repeat("-", 78)+"\n"); n != len(modules) {
			t.Errorf("%s: got %d notices, want %d", of.pkg, n, len(modules))
		}
	}
}

func TestLicence(t *testing.T) {
	tests := []struct{ file, text, want string }{
		{"LICENSE", "MIT License\n\nPermission is hereby granted, free\nof charge, to any", "MIT"},
		{"LICENSE.txt", "Redistributions in binary form must reproduce the above", "BSD-2-Clause"},
		{"COPYING", "All rights reserved. Ask before you use it.", ""},
		{"readme.txt", "Permission is hereby granted, free of charge", ""},
	}
	for _, tt := range tests {
		m := module{Path: "example.com/m", Dir: t.TempDir()}
		if err := os.WriteFile(filepath.Join(m.Dir, tt.file), []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := m.licence(); got.id != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s %q: got %q, %v, want %q", tt.file, tt.text, got.id, err, tt.want)
		}
		if _, err := notices([]module{m}); (err == nil) != (tt.want != "") {
			t.Errorf("%s %q: got notices with %v", tt.file, tt.text, err)
		}
		if _, err := materials("pkg:npm/x@1", []module{m}); (err == nil) != (tt.want != "") {
			t.Errorf("%s %q: got materials with %v", tt.file, tt.text, err)
		}
	}
}
