package main

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Parts of the binary format, https://webassembly.github.io/spec/core/binary/modules.html.
const (
	header        = "\x00asm\x01\x00\x00\x00"
	codeSection   = 10
	dataSection   = 11
	constantInt32 = 0x41
)

// mostMemory is the highest address that a program may start with.
const mostMemory = 1 << 30

var errShort = errors.New("program ends early")

// module is a program as Go's linker writes it.
type module struct {
	bodies [][]byte // of its functions, in order
	memory []byte   // as it is before it starts
	other  []byte   // sections of other kinds
}

func read(program []byte) (m module, err error) {
	rest, ok := bytes.CutPrefix(program, []byte(header))
	if !ok {
		return m, errors.New("not a WebAssembly module of version 1")
	}
	for len(rest) > 0 {
		id := rest[0]
		section, after, err := block(rest[1:])
		if err != nil {
			return m, err
		}
		rest = after
		switch id {
		case codeSection:
			m.bodies, err = bodies(section)
		case dataSection:
			m.memory, err = memory(section)
		default:
			m.other = append(m.other, section...)
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

func bodies(section []byte) (all [][]byte, err error) {
	n, size := binary.Uvarint(section)
	if size <= 0 {
		return nil, errShort
	}
	section = section[size:]
	for range n {
		var body []byte
		if body, section, err = block(section); err != nil {
			return nil, err
		}
		all = append(all, body)
	}
	return all, nil
}

// memory puts segments where they belong.
func memory(section []byte) (image []byte, err error) {
	n, size := binary.Uvarint(section)
	if size <= 0 {
		return nil, errShort
	}
	section = section[size:]
	for range n {
		if len(section) < 2 || section[0] != 0 || section[1] != constantInt32 {
			return nil, errors.New("a segment is of another kind than the linker writes")
		}
		at, size := binary.Uvarint(section[2:]) // as a signed number, as long as it is not negative
		if size <= 0 || len(section) < 2+size+1 || at > mostMemory {
			return nil, errShort
		}
		var data []byte
		if data, section, err = block(section[2+size+1:]); err != nil {
			return nil, err
		}
		if end := int(at) + len(data); end > len(image) {
			image = append(image, make([]byte, end-len(image))...)
		}
		copy(image[at:], data)
	}
	return image, nil
}

// block reads a length and as many bytes.
func block(b []byte) (content, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, errShort
	}
	b = b[size:]
	return b[:n], b[n:], nil
}
