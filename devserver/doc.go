// Devserver is a server for <xaman-sign-request>, to develop with: it serves a site with the demo's offers, through
// package backend, which other sites can mount as well.
//
// Without credentials it starts a platform of its own, the sandbox, on a second origin, so that nothing else is needed.
// With XAMAN_API_KEY and XAMAN_API_SECRET in the environment, Xaman's platform takes the sandbox's place. Devserver
// check judges signed transactions on standard input, as the server would. Devserver doctor finds out whether a server
// can do its work before it has to. Devserver export writes what is in a record. Devserver conform tries any backend,
// in whatever language it is written, against the contract and the rules behind it. In a release, and in its own texts,
// the program is xaman-live.
//
// A file, named with -config, says what options say, and what the site offers, on which networks, and who is told what
// becomes of it. Its networks name their nodes, so that it has no word for -ledger and -ledger-network.
//
// What was asked for and what was accepted is on the disk before anybody hears of it, so that the server may be killed
// at any time; so is what the sandbox must not lose.
//
// It speaks plain HTTP, to this machine, or to a server before it that speaks TLS for the origin of -origin. With
// -tls-cert it speaks TLS by itself.
package main
