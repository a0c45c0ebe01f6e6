// Package callback tells a site's own program what became of its orders: it sends each delivery of the record to the
// address that the configuration has for it, signed, so that the program knows who sends it and when.
//
// A delivery is a POST with a JSON body and three headers:
//
//	Xaman-Live-Id: 9a2c7a52-…-verified-shop           the same for each attempt
//	Xaman-Live-Time: 1795344000                       seconds since 1970, of this attempt
//	Xaman-Live-Signature: v1=5257a869…, v1=9f86d081…  one for each secret that is valid
//
// A signature is HMAC-SHA256, in hex, over the time, a dot and the body. Any answer from 200 to 299 says that the
// delivery has arrived; everything else is a failure, redirects included, and the delivery is sent again at the time
// that [Retry] says. So the program may get it more than once, and not in the order of the events.
//
// The package does not decide what is sent, and keeps nothing. Addresses come from the configuration, never from a
// browser, so what their names resolve to is the business of whoever configures them.
package callback
