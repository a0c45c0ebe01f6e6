// Devserver is a backend for <xaman-sign-request>, to develop with and to copy from: it serves a site, creates sign
// requests for it, and verifies what comes back.
//
// Without credentials it starts a platform of its own, the sandbox, on a second origin, so that nothing else is needed.
// With XAMAN_API_KEY and XAMAN_API_SECRET in the environment, Xaman's platform takes the sandbox's place.
//
// It is a model, not a service: it speaks plain HTTP to this machine, and forgets every sign request when it ends.
package main
