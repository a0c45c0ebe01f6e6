// Devserver is a server for <xaman-sign-request>, to develop with: it serves a site with the demo's offers, through
// package backend, which other sites can mount as well.
//
// Without credentials it starts a platform of its own, the sandbox, on a second origin, so that nothing else is needed.
// With XAMAN_API_KEY and XAMAN_API_SECRET in the environment, Xaman's platform takes the sandbox's place. Devserver
// check judges signed transactions on standard input, as the server would. Devserver doctor finds out whether a server
// can do its work before it has to. Devserver conform tries any backend, in
// whatever language it is written, against the contract and the rules behind it.
//
// A file, named with -config, says all that options say, and what the site offers, on which networks and nodes, and who
// is told what becomes of it.
//
// What was asked for and what was accepted is on the disk before anybody hears of it, so that the server may be killed
// at any time; so is what the sandbox must not lose.
//
// It is a model, not a service: it speaks plain HTTP, to this machine, or to a server before it that speaks TLS for the
// origin of -origin.
package main
