// Package backend is the server side of <xaman-sign-request>, for a Go site to mount: it makes sign requests of the
// site's offers, follows what becomes of them on platform and ledger, and says of each whether it counts.
//
// Call [New] with the parts it needs, mount the [Backend] at /api/, call [Backend.Session] for each page with a card,
// and [Backend.Close] at the end. The platform has to know the site's [Webhook] URL. A site that is reached in plain
// HTTP should refuse requests for other hosts than its own, since nothing else keeps foreign names from being pointed
// at it.
//
// A request of a browser goes one way: a handler (signrequests.go, create.go) finds the session's request and has its
// answer brought up to date (status.go) by what the platform shows. What was signed is judged on the evidence of the
// ledger (judge.go, package verify), and claimed in the record, which keeps it for good. Until there is a verdict, that
// is done again and again in the background (follow.go), and so it is after a webhook and after a restart. Whoever asks
// meanwhile gets the last answer, and never causes more calls to the platform than his share (limits.go).
//
// Time is that of package time, so that a site's tests may run it in a bubble of testing/synctest.
package backend
