package api

// Version is that of a release: of the npm package, of the element with its program, and of the server.
const Version = "0.1.0"
