// Package card is the controller of one card: it obtains a sign request, follows it, shows it, does what the visitor
// clicks, and tells the page, the site's other tabs and the debug report about it.
//
// Make a [Card] with [New] and call [Card.Run]. Everything that a browser has to do for it is a port in [Options];
// package browser implements them on a real page. What the card looks like is decided by package view, and what is
// known of the request by packages subscribe and payload.
package card
