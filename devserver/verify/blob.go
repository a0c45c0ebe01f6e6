package verify

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/Peersyst/xrpl-go/binary-codec/definitions"
)

// This file takes a signed transaction apart, strictly, before anything else looks at it. The codec is
// made for good input. On other input it panics, recurses without end, takes time that grows with the square of a
// length, drops what it does not understand, and reads some currencies as others. So it never reads a blob: it lends
// the table of fields, and writes what was asked for in the encoding of a blob.
//
// The format is that of xrpl.org, "Serialization". There is one way to write a transaction: fields in ascending order
// and none twice, on each level, lengths in their shortest form, end markers, and nothing left over. In any other form
// it has a hash that no ledger will ever know.

const (
	maxBlob    = 64 << 10 // no phone makes one of a tenth of that
	maxNesting = 10       // objects and arrays inside each other, as a node allows
)

// blob is a signed transaction, taken apart and not checked.
type blob struct {
	data   []byte
	fields object
}

// object is the fields of a transaction or of an object inside.
type object []field

// field keeps its bytes as they were, header and length included, beside its value.
type field struct {
	name   string
	signed bool // part of what a signature covers
	raw    []byte
	value  []byte   // of objects and arrays: nil
	inner  []object // of an object: itself; of an array: its elements
}

// get returns the field of that name, or nil.
func (o object) get(name string) *field {
	for i := range o {
		if o[i].name == name {
			return &o[i]
		}
	}
	return nil
}

// value returns the bytes of the field of that name, or nil if there is none.
func (o object) value(name string) []byte {
	if f := o.get(name); f != nil {
		return f.value
	}
	return nil
}

// uint32 returns the number in the field of that name, if there is one.
func (o object) uint32(name string) (uint32, bool) {
	b := o.value(name)
	if len(b) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(b), true
}

var (
	errEnd      = errors.New("it ends too early")
	errOrder    = errors.New("its fields are out of order, or one is there twice")
	errTrailing = errors.New("it has an end marker where nothing ends")
	errDeep     = fmt.Errorf("it is nested more than %d deep", maxNesting)
)

// unhex decodes a blob. Letters of either case are in use.
func unhex(text string) ([]byte, error) {
	switch {
	case len(text) == 0:
		return nil, errors.New("it is empty")
	case len(text) > 2*maxBlob:
		return nil, fmt.Errorf("it is longer than %d bytes", maxBlob)
	}
	data, err := hex.DecodeString(text)
	if err != nil {
		return nil, errors.New("it is not hex")
	}
	return data, nil
}

// parseBlob takes a signed transaction apart. The error is worded to follow "The signed transaction is refused: ".
func parseBlob(text string) (blob, error) {
	data, err := unhex(text)
	if err != nil {
		return blob{}, err
	}
	fields, err := parseFields(data)
	if err != nil {
		return blob{}, err
	}
	return blob{data: data, fields: fields}, nil
}

// parseFields reads the fields of a transaction.
func parseFields(data []byte) (object, error) { return (&reader{rest: data}).object(0) }

// reader consumes a serialised object.
type reader struct {
	rest []byte
	last int // place in the order of the field read last
}

const (
	objectEnd = 14<<8 | 1
	arrayEnd  = 15<<8 | 1
)

// field appends the next field to fields and returns its place in the order of fields. An end marker is only returned.
func (r *reader) field(fields object, depth int) (object, int, error) {
	start := r.rest
	id, err := r.header()
	if err != nil {
		return nil, 0, err
	}
	if id == objectEnd || id == arrayEnd {
		if depth == 0 {
			return nil, 0, errTrailing
		}
		return fields, id, nil
	}
	if id <= r.last {
		return nil, 0, errOrder
	}
	r.last = id
	name, info := known(id)
	if info == nil {
		return nil, 0, fmt.Errorf("it has a field that this server does not know, type %d number %d", id>>8, id&0xff)
	}
	f := field{name: name, signed: info.IsSigningField}
	switch id >> 8 {
	case typeObject:
		var inner object
		inner, err = r.object(depth + 1)
		f.inner = []object{inner}
	case typeArray:
		f.inner, err = r.array(depth + 1)
	default:
		if f.value, err = r.scalar(id >> 8); err != nil {
			err = fmt.Errorf("%w, in %s", err, name)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	f.raw = start[:len(start)-len(r.rest)]
	return append(fields, f), id, nil
}

// known looks a field up in the table of fields.
func known(id int) (string, *definitions.FieldInfo) {
	d := definitions.Get()
	name, ok := d.FieldIDNameMap[definitions.FieldHeader{TypeCode: int32(id >> 8), FieldCode: int32(id & 0xff)}]
	if !ok {
		return "", nil
	}
	return name, d.Fields[name].FieldInfo
}

// object reads to the end marker of an object, or, at depth 0, to the end of a transaction, which has none.
func (r *reader) object(depth int) (object, error) {
	if depth > maxNesting {
		return nil, errDeep
	}
	in := reader{rest: r.rest}
	var fields object
	for depth > 0 || len(in.rest) > 0 {
		var id int
		var err error
		fields, id, err = in.field(fields, depth)
		switch {
		case err != nil:
			return nil, err
		case id == objectEnd:
			r.rest = in.rest
			return fields, nil
		case id == arrayEnd:
			return nil, errTrailing
		}
	}
	return fields, nil
}

// array reads to the end marker of an array, whose elements are objects in any order.
func (r *reader) array(depth int) ([]object, error) {
	if depth > maxNesting {
		return nil, errDeep
	}
	var elements []object
	for {
		in := reader{rest: r.rest}
		element, id, err := in.field(nil, depth)
		switch {
		case err != nil:
			return nil, err
		case id == arrayEnd:
			r.rest = in.rest
			return elements, nil
		case id>>8 != typeObject || id == objectEnd:
			return nil, errors.New("it has an array of something else than objects")
		}
		elements = append(elements, element)
		r.rest = in.rest
	}
}

// header reads type and number of a field. Each is half a byte, or 0 there and a byte of its own from 16 up.
func (r *reader) header() (int, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	kind, number := b[0]>>4, b[0]&15
	for _, code := range []*byte{&kind, &number} {
		if *code != 0 {
			continue
		}
		if b, err = r.take(1); err != nil {
			return 0, err
		}
		if *code = b[0]; *code < 16 {
			return 0, errors.New("it has a field header that is not in its shortest form")
		}
	}
	return int(kind)<<8 | int(number), nil
}

func (r *reader) take(n int) ([]byte, error) {
	if n > len(r.rest) {
		return nil, errEnd
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken, nil
}
