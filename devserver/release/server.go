package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// targets are what the server is built for, as GOOS/GOARCH.
var targets = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

//go:embed server/README.txt
var serverReadme []byte

const repository = "github.com/xaman-live/xaman-live"

// server builds the server for a target, and packs it with the built site and what goes with both.
func server(ctx context.Context, target, built, bin string, program []module) (err error) {
	goos, arch, _ := strings.Cut(target, "/")
	if goos == "" || arch == "" { // for which Go would take what it runs on
		return errors.New("a target is a system and an architecture, as in linux/amd64")
	}
	env := []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + arch}
	modules, err := linked(ctx, env, "./devserver")
	if err != nil {
		return err
	}
	for _, m := range program {
		if !slices.Contains(modules, m) {
			modules = append(modules, m)
		}
	}
	files, err := papers("pkg:golang/"+repository+"@v"+api.Version, modules)
	if err != nil {
		return err
	}
	files["README.txt"] = serverReadme
	dir, err := os.MkdirTemp(bin, "server")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	name := "xaman-live"
	if goos == "windows" {
		name += ".exe"
	}
	if _, err := command(ctx, env, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w",
		"-o", filepath.Join(dir, name), "./devserver"); err != nil {
		return err
	}
	site := filepath.Join(dir, "site", "dist")
	if err := errors.Join(writeAll(dir, files), os.CopyFS(site, os.DirFS(built))); err != nil {
		return err
	}
	top := fmt.Sprintf("xaman-live-%s-%s-%s", api.Version, goos, arch)
	return pack(filepath.Join(bin, top+".tar.gz"), dir, top, name)
}

// pack writes an archive of a folder.
func pack(file, folder, top string, programs ...string) error {
	return create(file, func(w *os.File) error { return tarball(w, os.DirFS(folder), top, programs...) })
}
