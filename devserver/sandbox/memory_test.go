package sandbox

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// BenchmarkSocketMemory measures what an open, idle status socket costs: heap and stacks per
// connection with 500 of them over loopback. The clients are bare connections that are read by
// nobody once they are greeted, so that nearly all of it is the server's.
func BenchmarkSocketMemory(b *testing.B) {
	const sockets = 500
	for b.Loop() {
		platform, err := New(b.Context(), Config{})
		if err != nil {
			b.Fatal(err)
		}
		server := httptest.NewServer(platform)
		addr := server.Listener.Addr().String()
		uuids := make([]string, sockets)
		for i := range uuids {
			res := platform.call(b, "POST", addr, "/api/v1/platform/payload", signIn, credentials(Key, Secret))
			uuids[i] = res.Header.Get("X-Call-Ref")
		}
		clients := make([]net.Conn, sockets)
		before := inUse()
		for i := range clients {
			clients[i] = handshake(b, addr, uuids[i])
		}
		b.ReportMetric(float64(inUse()-before)/sockets, "bytes/socket")
		for _, c := range clients {
			c.Close()
		}
		platform.Close()
		server.Close()
	}
}

// handshakeOf asks for the status socket of a uuid, from a host.
const handshakeOf = "GET /sign/%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// handshake opens a status socket by hand and reads the first two messages.
func handshake(b *testing.B, addr, uuid string) net.Conn {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(conn, handshakeOf, uuid, addr)
	r := bufio.NewReaderSize(conn, 16)
	if res, err := http.ReadResponse(r, nil); err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		b.Fatalf("handshake: got %v, %v", res, err)
	}
	for range 2 {
		if _, err := r.ReadString('}'); err != nil {
			b.Fatal(err)
		}
	}
	return conn
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
