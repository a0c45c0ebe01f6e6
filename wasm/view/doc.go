// Package view turns what is known of a sign request into what the card shows: texts, steps, actions, and what a screen
// reader is told. [Render] is a pure function; the browser package only puts its [Model] on the page.
//
// Rule for all texts: second person, short, and who has to act next, the phone or this page. No words of the protocol.
package view
