package main

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Connections that send a little at a time, for ever, are closed.
func TestAttacksOfSlowClients(t *testing.T) {
	t.Parallel()
	site := start(t, nil).site
	for name, begin := range map[string][2]string{
		"slow headers": {"GET / HTTP/1.1\r\n", "X: y\r\n"},
		"slow body": {"POST /api/sign-requests HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
			"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", strings.TrimPrefix(site, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			const longest = 30 * time.Second
			c.SetDeadline(time.Now().Add(longest))
			closed := make(chan struct{})
			began := time.Now()
			go func() {
				defer close(closed)
				io.Copy(io.Discard, c)
			}()
			if _, err := io.WriteString(c, begin[0]); err != nil {
				t.Fatal(err)
			}
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for {
				select {
				case <-closed:
					if took := time.Since(began); took >= longest-time.Second {
						t.Errorf("it is open for %v", took)
					}
					return
				case <-tick.C:
					io.WriteString(c, begin[1])
				}
			}
		})
	}
}

func TestAttacksByLargeHeaders(t *testing.T) {
	site := start(t, nil).site
	for _, line := range []string{"X: " + strings.Repeat("x", 64<<10), strings.Repeat("X: y\r\n", 10_000) + "X: y"} {
		if answer := raw(t, site, "GET / HTTP/1.1", "Host: 127.0.0.1", line); !strings.HasPrefix(answer, "HTTP/1.1 431 ") {
			t.Errorf("got %.100q", answer)
		}
	}
}
