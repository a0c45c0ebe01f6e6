package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Parts of the binary format, https://webassembly.github.io/spec/core/binary/modules.html.
const (
	header        = "\x00asm\x01\x00\x00\x00"
	dataSection   = 11
	countSection  = 12
	constantInt32 = 0x41
	end           = 0x0b
)

// segment is bytes that a module puts into its memory before it starts.
type segment struct {
	at   uint64 // its address
	data []byte
}

var errShort = errors.New("module ends early")

// merge returns a module with the same code and the same memory after start, in which segments that are no further
// apart than gap bytes are one. The bytes between them become part of it, as the zeros that they are anyway.
func merge(module []byte, gap uint64) ([]byte, error) {
	rest, ok := bytes.CutPrefix(module, []byte(header))
	if !ok {
		return nil, errors.New("not a WebAssembly module of version 1")
	}
	out := []byte(header)
	found := false
	for len(rest) > 0 {
		id := rest[0]
		section, after, err := block(rest[1:])
		if err != nil {
			return nil, err
		}
		rest = after
		switch id {
		case countSection:
			return nil, errors.New("code refers to segments by number")
		case dataSection:
			segments, err := read(section)
			if err != nil {
				return nil, fmt.Errorf("read segments: %w", err)
			}
			if segments, err = join(segments, gap); err != nil {
				return nil, fmt.Errorf("merge segments: %w", err)
			}
			found, section = true, write(segments)
		}
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(section)))
		out = append(out, section...)
	}
	if !found {
		return nil, errors.New("no segments to merge")
	}
	return out, nil
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

// read takes a data section apart.
func read(section []byte) ([]segment, error) {
	n, size := binary.Uvarint(section)
	if size <= 0 {
		return nil, errShort
	}
	section = section[size:]
	var segments []segment
	for range n {
		if len(section) < 2 {
			return nil, errShort
		}
		if section[0] != 0 || section[1] != constantInt32 {
			return nil, errors.New("a segment is of another kind than the linker writes")
		}
		at, size := signed(section[2:])
		if size == 0 || len(section) < 2+size+1 || section[2+size] != end {
			return nil, errShort
		}
		data, rest, err := block(section[2+size+1:])
		if err != nil {
			return nil, err
		}
		segments = append(segments, segment{uint64(uint32(at)), data})
		section = rest
	}
	if len(section) > 0 {
		return nil, errors.New("there is more than segments")
	}
	return segments, nil
}

// join makes one of neighbours.
func join(segments []segment, gap uint64) ([]segment, error) {
	slices.SortFunc(segments, func(a, b segment) int { return cmp.Compare(a.at, b.at) })
	var joined []segment
	for _, s := range segments {
		if len(joined) == 0 {
			joined = append(joined, segment{s.at, slices.Clone(s.data)})
			continue
		}
		last := &joined[len(joined)-1]
		after := last.at + uint64(len(last.data))
		switch {
		case s.at < after:
			return nil, fmt.Errorf("two segments overlap at %d", s.at)
		case s.at-after > gap:
			joined = append(joined, segment{s.at, slices.Clone(s.data)})
		default:
			last.data = append(append(last.data, make([]byte, s.at-after)...), s.data...)
		}
	}
	return joined, nil
}

// write puts a data section together.
func write(segments []segment) []byte {
	out := binary.AppendUvarint(nil, uint64(len(segments)))
	for _, s := range segments {
		out = append(out, 0, constantInt32)
		out = appendSigned(out, int32(uint32(s.at)))
		out = append(out, end)
		out = binary.AppendUvarint(out, uint64(len(s.data)))
		out = append(out, s.data...)
	}
	return out
}

// signed reads a signed LEB128 number, and returns its size in bytes, or 0.
func signed(b []byte) (n int32, size int) {
	for shift := 0; size < len(b) && shift < 35; shift += 7 {
		c := b[size]
		size++
		n |= int32(c&0x7f) << shift
		if c&0x80 == 0 {
			if shift < 25 && c&0x40 != 0 {
				n |= -1 << (shift + 7)
			}
			return n, size
		}
	}
	return 0, 0
}

// appendSigned appends a signed LEB128 number.
func appendSigned(b []byte, n int32) []byte {
	for {
		c := byte(n & 0x7f)
		n >>= 7
		if n == 0 && c&0x40 == 0 || n == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}
