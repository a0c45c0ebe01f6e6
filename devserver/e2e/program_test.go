//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// compareMemory compares, byte by byte, what an engine puts into the memory of programs. An instance of a program runs
// nothing of it before its export run is called.
const compareMemory = `(async (...files) => {
	const [one, other] = await Promise.all(files.map(async (file) => {
		const module = await WebAssembly.compileStreaming(fetch(file));
		const imports = {};
		for (const it of WebAssembly.Module.imports(module)) {
			(imports[it.module] ??= {})[it.name] = () => {};
		}
		return new Uint8Array((await WebAssembly.instantiate(module, imports)).exports.mem.buffer);
	}));
	return {
		sizes: [one.length, other.length],
		filled: one.reduce((n, byte) => n + (byte !== 0), 0),
		different: one.reduce((n, byte, at) => n + (byte !== other[at]), 0),
	};
})`

// The program that ships starts with the memory that Go's linker wrote.
func TestEndToEndProgramStartsWithTheLinkersMemory(t *testing.T) {
	t.Parallel()
	linked, err := os.ReadFile("../../.build/linked.wasm")
	s := openShop(t)
	if err := errors.Join(err, os.WriteFile(filepath.Join(s.files, "linked.wasm"), linked, 0o600)); err != nil {
		t.Fatal(err)
	}
	tb := openTab(t, s.devserver, s.site+s.add(t, "empty", ""))
	got := get[struct {
		Sizes             [2]int
		Filled, Different int
	}](tb, compareMemory+`('linked.wasm', '`+readManifest(t).Files["xaman-sign-request.wasm"].Name+`')`)
	if got.Sizes[0] != got.Sizes[1] || got.Different != 0 {
		t.Errorf("the memory that Go's linker wrote has %d bytes, that of the program that ships %d; %d are different",
			got.Sizes[0], got.Sizes[1], got.Different)
	}
	if got.Filled < 500_000 {
		t.Errorf("got %d bytes other than zero, want the program's texts, tables and variables", got.Filled)
	}
	tb.wantNoProblems()
}

// What the README says of the program's size is what the build made, but for what another toolchain may change of it.
func TestEndToEndReadmeTellsTheProgramsSize(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	made := readManifest(t).Files["xaman-sign-request.wasm"].Brotli
	told := regexp.MustCompile(`program\b[^.|\n]{1,8}?(\d+) kB`).FindAllSubmatch(readme, -1)
	if len(told) != 3 {
		t.Errorf("the README tells the program's size %d times, want 3", len(told))
	}
	for _, it := range told {
		if kB, err := strconv.Atoi(string(it[1])); err != nil || made < (kB-3)*1000 || made > (kB+3)*1000 {
			t.Errorf("the README has %q, want within 3 kB of %d bytes", it[0], made)
		}
	}
}
