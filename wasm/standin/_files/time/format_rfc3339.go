package time

import "errors"

var errFormat = errors.New("no times are read or written here")

// appendStrictRFC3339 fails.
func (t Time) appendStrictRFC3339(b []byte) ([]byte, error) { return b, errFormat }

// parseStrictRFC3339 fails.
func parseStrictRFC3339(b []byte) (Time, error) { return Time{}, errFormat }
