// Package conform tries a backend, in whatever language it is written, against the contract and the rules behind it.
//
// A rule is tried by a visitor of its own, who does what browsers do, and what they would not: he sends what cannot be
// read, asks for what is another's, and pays with a phone that lies. That phone is the sandbox's, so that most of what
// is about verdicts can only be tried while the sandbox is the backend's platform. Besides, every answer that anybody
// gets on the way is judged by the laws, which hold for all of them.
package conform
