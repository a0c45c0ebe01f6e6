// Package record keeps a backend's orders, and what has counted: each transaction once. Whatever a method has accepted
// is kept when it returns, so that a server may be killed at any time.
//
// [Open] opens the form of a [Record] that is one file of one server. Package postgres has the one that several servers
// share, and package recordtest tests both.
package record
