package http

// Request is the parameter type of websocket.Accept, which fails in a browser.
type Request struct{}

// ResponseWriter is the parameter type of websocket.Accept, which fails in a browser.
type ResponseWriter interface{}

// Response is what websocket.Dial returns once the browser has connected.
type Response struct {
	StatusCode int // StatusSwitchingProtocols
}

// StatusSwitchingProtocols is the status of every Response.
const StatusSwitchingProtocols = 101
