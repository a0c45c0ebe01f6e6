package record

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// layout is the version of the tables. Files of version 0 have no other tables than those for requests, which they list
// by when they may be dropped, or before that by number.
const layout = 1

// migrate brings a file up to this layout, which reads all that is in it, once.
func migrate(tx *bbolt.Tx) error {
	requests := tx.Bucket(requestsBucket)
	switch version := requests.Sequence(); {
	case version > layout:
		return fmt.Errorf("%s was written by a newer version of this server: use that one, or choose another folder",
			DatabaseFile)
	case version == layout:
		return nil
	}
	for _, name := range []string{"ends", "ages"} {
		if err := tx.DeleteBucket([]byte(name)); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
			return err
		}
	}
	c := changes{Tx: tx}
	err := requests.ForEach(func(_, data []byte) error {
		var e Entry
		if err := json.Unmarshal(data, &e); err != nil {
			return err
		}
		c.lead(nil, e.places())
		return c.err
	})
	if err != nil {
		return err
	}
	return requests.SetSequence(layout)
}
