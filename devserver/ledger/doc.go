// Package ledger asks an XRP Ledger node what became of a transaction and who may sign for an account.
//
// It speaks JSON-RPC with api_version 2 and knows the three methods that verification needs: tx, account_info and
// server_info. Fields are those of xrpl.org, "Public API Methods"; of an older version, which names and places several
// of them differently, nothing is understood.
//
// The package decides nothing: an answer is the node's word, or that of a [Quorum] of several, and package verify says
// what it is worth.
package ledger
