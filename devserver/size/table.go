package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// The function table of Go 1.20 and later as it starts for WebAssembly, and the size of a function's record without
// what follows it: https://go.dev/src/internal/abi/symtab.go and https://go.dev/src/runtime/symtab.go.
const (
	magic      = "\xf1\xff\xff\xff\x00\x00\x01\x08"
	recordSize = 44
	first      = 0x1000 // what the linker calls the first function
)

// function is one of the program's.
type function struct {
	pkg         string
	code, table []byte // table is its name, its record, and what maps its instructions to lines and the like
}

// functions finds out which function is of which package. The rest is data of other kinds, by name.
func (m module) functions() (all []function, rest map[string][]byte, err error) {
	defer func() {
		if recover() != nil { // an offset leads out of the table
			err = errors.New("the function table is not as this toolchain's linker writes it")
		}
	}()
	start := bytes.Index(m.memory, []byte(magic))
	if start < 0 {
		return nil, nil, errors.New("there is no function table that this toolchain's linker writes")
	}
	t := m.memory[start:]
	part := func(i int) []byte { return t[binary.LittleEndian.Uint64(t[8+8*i:]):] }
	number := int(binary.LittleEndian.Uint64(t[8:]))
	names, units, steps, index := part(3), part(4), part(6), part(7)
	seen, end := map[uint32]bool{}, 0
	for i := range number {
		entry := index[8*i : 8*i+8]
		f := function{code: m.bodies[binary.LittleEndian.Uint32(entry)-first]}
		at := int(binary.LittleEndian.Uint32(entry[4:]))
		record := index[at:]
		field := func(i int) uint32 { return binary.LittleEndian.Uint32(record[4*i:]) }
		name := names[field(1):]
		name = name[:bytes.IndexByte(name, 0)+1]
		offsets, others := int(field(7)), int(record[recordSize-1])
		end = at + recordSize + 4*(offsets+others)
		f.pkg = pkg(string(name[:len(name)-1]))
		f.table = append(append(append(f.table, name...), entry...), index[at:end]...)
		used := []uint32{field(4), field(5), field(6)}
		for i := range offsets {
			used = append(used, field(recordSize/4+i))
		}
		for _, offset := range used { // functions that step alike share
			if offset != 0 && !seen[offset] {
				seen[offset] = true
				f.table = append(f.table, steps[offset:int(offset)+length(steps[offset:])]...)
			}
		}
		all = append(all, f)
	}
	if len(all) != len(m.bodies) {
		return nil, nil, errors.New("the function table has another number of functions than the program")
	}
	return all, map[string][]byte{
		"(names of source files)":                                units[:len(units)-len(steps)],
		"(types, texts, masks of the garbage collector)":         m.memory[:start],
		"(variables and their initial values)":                   index[end:],
		"(imports, exports, and which function is of what type)": m.other,
	}, nil
}

// length is that of a table of steps: pairs of numbers, up to a first one that is zero.
func length(steps []byte) int {
	for at := 0; ; {
		if steps[at] == 0 && at > 0 {
			return at + 1
		}
		for range 2 {
			_, size := binary.Uvarint(steps[at:])
			if size <= 0 {
				panic(errShort)
			}
			at += size
		}
	}
}

// pkg is the package of a function. Functions that the compiler or the linker makes have none.
func pkg(function string) string {
	switch {
	case strings.HasPrefix(function, "type:"):
		return "(made by the compiler)"
	case strings.HasPrefix(function, "go:") || !strings.Contains(function, "."):
		return "runtime"
	}
	name, _, _ := strings.Cut(function, "[") // type arguments may have slashes and dots
	path, last := name[:strings.LastIndex(name, "/")+1], name[strings.LastIndex(name, "/")+1:]
	last, _, _ = strings.Cut(last, ".")
	return strings.ReplaceAll(path+last, "%2e", ".")
}
