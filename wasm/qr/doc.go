// Package qr turns a text, usually a sign link, into the modules of a QR code with [Encode], and the modules into the
// data of one SVG path with [Matrix.Path]. The drawing itself, with its colours, size and label, is the caller's.
package qr
