// Package socket connects to a payload's status socket, natively and in a browser: call [Dial].
//
// It hides what differs in a browser, where [websocket.Conn] wraps the page's own WebSocket:
//
//   - A read or a dial whose context ends leaves the browser's socket open, and so does CloseNow: all of them close
//     with a code that browsers refuse. Here a read has no context, and [Conn.Close] closes with 1000 and ends it.
//   - Frames that have arrived race with the news that the socket is closed. After the end, a read asks for what is
//     left. The platform does send a message and close right away.
//   - An error during a close would hang the page: the library takes it for a reason to close, and waits for the close
//     that is under way within the browser's callback. The WebSocket of site/runtime.js keeps errors from it.
//   - The close code never arrives, and a refused connection looks like a lost one. Every end is [ErrClosed].
//
// It does not interpret frames and does not reconnect.
package socket
