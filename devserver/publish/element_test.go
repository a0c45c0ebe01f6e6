package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a page with the element loads besides the program and the texts of one language: its script, with what the
// toolchain brings along, and the style sheets.
func TestElementIsSmall(t *testing.T) {
	const most = 15_000
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "exec.js")
	module := fmt.Appendf(nil, "export default (globalThis, fs) => {%s}", runtime)
	if err := os.WriteFile(script, module, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Publish(Options{Site: "../../site", To: t.TempDir(), Built: map[string]string{
		"exec.js": script, "xaman-sign-request.wasm": script, // of the program only the name counts
	}})
	if err != nil {
		t.Fatal(err)
	}
	rest := m.Files[question].Brotli + m.Files[element].Brotli +
		m.Files["xaman-sign-request.css"].Brotli + m.Files[fallback].Brotli
	if rest > most || len(m.Files) != 21 {
		t.Errorf("%d files, of which script and style sheets need %d bytes as brotli, want 21 and at most %d",
			len(m.Files), rest, most)
	}
}
