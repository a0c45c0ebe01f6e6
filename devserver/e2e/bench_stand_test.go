//go:build e2e && bench

package e2e

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// stand serves pages with any number of sign requests, which nobody ever opens, and is backend and platform for all of
// them. It does as little as it can, as the browser that is measured shares the machine with it.
type stand struct {
	origin string

	mu      sync.Mutex
	sockets map[payload.UUID]net.Conn // the latest of each request
}

// standAnswer is the backend's: a payment as the model backend describes it.
const standAnswer = `{"uuid":%q,"status":"pending","verdict":"none","checks":[],"result":{},
	"summary":{"type":"Payment","site":"Corner Shop","network":"TESTNET","amount":"2.5","currency":"XRP",
	"destination":"rMPrYipfRHJryWfwYARAwhsVGvHwpUDjgA","destination_tag":"117","memo":"Two coffees","max_fee":"0.001"}}`

// standPage has the element and no request.
const standPage = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Corner Shop</title>
  <link rel="icon" href="icon.svg" type="image/svg+xml">
  <script type="module" src="xaman-sign-request.js"></script>
</head>
<body>
  <main>
    <h1>Your orders</h1>
  </main>
</body>
</html>
`

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{sockets: map[payload.UUID]net.Conn{}}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(os.DirFS("../../site/dist")))
	mux.Handle("/handwritten/", http.FileServerFS(os.DirFS("testdata")))
	mux.HandleFunc("/cards.html", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, standPage) })
	mux.HandleFunc("GET /api/sign-requests/{uuid}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, standAnswer, r.PathValue("uuid"))
	})
	icon := func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "../../site/icon.svg") }
	mux.HandleFunc("/icon.svg", icon)
	mux.HandleFunc("GET /code/{uuid}", icon)
	mux.HandleFunc("GET /sign/{uuid}", s.socket)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Pages that are apart from all others have a clock of 5 µs, and not of 100.
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		mux.ServeHTTP(w, r)
	}))
	s.origin = server.URL
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, conn := range s.sockets {
			conn.Close()
		}
		server.Close()
	})
	return s
}

// standUUID is that of the nth sign request.
func standUUID(n int) payload.UUID {
	return payload.UUID(fmt.Sprintf("9a2c7a52-3c1e-4b53-9d4e-%012x", n))
}

// created is the platform's create response for the nth request.
func (s *stand) created(n int) string {
	uuid, socket := standUUID(n), "ws"+strings.TrimPrefix(s.origin, "http")
	return fmt.Sprintf(`{"uuid":%q,"next":{"always":"%s/sign/%[1]s"},`+
		`"refs":{"qr_png":"%[2]s/code/%[1]s","websocket_status":"%[3]s/sign/%[1]s"}}`, uuid, s.origin, socket)
}

// socket is the status socket of a request that has 25 minutes left. Like the platform's it says so every 15 seconds:
// pages take one that is silent for dead. It takes what the page says, and answers nothing.
func (s *stand) socket(w http.ResponseWriter, r *http.Request) {
	conn, client, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	accept := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(accept[:]))
	uuid := payload.UUID(r.PathValue("uuid"))
	s.mu.Lock()
	s.sockets[uuid] = conn
	s.mu.Unlock()
	s.send(uuid, fmt.Sprintf(`{"message":"Welcome %s"}`, uuid), payloadtest.ExpiresIn(1500))
	began := time.Now()
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	done := make(chan struct{})
	go func() { defer close(done); io.Copy(io.Discard, bufio.NewReader(client)) }()
	for {
		select {
		case <-done:
			return
		case <-alive.C:
			s.send(uuid, payloadtest.ExpiresIn(1500-int(time.Since(began).Seconds())))
		}
	}
}

// send sends short text frames over the socket of a request.
func (s *stand) send(uuid payload.UUID, frames ...string) {
	s.mu.Lock()
	conn := s.sockets[uuid]
	s.mu.Unlock()
	var all []byte
	for _, frame := range frames {
		all = append(append(all, 0x81, byte(len(frame))), frame...)
	}
	conn.Write(all)
}
