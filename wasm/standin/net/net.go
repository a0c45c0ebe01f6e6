package net

import (
	"errors"
	"time"
)

// Addr is what a Conn says of its ends.
type Addr interface {
	Network() string
	String() string
}

// Conn is the result type of websocket.NetConn, which nothing calls.
type Conn interface {
	Read(b []byte) (n int, err error)
	Write(b []byte) (n int, err error)
	Close() error
	LocalAddr() Addr
	RemoteAddr() Addr
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// ErrClosed is the error of a socket that has been closed.
var ErrClosed = errors.New("use of closed network connection")
