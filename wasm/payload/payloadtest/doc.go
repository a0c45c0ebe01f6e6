// Package payloadtest provides a payload's status socket for tests: a local WebSocket server that plays a transcript,
// so that a test says what the platform sends, when, and how the connection breaks.
//
// Start it with [NewServer], whose [Step]s say what each connection does.
//
// It knows the protocol's frames but none of its rules. Nothing happens that a script does not say: no countdown, no
// echo, no check of what the client sends.
package payloadtest
