package ioutil

import (
	"errors"
	"io/fs"
)

// WriteFile fails.
func WriteFile(filename string, data []byte, perm fs.FileMode) error {
	return errors.New("no files are written here")
}
