// Package sandbox is an offline Xaman platform: what a site that uses sign requests needs of
// https://xumm.app, on one origin of its own, without an account, a phone or a network.
//
// Make one with [New] and serve it: it is an [http.Handler]. Point the site at its origin, with [Key] and [Secret] for
// credentials, and have requests signed with [Sandbox.Phone], by hand on the sign page, or over HTTP.
//
// It answers the platform's REST API with the same paths, headers, error codes and bodies, streams
// the same messages in the same order over the status socket, draws the QR codes, and carries a
// simulated phone. Where the documentation and observed behaviour differ, the sandbox does what was observed, because
// that is what breaks clients: the resolved message is published before the database shows it, a socket
// opened after the resolution says "expired", and nothing is ever replayed. Faults that a client
// must survive can be switched on by name, one payload at a time, also before it exists, and those of
// the ledger's node for all.
//
// The phone really signs, with public test keys, and fills in what the app fills in; asked to, it
// misbehaves, each way by its name. What it submits goes to a ledger that checks it as a node would,
// closes every few seconds, and answers JSON-RPC at /ledger. Webhooks are signed and repeated like
// the platform's; unlike the platform's they may go to a private address.
//
// What the real platform would not lose can be kept in a file, where it is before anybody hears of it, so
// that it survives the end of the process whenever that comes. It forgets the oldest of more than a
// thousand payloads that are finished and of more than a thousand transactions, and no payload that is
// unfinished: with five thousand of those, it takes no more. One that was opened and never answered is
// finished a day after its expiry. The sandbox knows one user, and is meant
// for loopback: whoever reaches it may sign. It does not offer xApps, OAuth or app storage, nor the API's helpers:
// rails, curated assets, rates, xrpl-tx, KYC status, account meta, token details and hook hashes. Its ledger moves XRP
// only.
//
// Package engine decides what happens; the files here carry it to its users and back: rest.go, socket.go, phone.go,
// node.go, webhook.go and page.go are the edges, core.go is the one way to the engine, and disk.go keeps what it knows.
// The edges tell wire.go what is said about a payload, for a page that shows it as it happens.
// A new fault is a row in faulttable.go or nodefaults.go, a new misbehaviour of the phone one in misbehave.go.
package sandbox
