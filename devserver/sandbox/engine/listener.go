package engine

import (
	"fmt"
	"time"
)

// Event names what a message on the status socket is about.
type Event string

// The events of the status socket.
const (
	Welcome       Event = "welcome"
	NotFound      Event = "not found"
	Echo          Event = "echo"
	ExpiresIn     Event = "expires_in_seconds"
	Expired       Event = "expired"
	Opened        Event = "opened"
	DevappFetched Event = "devapp_fetched"
	PreSigned     Event = "pre_signed"
	Dispatched    Event = "dispatched"
	Resolved      Event = "resolved"
)

// Message is what a status socket says.
type Message struct {
	Event   Event
	Payload *Payload // as it was then; nil with NotFound and Echo
	Data    []byte   // the text of the frame
}

func say(pl *Payload, e Event, data string) Message { return Message{e, pl, []byte(data)} }

// publish has everybody who listens to a payload told something.
func (e *Engine) publish(pl *Payload, ev Event, data string) {
	e.out.Messages = append(e.out.Messages, say(pl, ev, data))
}

// Listener is what one status socket is told besides what all of them are.
type Listener struct {
	payload   *Payload // as it was at the beginning: a later cancel does not change the countdown
	keepAlive time.Duration
	next      time.Time // the next expires_in_seconds; zero if there is none
	late      bool      // expired has been said
}

// Listen returns how somebody is greeted who connects to the status socket at now. The listener is nil if there is no
// payload, and the socket closes. Nothing that happened before is repeated.
func (e *Engine) Listen(now time.Time, uuid string) (*Listener, []Message) {
	pl := e.payloads[uuid]
	if pl == nil {
		return nil, []Message{NoPayload()}
	}
	l := &Listener{payload: pl, keepAlive: e.config.KeepAlive}
	greeting := []Message{say(pl, Welcome, `{"message":"Welcome `+pl.UUID+`"}`)}
	if pl.Recorded(now) != nil {
		// The trap of the protocol: a payload that was signed looks expired to a late listener.
		return l, append(greeting, l.expired())
	}
	l.next = now.Add(l.keepAlive)
	if pl.Expired(now) {
		l.late = true
		return l, append(greeting, l.expired())
	}
	return l, append(greeting, l.countdown(now))
}

// NoPayload is what a socket says of a uuid that no payload has.
func NoPayload() Message { return say(nil, NotFound, `{"message":"Payload not found"}`) }

// Echo is the answer to whatever a listener says, even a nil one.
func (*Listener) Echo() Message { return say(nil, Echo, `{"message":"Right back at you!"}`) }

func (l *Listener) expired() Message { return say(l.payload, Expired, `{"expired":true}`) }

func (l *Listener) countdown(now time.Time) Message {
	seconds := secondsUntil(l.payload.Expires, now)
	return say(l.payload, ExpiresIn, fmt.Sprintf(`{"expires_in_seconds":%d}`, seconds))
}

// Next is when the listener is to be told something by itself, zero for never.
func (l *Listener) Next() time.Time {
	if !l.late && l.payload.Expires.Before(l.next) {
		return l.payload.Expires
	}
	return l.next
}

// Tick returns what is due at now.
func (l *Listener) Tick(now time.Time) (due []Message) {
	if l.next.IsZero() {
		return nil
	}
	if !l.late && !now.Before(l.payload.Expires) {
		l.late = true
		due = append(due, l.expired())
	}
	if !now.Before(l.next) {
		l.next = l.next.Add(l.keepAlive)
		due = append(due, l.countdown(now))
	}
	return due
}
