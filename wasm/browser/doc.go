// Package browser puts cards on the page. It is the only package that knows JavaScript: [Mounter.Publish] hands one
// function to the loader, and everything behind it (the DOM, clicks, fetch, the clipboard) stays in here. What a card
// does is decided by package card, of whose ports these are the real ones, and what it shows by package view.
//
// Rules of the package:
//
//   - A callback from JavaScript never blocks and never panics outwards: a panic that crosses a JavaScript frame wedges
//     Go's runtime for good.
//   - Every callback has an owner that releases it.
//   - Nodes are built once and patched afterwards, and only where something changed. Text is set as text.
//   - Values that cross the boundary are flat.
package browser
