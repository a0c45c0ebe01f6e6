package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// What is in the archive runs, links nothing of the system, and has with it the licences of all that it is made of.
func TestServer(t *testing.T) {
	t.Chdir("../..")
	release := t.TempDir()
	built, bin := filepath.Join(release, "built"), filepath.Join(release, "bin")
	if err := os.CopyFS(built, os.DirFS("devserver/release/server")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	program := []module{{Path: "example.com/of-the-program", Version: "v1.0.0", Dir: "."}}
	if err := server(t.Context(), runtime.GOOS+"/"+runtime.GOARCH, built, bin, program); err != nil {
		t.Fatal(err)
	}
	top := fmt.Sprintf("xaman-live-%s-%s-%s", api.Version, runtime.GOOS, runtime.GOARCH)
	archive := filepath.Join(bin, top+".tar.gz")
	if out, err := exec.CommandContext(t.Context(), "tar", "-xzf", archive, "-C", release).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v: %s", err, out)
	}
	dir := filepath.Join(release, top)
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "xaman-live"), "-version").Output()
	if want := "xaman-live " + api.Version + " "; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("got %q, %v, want %q at its start", out, err, want)
	}
	for name, want := range map[string]string{
		"LICENSE": "MIT License", "README.txt": "./xaman-live", "site/dist/README.txt": "./xaman-live",
		"NOTICES.txt": "go.etcd.io/bbolt", "sbom.cdx.json": "pkg:golang/example.com/of-the-program@v1.0.0",
	} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: got %v, want %q in it", name, err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(release, "xaman-live-"+api.Version+".tgz"), []byte("npm"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sums(release); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Appendf(nil, "%x  %s.tar.gz\n%x  xaman-live-%s.tgz\n", sha256.Sum256(content), top,
		sha256.Sum256([]byte("npm")), api.Version)
	if got, err := os.ReadFile(filepath.Join(bin, "SHA256SUMS")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got the digests %s, %v, want %s", got, err, want)
	}
	if got, err := os.ReadFile(filepath.Join(bin, "xaman-live-"+api.Version+".tgz")); string(got) != "npm" {
		t.Errorf("beside its digest, the package is %q, %v", got, err)
	}
	for _, target := range []string{"linux/none", "linux", "linux/", "/amd64", ""} {
		if err := server(t.Context(), target, built, bin, nil); err == nil {
			t.Errorf("got no error for the target %q", target)
		}
	}
}
