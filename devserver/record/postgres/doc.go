// Package postgres is the form of a record that several servers share: a PostgreSQL database. Whatever a method has
// accepted is committed when it returns, so that servers may be killed at any time.
//
// Its tables are in a schema of their own, xaman_live, which it makes and brings up to date by itself.
package postgres
