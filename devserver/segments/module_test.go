package main

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// module is a program with these segments, and with a section before and after them.
func module(segments ...segment) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	b.Write([]byte{1, 2, 'c', 'o'}) // what is in other sections does not matter
	data := write(segments)
	b.WriteByte(dataSection)
	b.Write(binary.AppendUvarint(nil, uint64(len(data))))
	b.Write(data)
	b.Write([]byte{0, 3, 'd', 'e', 'f'})
	return b.Bytes()
}

func TestMerge(t *testing.T) {
	at := func(at uint64, text string) segment { return segment{at, []byte(text)} }
	tests := []struct {
		name       string
		from, want []segment
	}{
		{"one", []segment{at(8, "ab")}, []segment{at(8, "ab")}},
		{"neighbours", []segment{at(8, "ab"), at(10, "c")}, []segment{at(8, "abc")}},
		{"as far apart as may be", []segment{at(8, "ab"), at(14, "c")}, []segment{at(8, "ab\x00\x00\x00\x00c")}},
		{"further apart", []segment{at(8, "ab"), at(15, "c")}, []segment{at(8, "ab"), at(15, "c")}},
		{"in another order", []segment{at(70, "z"), at(10, "c"), at(8, "ab")}, []segment{at(8, "abc"), at(70, "z")}},
		{"at high addresses", []segment{at(1<<31, "a"), at(1<<32-1, "z")}, []segment{at(1<<31, "a"), at(1<<32-1, "z")}},
		{"none", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := merge(module(tt.from...), 4); err != nil || !bytes.Equal(got, module(tt.want...)) {
				t.Errorf("got %q, %v, want %q", got, err, module(tt.want...))
			}
		})
	}
}

// What is not as the linker writes it is refused, and never written wrongly.
func TestMergeRefuses(t *testing.T) {
	good := module(segment{8, []byte("ab")})
	section := func(id byte, content string) []byte {
		return append([]byte(header), append([]byte{id, byte(len(content))}, content...)...)
	}
	tests := map[string][]byte{
		"nothing":                        nil,
		"another format":                 []byte("\x7fELF and so on"),
		"no segments":                    []byte(header),
		"a section that ends early":      good[:len(good)-1],
		"overlapping segments":           module(segment{8, []byte("ab")}, segment{9, []byte("c")}),
		"segments with numbers":          append(section(countSection, "\x01"), good[len(header):]...),
		"a passive segment":              section(dataSection, "\x01\x01\x01a"),
		"an offset that is no constant":  section(dataSection, "\x01\x00\x23\x00\x0b\x01a"),
		"an offset without an end":       section(dataSection, "\x01\x00\x41\x08\x00\x01a"),
		"an offset that goes on":         section(dataSection, "\x01\x00\x41\xff\xff\xff\xff\xff\xff\xff\xff"),
		"fewer segments than it says":    section(dataSection, "\x02\x00\x41\x08\x0b\x01a"),
		"more than segments":             section(dataSection, "\x01\x00\x41\x08\x0b\x01ab"),
		"a segment that ends early":      section(dataSection, "\x01\x00\x41\x08\x0b\x02a"),
		"a number of segments too large": section(dataSection, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		"an empty section":               section(dataSection, ""),
	}
	for name, from := range tests {
		if got, err := merge(from, 4); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

// memory is what is in a module's memory before it starts, but for zeros.
func memory(t *testing.T, module []byte) (image map[uint64]byte, segments int) {
	t.Helper()
	image = map[uint64]byte{}
	for rest := module[len(header):]; len(rest) > 0; {
		section, after, err := block(rest[1:])
		if err != nil {
			t.Fatal(err)
		}
		if rest[0] == dataSection {
			all, err := read(section)
			if err != nil {
				t.Fatal(err)
			}
			segments = len(all)
			for _, s := range all {
				for i, b := range s.data {
					if b != 0 {
						image[s.at+uint64(i)] = b
					}
				}
			}
		}
		rest = after
	}
	return image, segments
}

// The real linker's program has the same memory afterwards, and a handful of segments.
func TestProgramKeepsItsMemory(t *testing.T) {
	program := build(t)
	before, many := memory(t, program)
	merged, err := merge(program, gap)
	if err != nil {
		t.Fatal(err)
	}
	after, few := memory(t, merged)
	t.Logf("%d segments, then %d; %d bytes, then %d", many, few, len(program), len(merged))
	if !maps.Equal(before, after) {
		t.Error("the memory is another one")
	}
	if many < 1000 || few > 100 {
		t.Errorf("got %d segments of %d, want a handful of thousands: does the linker write them otherwise now?", few, many)
	}
	if again, err := merge(merged, gap); err != nil || !slices.Equal(again, merged) {
		t.Errorf("merging once more changes something: %v", err)
	}
}

func TestRunReplacesNothingWhenItFails(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	for name, content := range map[string]string{from: "not a program", to: "what was there"} {
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(from, to); err == nil {
		t.Error("a file that is not a program was taken")
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != "what was there" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := os.WriteFile(from, module(segment{8, []byte("ab")}), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := run(from, to); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, module(segment{8, []byte("ab")})) {
		t.Errorf("got %q, %v", got, err)
	}
}

// build makes a small program with the linker that makes the page's.
func build(t *testing.T) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program.wasm")
	build := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", file, "../../wasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return program
}
