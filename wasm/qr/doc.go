// Package qr turns a text, usually a sign link, into the modules of a QR code
// and the modules into the data of one SVG path. The drawing itself, with its
// colours, size and label, is the caller's.
package qr
