// Package payload is the domain: a Xaman payload (sign request), what its status socket and the site's backend say of
// it, and the fold that turns those facts into what a visitor is told.
//
// Messages on the socket prove nothing. They repeat, get lost, come late or in another order, and anybody can have
// forged them. [State] therefore only accumulates facts: [State.Add] takes any event at any time, and [State.Phase]
// is derived from the facts afterwards. Only an [Answer], which comes from the site's own backend, can make a payload
// verified.
//
// A page reads the create response with [ParseCreated], begins with a State that has its UUID, reads each frame of the
// socket with [Decode], and applies that; an answer of the backend is an [Event] of kind [Answered].
//
// Facts about the protocol are from docs.xaman.dev, pages "Websocket", "Payload status" and "Payload response
// resources", unless a comment says otherwise.
//
// The package does no input or output, starts no goroutine and reads no clock.
package payload
