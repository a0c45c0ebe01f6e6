package main

import (
	"encoding/json"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// replace stores a request, and the user token that it brought, if any, unless the request was dropped meanwhile. A
// token is not for the session that made the request, but for the one that follows it when the request is verified,
// which ends the use of the former.
func replace(tx *bbolt.Tx, e entry, token string) error {
	if tx.Bucket(requestsBucket).Get([]byte(e.Order.UUID)) == nil {
		return nil
	}
	if e.verified() {
		if err := tx.Bucket(tokensBucket).Delete([]byte(e.Session)); err != nil {
			return err
		}
	}
	if token != "" {
		if err := put(tx, tokensBucket, e.Next, userToken{token, e.Order.UUID}); err != nil {
			return err
		}
	}
	return write(tx, e)
}

// write stores a request in the place of what was stored of it, in all tables.
func write(tx *bbolt.Tx, e entry) error {
	if err := unlist(tx, e.Order.UUID); err != nil {
		return err
	}
	uuid := []byte(e.Order.UUID)
	if end := e.end(); end != nil {
		ends := tx.Bucket(endsBucket)
		if err := ends.Put(slices.Concat(end, uuid), nil); err != nil {
			return err
		}
		if err := ends.SetSequence(ends.Sequence() + 1); err != nil {
			return err
		}
	}
	if e.open() {
		if err := tx.Bucket(openBucket).Put(slices.Concat([]byte(e.Session), uuid), moment(e.Deadline)); err != nil {
			return err
		}
	}
	if e.Key != "" {
		if err := tx.Bucket(keysBucket).Put([]byte(e.Key), uuid); err != nil {
			return err
		}
	}
	return put(tx, requestsBucket, string(uuid), e)
}

// unlist takes a request, as it was stored last, out of the tables that lead to it.
func unlist(tx *bbolt.Tx, uuid payload.UUID) error {
	var e entry
	if found, err := get(tx, requestsBucket, string(uuid), &e); err != nil || !found {
		return err
	}
	if end := e.end(); end != nil {
		ends := tx.Bucket(endsBucket)
		if err := ends.Delete(slices.Concat(end, []byte(uuid))); err != nil {
			return err
		}
		if err := ends.SetSequence(ends.Sequence() - 1); err != nil {
			return err
		}
	}
	if err := tx.Bucket(openBucket).Delete(slices.Concat([]byte(e.Session), []byte(uuid))); err != nil {
		return err
	}
	return tx.Bucket(keysBucket).Delete([]byte(e.Key))
}

// migrate lists the requests that an earlier version stored, which listed them by number.
func migrate(tx *bbolt.Tx) error {
	numbers := []byte("ages")
	if tx.Bucket(numbers) == nil {
		return nil
	}
	var all []entry
	err := tx.Bucket(requestsBucket).ForEach(func(_, data []byte) error {
		var e entry
		err := json.Unmarshal(data, &e)
		all = append(all, e)
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range all {
		if err := tx.Bucket(requestsBucket).Delete([]byte(e.Order.UUID)); err != nil {
			return err
		}
		if err := write(tx, e); err != nil {
			return err
		}
	}
	return tx.DeleteBucket(numbers)
}

// drop removes a request and the user token that it brought.
func drop(tx *bbolt.Tx, uuid payload.UUID) error {
	var e entry
	if _, err := get(tx, requestsBucket, string(uuid), &e); err != nil {
		return err
	}
	if err := unlist(tx, uuid); err != nil {
		return err
	}
	if err := tx.Bucket(tokensBucket).Delete([]byte(e.Next)); err != nil {
		return err
	}
	return tx.Bucket(requestsBucket).Delete([]byte(uuid))
}

func put(tx *bbolt.Tx, bucket []byte, key string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put([]byte(key), data)
}

func get(tx *bbolt.Tx, bucket []byte, key string, v any) (found bool, err error) {
	data := tx.Bucket(bucket).Get([]byte(key))
	if data == nil {
		return false, nil
	}
	return true, json.Unmarshal(data, v)
}
