package os

import (
	"errors"
	"io/fs"
)

// File is the type of Stdin and Stdout.
type File struct{}

// FileMode is the parameter type of ioutil.WriteFile.
type FileMode = fs.FileMode

// The files that package fmt prints to and scans from unless it is told others, which nothing asks it for.
var (
	Stdin  = &File{}
	Stdout = &File{}
)

// Read fails.
func (f *File) Read(b []byte) (n int, err error) { return 0, errors.New("no files are read here") }

// Write fails.
func (f *File) Write(b []byte) (n int, err error) { return 0, errors.New("no files are written here") }
