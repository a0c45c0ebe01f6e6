// Package view turns what is known of a sign request into what the card shows and says: [Render] decides what is to be
// seen, [Announce] what a screen reader is told when that changes. Both are pure functions; the browser package only
// puts a [Model] on the page.
//
// What a card says is data: english.json is built in, and [Texts] lay another language and the page's own words over
// it. How a language writes numbers and times is [Formats].
//
// Rule for all texts: second person, short, and who has to act next, the phone or this page. No words of the protocol.
package view
