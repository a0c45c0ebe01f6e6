// Package xaman calls Xaman's platform API, on behalf of one application: create, read and cancel a payload. It also
// reads the webhooks that the platform sends to the application.
//
// The API belongs on a server: its secret signs for the application. Facts about it are from docs.xaman.dev, pages
// "Payload Create", "Payload Get", "Payload Cancel", "Webhooks" and "Error codes", and from the vendor's SDKs, which
// agree on what the pages leave out.
//
// The package checks nothing of what it reads: whether a payload is worth anything is decided by package verify.
package xaman
