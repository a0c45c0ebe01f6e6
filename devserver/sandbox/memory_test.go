package sandbox

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkSocketMemory measures what an open, idle status socket costs: heap and stacks per
// connection with 500 of them over loopback. The clients are bare connections that are read by
// nobody once they are greeted, so that nearly all of it is the server's.
func BenchmarkSocketMemory(b *testing.B) {
	const sockets = 500
	for b.Loop() {
		server := httptest.NewUnstartedServer(nil)
		addr := server.Listener.Addr().String()
		platform, err := New(b.Context(), Config{BaseURL: "http://" + addr})
		if err != nil {
			b.Fatal(err)
		}
		server.Config.Handler = platform
		server.Start()
		uuids := make([]string, sockets)
		for i := range uuids {
			uuids[i] = newUUID()
			r := httptest.NewRequest("POST", "/api/v1/platform/payload", strings.NewReader(signIn))
			r.Header = credentials(Key, Secret)
			w := httptest.NewRecorder()
			platform.ServeHTTP(w, r)
			uuids[i] = w.Header().Get("X-Call-Ref")
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

// handshake opens a status socket by hand and reads the first two messages.
func handshake(b *testing.B, addr, uuid string) net.Conn {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /sign/%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", uuid, addr)
	r := bufio.NewReaderSize(conn, 16)
	for line := ""; line != "\r\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			b.Fatal(err)
		}
		if strings.HasPrefix(line, "HTTP/") && !strings.Contains(line, fmt.Sprint(http.StatusSwitchingProtocols)) {
			b.Fatalf("handshake: got %s", line)
		}
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
