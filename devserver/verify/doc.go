// Package verify decides whether a payload that the platform calls signed is what the site asked for.
//
// A payload says many things, and a visitor, a phone or another application may have caused each of them. Every check
// compares one of them with the site's own record, the [Order], and names its outcome. [Verdict] folds the outcomes and
// fails closed: whatever is missing or not understood is not verified.
//
// The package decides from values: it calls nobody, and keeps nothing. It does not decode the signed blob.
package verify
