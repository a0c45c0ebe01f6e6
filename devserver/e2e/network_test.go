//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// faultyNetwork lets relays err at random from begin to end. The same seed makes the same choices for the same traffic,
// which no two runs have. A nil one does not err.
type faultyNetwork struct {
	ended chan struct{} // closed when it has

	mu     sync.Mutex
	random *rand.Rand
	active bool
	rate   float64             // of what passes that is harmed
	counts map[string]int      // faults, by name
	queues map[string][]string // faults to come, by the first of their kind
}

// newFaultyNetwork returns one that has not begun.
func newFaultyNetwork(seed uint64, rate float64) *faultyNetwork {
	return &faultyNetwork{
		ended: make(chan struct{}), random: rand.New(rand.NewPCG(seed, seed)), rate: rate,
		counts: map[string]int{}, queues: map[string][]string{},
	}
}

func (f *faultyNetwork) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = true
}

// end lets go of all that stalls.
func (f *faultyNetwork) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.active {
		f.active = false
		close(f.ended)
	}
}

// httpFaults and the others are what may befall a call, a socket's handshake, its frames and its close.
var (
	httpFaults = []string{
		"request lost", "answer lost", "call stalls", "answer cut short", "call repeated", "answer overtaken",
	}
	handshakeFaults = []string{"handshake refused", "handshake stalls"}
	frameFaults     = []string{
		"socket cut", "frame lost, then cut", "frame cut short", "frames stall", "frame repeated", "frames swapped",
	}
	closeFaults = []string{"close answered with nonsense", "close lost"}
)

// next returns one of the faults, or "". All of them have their turn before one of them has its next.
func (f *faultyNetwork) next(faults []string) string {
	if f == nil {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.active || f.random.Float64() >= f.rate {
		return ""
	}
	queue := f.queues[faults[0]]
	if len(queue) == 0 {
		queue = slices.Clone(faults)
		f.random.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	}
	fault := queue[0]
	f.queues[faults[0]] = queue[1:]
	f.counts[fault]++
	return fault
}

func (f *faultyNetwork) between(least, most time.Duration) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return least + time.Duration(f.random.Int64N(int64(most-least)))
}

func (f *faultyNetwork) chance(of float64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.random.Float64() < of
}

// pause waits for a while, at most until the faults have ended.
func (f *faultyNetwork) pause(ctx context.Context, most time.Duration) {
	select {
	case <-time.After(f.between(most/10, most)):
	case <-f.ended:
	case <-ctx.Done():
	}
}

// http harms calls of the contract, of the platform and of the node, and nothing else: without its files there is no
// page.
func (f *faultyNetwork) http(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f == nil || !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/ledger" {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		send := func() *httptest.ResponseRecorder {
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			w := httptest.NewRecorder()
			next.ServeHTTP(w, again)
			return w
		}
		fault := f.next(httpFaults)
		switch fault {
		case "request lost":
			panic(http.ErrAbortHandler)
		case "call stalls":
			f.pause(r.Context(), 8*time.Second)
		case "call repeated":
			send()
		}
		answer := send()
		if fault == "answer lost" {
			panic(http.ErrAbortHandler)
		}
		if fault == "answer overtaken" {
			f.pause(r.Context(), 3*time.Second)
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		text := answer.Body.Bytes()
		if fault == "answer cut short" {
			w.Write(text[:len(text)/2])
			panic(http.ErrAbortHandler)
		}
		w.Write(text)
	})
}

// handshake reports whether a socket may be opened.
func (f *faultyNetwork) handshake(ctx context.Context) bool {
	switch f.next(handshakeFaults) {
	case "handshake refused":
		return false
	case "handshake stalls":
		f.pause(ctx, 20*time.Second)
	}
	return true
}

var errCut = errors.New("cut")

// closing passes on what a browser writes, a frame at a time.
func (f *faultyNetwork) closing(to, back io.Writer) io.Writer {
	return writer(func(frame []byte) (int, error) {
		const opcode, isClose = 0x0f, 8
		if frame[0]&opcode == isClose {
			switch f.next(closeFaults) {
			case "close answered with nonsense":
				_, err := back.Write([]byte{0x80 | 3, 0}) // an opcode that nobody has defined
				return len(frame), err
			case "close lost":
				f.pause(context.Background(), 5*time.Second)
				return 0, errCut
			}
		}
		return to.Write(frame)
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// frames passes on what a server writes, until end: the answer to the handshake, and then frames, which may come to
// harm.
func (f *faultyNetwork) frames(to io.Writer, cut func()) (from io.Writer, end func() error) {
	if f == nil {
		return to, func() error { return nil }
	}
	in, out := io.Pipe()
	go func() {
		defer cut()
		in.CloseWithError(f.pass(to, in))
	}()
	return out, out.Close
}

// pass reads frames until one of them ends the socket.
func (f *faultyNetwork) pass(to io.Writer, from io.Reader) error {
	if err := copyHead(to, from); err != nil {
		return err
	}
	frames := make(chan []byte)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		defer close(frames)
		for {
			frame, err := readFrame(from)
			if err != nil {
				return
			}
			select {
			case frames <- frame:
			case <-ended:
				return
			}
		}
	}()
	for frame := range frames {
		after := []byte(nil)
		switch f.next(frameFaults) {
		case "socket cut":
			return errCut
		case "frame lost, then cut": // a network that loses something of a connection ends it
			f.pause(context.Background(), time.Second)
			return errCut
		case "frame cut short":
			to.Write(frame[:len(frame)/2])
			return errCut
		case "frames stall":
			f.pause(context.Background(), 10*time.Second)
		case "frame repeated":
			after = frame
		case "frames swapped":
			select {
			case next, ok := <-frames:
				if ok {
					frame, after = next, frame
				}
			case <-f.ended:
			case <-time.After(2 * time.Second):
			}
		}
		if _, err := to.Write(append(frame[:len(frame):len(frame)], after...)); err != nil {
			return err
		}
	}
	return errCut
}

// copyHead passes on the answer to a handshake.
func copyHead(to io.Writer, from io.Reader) error {
	head, one := []byte(nil), make([]byte, 1)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if _, err := io.ReadFull(from, one); err != nil {
			return err
		}
		head = append(head, one[0])
	}
	_, err := to.Write(head)
	return err
}

// readFrame reads a server's frame: its head, with the length in one, three or nine bytes, and what it carries.
func readFrame(from io.Reader) ([]byte, error) {
	frame := make([]byte, 2, 10)
	if _, err := io.ReadFull(from, frame); err != nil {
		return nil, err
	}
	length := uint64(frame[1])
	if more := map[uint64]int{126: 2, 127: 8}[length]; more > 0 {
		frame = frame[:2+more]
		if _, err := io.ReadFull(from, frame[2:]); err != nil {
			return nil, err
		}
		length = binary.BigEndian.Uint64(append(make([]byte, 8-more), frame[2:]...))
	}
	frame = append(frame, make([]byte, length)...)
	_, err := io.ReadFull(from, frame[len(frame)-int(length):])
	return frame, err
}
