package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// module is one that is linked into what is released.
type module struct {
	Path    string
	Version string
	Dir     string
	Main    bool
}

// toolchain is what Go brings along: its standard library, and in the browser its runtime.
func toolchain(ctx context.Context) (module, error) {
	root, err := command(ctx, nil, "env", "GOROOT")
	version := strings.TrimPrefix(runtime.Version(), "go")
	return module{Path: "std", Version: version, Dir: strings.TrimSpace(string(root))}, err
}

// linked lists the modules that a package and all that it imports come from, other than this one, by their paths. The
// toolchain comes first.
func linked(ctx context.Context, env []string, args ...string) ([]module, error) {
	std, err := toolchain(ctx)
	if err != nil {
		return nil, err
	}
	out, err := command(ctx, env, append([]string{"list", "-deps", "-json=Module"}, args...)...)
	if err != nil {
		return nil, err
	}
	var found []module
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *module }
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main && !slices.Contains(found, *p.Module) {
			found = append(found, *p.Module)
		}
	}
	slices.SortFunc(found, func(a, b module) int { return cmp.Compare(a.Path, b.Path) })
	return append([]module{std}, found...), nil
}

// command runs go.
func command(ctx context.Context, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// licence is what a module's licence is called by SPDX, and what has to go with the module.
type licence struct{ id, text string }

// licences are told by words that only one of them has, the longer conditions first.
var licences = []struct{ id, words string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"ISC", "Permission to use, copy, modify, and distribute this software"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"BSD-3-Clause", "may be used to endorse or promote products"},
	{"BSD-2-Clause", "Redistributions in binary form must reproduce"},
}

// licence reads what lies at the top of a module. A module whose licence is missing or is not known is an error: it
// cannot be released.
func (m module) licence() (licence, error) {
	var l licence
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return l, err
	}
	for _, entry := range entries {
		name := strings.ToUpper(strings.TrimSuffix(entry.Name(), filepath.Ext(entry.Name())))
		if entry.IsDir() || !slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"}, name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, entry.Name()))
		if err != nil {
			return l, err
		}
		l.text += strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")) + "\n\n"
	}
	plain := strings.Join(strings.Fields(l.text), " ")
	for _, known := range licences {
		if strings.Contains(plain, known.words) {
			l.id = known.id
			return l, nil
		}
	}
	return l, fmt.Errorf("%s: its licence is not known", m.Path)
}
