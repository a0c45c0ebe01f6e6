package sandbox

import (
	"fmt"
	"time"
)

// event names what a message on the status socket is about.
type event string

const (
	welcome       event = "welcome"
	notFound      event = "not found"
	echo          event = "echo"
	expiresIn     event = "expires_in_seconds"
	expired       event = "expired"
	opened        event = "opened"
	devappFetched event = "devapp_fetched"
	preSigned     event = "pre_signed"
	dispatched    event = "dispatched"
	resolved      event = "resolved"
)

var (
	notFoundMessage      = []byte(`{"message":"Payload not found"}`)
	echoMessage          = []byte(`{"message":"Right back at you!"}`)
	expiredMessage       = []byte(`{"expired":true}`)
	openedMessage        = []byte(`{"opened":true}`)
	devappFetchedMessage = []byte(`{"devapp_fetched":true}`)
	preSignedMessage     = []byte(`{"pre_signed":true}`)
	dispatchedMessage    = []byte(`{"dispatched":true}`)
)

func welcomeMessage(uuid string) []byte {
	return fmt.Appendf(nil, `{"message":"Welcome %s"}`, uuid)
}

func expiresInMessage(seconds int) []byte {
	return fmt.Appendf(nil, `{"expires_in_seconds":%d}`, seconds)
}

// frame is one thing to do on a socket: send data, then perhaps end the connection.
type frame struct {
	data  []byte
	split bool          // into many small pieces
	delay time.Duration // before it is sent, while others pass it
	then  ending
}

type ending int

const (
	stay   ending = iota
	cut           // drop the connection without a closing handshake
	hangUp        // close it, without a code, as the platform does
	goAway        // close it with a code
	mute          // leave it open, and send nothing more
)
