// Package http stands in for net/http in the WebAssembly build.
//
// The only package of that build that imports net/http is
// github.com/coder/websocket, and its js half uses the names below in the
// signatures of Dial and Accept and nowhere else: in a browser the handshake is
// the browser's. The linker cannot drop the real package, whose initialisers
// keep most of it, with crypto/tls behind it, alive. It makes the download
// 385 kB larger after brotli.
//
// Nothing imports this package by its own path. build.sh gives the compiler an
// -overlay that hides every file of net/http and puts this one in the place of
// http.go. Only the js target is built so; servers and tests get the real
// net/http. A version of coder/websocket that needs another name fails to
// compile.
package http

// Request is the parameter type of websocket.Accept, which fails in a browser.
type Request struct{}

// ResponseWriter is the parameter type of websocket.Accept, which fails in a
// browser.
type ResponseWriter interface{}

// Response is what websocket.Dial returns once the browser has connected.
type Response struct {
	StatusCode int // StatusSwitchingProtocols
}

// StatusSwitchingProtocols is the status of every Response.
const StatusSwitchingProtocols = 101
