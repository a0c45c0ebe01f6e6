package record

import (
	"bytes"
	"cmp"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// changes are made within a transaction, up to the first that fails.
type changes struct {
	*bbolt.Tx
	err error
}

func (c *changes) put(bucket []byte, key string, value []byte) {
	if c.err == nil {
		c.err = c.Bucket(bucket).Put([]byte(key), value)
	}
}

func (c *changes) remove(bucket []byte, key string) {
	if c.err == nil {
		c.err = c.Bucket(bucket).Delete([]byte(key))
	}
}

func (c *changes) putJSON(bucket []byte, key string, v any) {
	data, err := json.Marshal(v)
	c.err = cmp.Or(c.err, err)
	c.put(bucket, key, data)
}

// stored returns a request as it was stored last.
func (c *changes) stored(uuid payload.UUID) (e Entry, found bool) {
	found, err := get(c.Tx, requestsBucket, string(uuid), &e)
	c.err = cmp.Or(c.err, err)
	return e, found
}

// count changes the number of requests that may be dropped one day.
func (c *changes) count(by int) {
	if c.err == nil {
		ends := c.Bucket(endsBucket)
		c.err = ends.SetSequence(ends.Sequence() + uint64(by))
	}
}

// replace stores a request, and the user token that it brought, if any, unless the request was dropped meanwhile. A
// token is not for the session that made the request, but for the one that follows it when the request is verified,
// which ends the use of the former.
func replace(tx *bbolt.Tx, e Entry, token string) error {
	if tx.Bucket(requestsBucket).Get([]byte(e.Order.UUID)) == nil {
		return nil
	}
	c := changes{Tx: tx}
	if e.Verified() {
		c.remove(tokensBucket, e.Session)
	}
	if token != "" {
		c.putJSON(tokensBucket, e.Next, userToken{token, e.Order.UUID})
	}
	c.write(e)
	return c.err
}

// write stores a request in the place of what was stored of it, in all tables.
func (c *changes) write(e Entry) {
	c.unlist(e.Order.UUID)
	uuid := string(e.Order.UUID)
	if end := e.end(); end != "" {
		c.put(endsBucket, end+uuid, nil)
		c.count(+1)
	}
	if e.Open() {
		c.put(openBucket, e.Session+uuid, []byte(moment(e.Deadline)))
	}
	if e.Key != "" {
		c.put(keysBucket, e.Key, []byte(uuid))
	}
	c.putJSON(requestsBucket, uuid, e)
}

// unlist takes a request out of the tables that lead to it, and returns it.
func (c *changes) unlist(uuid payload.UUID) Entry {
	e, found := c.stored(uuid)
	if !found {
		return Entry{}
	}
	if end := e.end(); end != "" {
		c.remove(endsBucket, end+string(uuid))
		c.count(-1)
	}
	c.remove(openBucket, e.Session+string(uuid))
	c.remove(keysBucket, e.Key)
	return e
}

// closeLate forgets of some requests of a session that they are open: those that it is too late to open, of which the
// platform may never have been asked again. So the session's list stays short, however many it makes.
func (c *changes) closeLate(session string, now time.Time) {
	var late []string
	open, prefix := c.Bucket(openBucket).Cursor(), []byte(session)
	for k, at := open.Seek(prefix); bytes.HasPrefix(k, prefix) && len(late) < closesAtOnce; k, at = open.Next() {
		if string(at) <= moment(now) {
			late = append(late, string(k))
		}
	}
	for _, key := range late {
		c.remove(openBucket, key)
	}
}

// drop removes a request and the user token that it brought.
func (c *changes) drop(uuid payload.UUID) {
	e := c.unlist(uuid)
	c.remove(tokensBucket, e.Next)
	c.remove(requestsBucket, string(uuid))
}

// migrate lists the requests that an earlier version stored, which listed them by number.
func migrate(tx *bbolt.Tx) error {
	numbers := []byte("ages")
	if tx.Bucket(numbers) == nil {
		return nil
	}
	var all []Entry
	err := tx.Bucket(requestsBucket).ForEach(func(_, data []byte) error {
		all = append(all, Entry{})
		return json.Unmarshal(data, &all[len(all)-1])
	})
	c := changes{Tx: tx, err: err}
	for _, e := range all {
		c.remove(requestsBucket, string(e.Order.UUID))
		c.write(e)
	}
	return cmp.Or(c.err, tx.DeleteBucket(numbers))
}

func get(tx *bbolt.Tx, bucket []byte, key string, v any) (found bool, err error) {
	data := tx.Bucket(bucket).Get([]byte(key))
	if data == nil {
		return false, nil
	}
	return true, json.Unmarshal(data, v)
}
