package record

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	requestsBucket   = []byte("requests")   // UUID of a payload: its entry; its sequence is the version of the layout
	createdBucket    = []byte("created")    // when a request was made, and its UUID
	dueBucket        = []byte("due")        // when a request is due, and its UUID
	endedBucket      = []byte("ended")      // since when a request is over that has not counted, and its UUID
	verifiedBucket   = []byte("verified")   // the same for one that has
	openBucket       = []byte("open")       // fingerprint of a session, and UUID of an open request of it: its deadline
	referencesBucket = []byte("references") // hash of a reference, when a request that has it was made, and its UUID
	keysBucket       = []byte("keys")       // idempotency key, as the server knows it: UUID of the request it made
	tokensBucket     = []byte("tokens")     // fingerprint of a session: its userToken
	usesBucket       = []byte("uses")       // UUID of a payload that was verified: the txid of its transaction
	txidsBucket      = []byte("txids")      // txid of a transaction that was accepted: the UUID of its payload
	deliveriesBucket = []byte("deliveries") // ID of a delivery: what is kept of it
	toTellBucket     = []byte("to tell")    // when a delivery is due, and its ID
	toldBucket       = []byte("told")       // when a delivery was made, and its ID
	secretsBucket    = []byte("secrets")    // what the server's cookies are signed with
)

var buckets = [][]byte{
	requestsBucket, createdBucket, dueBucket, endedBucket, verifiedBucket, openBucket, referencesBucket, keysBucket,
	tokensBucket, usesBucket, txidsBucket, deliveriesBucket, toTellBucket, toldBucket, secretsBucket,
}

// stored is an entry as it is in the file.
type stored struct {
	Entry
	Version uint64
}

// userToken lets the application push requests to the phone of a session's user.
type userToken struct {
	Token string
	From  payload.UUID // the request that brought it
}

// place is where a table other than its own leads to something.
type place struct {
	bucket string
	key    string
	value  string
}

// places are those that lead to a request.
func (e Entry) places() []place {
	uuid := string(e.Order.UUID)
	created := moment(e.Order.Created) + uuid
	all := []place{{string(createdBucket), created, ""}}
	if due := e.Due(); !due.IsZero() {
		all = append(all, place{string(dueBucket), moment(due) + uuid, ""})
	} else if e.Verified() {
		all = append(all, place{string(verifiedBucket), moment(e.Ended()) + uuid, ""})
	} else {
		all = append(all, place{string(endedBucket), moment(e.Ended()) + uuid, ""})
	}
	if e.Open() && e.Session != "" {
		all = append(all, place{string(openBucket), e.Session + uuid, moment(e.Deadline)})
	}
	if e.Reference != "" {
		all = append(all, place{string(referencesBucket), hash(e.Reference) + created, ""})
	}
	if e.Key != "" {
		all = append(all, place{string(keysBucket), e.Key, uuid})
	}
	return all
}

// places are those that lead to a delivery.
func (d Delivery) places() []place {
	all := []place{{string(toldBucket), moment(d.Made) + d.ID, ""}}
	if !d.Due.IsZero() {
		all = append(all, place{string(toTellBucket), moment(d.Due) + d.ID, ""})
	}
	return all
}

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

// get reports whether there is something, and reads it into v.
func (c *changes) get(bucket []byte, key string, v any) (found bool) {
	found, err := get(c.Tx, bucket, key, v)
	c.err = cmp.Or(c.err, err)
	return found && err == nil
}

// lead has those places lead to something that are in then, and no others of those that are in before.
func (c *changes) lead(before, then []place) {
	for _, p := range before {
		if !slices.Contains(then, p) {
			c.remove([]byte(p.bucket), p.key)
		}
	}
	for _, p := range then {
		if !slices.Contains(before, p) {
			c.put([]byte(p.bucket), p.key, []byte(p.value))
		}
	}
}

// write stores a request in the place of what was stored of it.
func (c *changes) write(e Entry) {
	var before stored
	var places []place
	uuid := string(e.Order.UUID)
	if c.get(requestsBucket, uuid, &before) {
		places = before.places()
	}
	c.lead(places, e.places())
	c.putJSON(requestsBucket, uuid, stored{e, e.Version})
}

// drop removes a request, the user token that it brought, and the deliveries that tell of it.
func (c *changes) drop(e Entry) {
	c.lead(e.places(), nil)
	var token userToken
	if c.get(tokensBucket, e.Next, &token) && token.From == e.Order.UUID {
		c.remove(tokensBucket, e.Next)
	}
	c.remove(requestsBucket, string(e.Order.UUID))
	for _, d := range c.deliveriesOf(e.Order.UUID) {
		c.lead(d.places(), nil)
		c.remove(deliveriesBucket, d.ID)
	}
}

// deliveriesOf returns the deliveries that tell of a request, in the order of their IDs.
func (c *changes) deliveriesOf(uuid payload.UUID) (all []Delivery) {
	prefix := []byte(uuid + "-")
	cursor := c.Bucket(deliveriesBucket).Cursor()
	for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix) && c.err == nil; k, v = cursor.Next() {
		all = append(all, Delivery{})
		c.err = json.Unmarshal(v, &all[len(all)-1])
	}
	return all
}

// news stores what a change of a request brought. A user token is not for the session that made the request, but for
// the one that follows it when the request is verified, which ends the use of the former.
func (c *changes) news(e Entry, n News) {
	if e.Verified() && e.Session != e.Next {
		c.remove(tokensBucket, e.Session)
	}
	if n.Token != "" && e.Next != "" {
		c.putJSON(tokensBucket, e.Next, userToken{n.Token, e.Order.UUID})
	}
	for _, d := range n.Deliveries {
		if c.Bucket(deliveriesBucket).Get([]byte(d.ID)) == nil {
			c.lead(nil, d.places())
			c.putJSON(deliveriesBucket, d.ID, d)
		}
	}
}

func get(tx *bbolt.Tx, bucket []byte, key string, v any) (found bool, err error) {
	data := tx.Bucket(bucket).Get([]byte(key))
	if data == nil {
		return false, nil
	}
	return true, json.Unmarshal(data, v)
}

// momentSize is the length of a moment.
const momentSize = 8

// moment is a key that sorts by time.
func moment(t time.Time) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(max(0, t.UnixMilli()))))
}

// hash is a key of a fixed length for a text of any.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return string(sum[:])
}
