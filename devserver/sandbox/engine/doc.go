// Package engine is the life of sign requests on the Xaman platform, as a program that runs nowhere: facts and the
// time go in, messages and documents come out. It has no clock, no goroutine, no socket and no HTTP; whoever runs it
// calls it with the time that it is and carries what comes out to where it belongs. Package sandbox does so for the
// real world, tests do so in virtual time.
//
// Make an engine with [New], then a payload with [Engine.Create]. Somebody who listens to its status socket is a
// [Listener]: [Engine.Listen] says how it is greeted, [Listener.Next] when it is to be told something by itself, and
// [Listener.Tick] what. What the phone does is told by [Engine.Open], [Engine.Accept], [Engine.Progress],
// [Engine.Resolve] and [Engine.Reject], and what the site does by [Engine.Fetch] and [Engine.Cancel]. After each call
// [Engine.Take] returns what came of it: messages for all listeners of a payload, webhooks, and what has to be stored.
//
// An Engine is for one goroutine at a time. A [Payload] never changes: all may read it, and a later state of it is
// another value. The [Ledger] is the network that the phone submits to. The engine neither signs nor reads signed
// transactions; it is told what is in them.
package engine
