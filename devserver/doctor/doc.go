// Package doctor finds out whether a server can do its work before it has to: whether the platform takes its
// credentials, its nodes are on their networks and up to date, its record can be used, its webhook and callbacks
// answer, its certificate is good and its clock right.
//
// Each finding is a sentence that says what is wrong and what to do. Nothing is changed, and nothing is sent to a
// callback that a receiver could take for a verdict.
package doctor
