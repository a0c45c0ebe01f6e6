package sandbox

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"time"
)

const (
	fragmentSize = 5 // bytes of a message in one frame
	packetSize   = 3 // bytes of a frame, with its head, in one packet
)

// splitting is a response whose connection, once it is hijacked for a socket, sends tiny packets.
type splitting struct{ http.ResponseWriter }

// Hijack implements [http.Hijacker].
func (s splitting) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	split := &splitConn{Conn: conn}
	split.ctx, split.cancel = context.WithCancel(context.Background())
	return split, bufio.NewReadWriter(buffered.Reader, bufio.NewWriter(split)), nil
}

type splitConn struct {
	net.Conn
	ctx    context.Context // until it is closed
	cancel context.CancelFunc
}

func (c *splitConn) Close() error {
	c.cancel()
	return c.Conn.Close()
}

func (c *splitConn) Write(p []byte) (written int, err error) {
	for written < len(p) {
		n, err := c.Conn.Write(p[written:min(written+packetSize, len(p))])
		written += n
		if err != nil {
			return written, err
		}
		select {
		case <-time.After(time.Millisecond): // or the network would join them again
		case <-c.ctx.Done():
		}
	}
	return written, nil
}
