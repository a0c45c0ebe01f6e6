package backend

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// visits are backend and visitors who each have a request, and what their pages ask for it again and again.
func visits(b *testing.B, visitors int, meta xaman.Meta) (backend *Backend, asks []*http.Request) {
	b.Helper()
	f := &fakePlatform{allowed: mostCalls, left: 290}
	backend, _ = newTestBackend(b, b.TempDir(), f, nil, nil)
	for n := range visitors {
		page := browserOf(b, backend).at(fmt.Sprintf("192.0.2.%d:1", n))
		path := allPath + "/" + string(decodeAnswer(b, page.call("POST", allPath, `{"demo":"sign-in"}`)).UUID)
		f.become(meta, false)
		page.call("GET", path, "")
		r := httptest.NewRequest("GET", path, nil)
		for _, c := range page.cookies {
			r.AddCookie(c)
		}
		asks = append(asks, r)
	}
	backend.background.wg.Wait()
	return backend, asks
}

// unread is an answer of which nobody reads more than the status.
type unread struct {
	header http.Header
	status int
}

func (u *unread) Header() http.Header         { return u.header }
func (u *unread) WriteHeader(status int)      { u.status = status }
func (u *unread) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkStatus measures the handler alone.
func BenchmarkStatus(b *testing.B) {
	for name, meta := range map[string]xaman.Meta{"waiting": {}, "verified": metaSigned} {
		b.Run(name, func(b *testing.B) {
			backend, asks := visits(b, 1, meta)
			b.ReportAllocs()
			for b.Loop() {
				u := unread{header: http.Header{}}
				if backend.ServeHTTP(&u, asks[0].Clone(b.Context())); u.status != http.StatusOK {
					b.Fatalf("got %d", u.status)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// BenchmarkStatusOverHTTP measures the same over loopback, through connections that stay open, one for each of eight
// visitors whose requests wait. Who asks shares the machine with who answers.
func BenchmarkStatusOverHTTP(b *testing.B) {
	backend, asks := visits(b, 8, xaman.Meta{})
	server := httptest.NewServer(backend)
	defer server.Close()
	took := make([][]time.Duration, len(asks))
	var all sync.WaitGroup
	b.ResetTimer()
	for n, ask := range asks {
		all.Go(func() {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			var question bytes.Buffer
			ask.Write(&question)
			in := bufio.NewReader(conn)
			for range (b.N + n) / len(asks) {
				began := time.Now()
				conn.Write(question.Bytes())
				if err := skipAnswer(in); err != nil {
					b.Error(err)
					return
				}
				took[n] = append(took[n], time.Since(began))
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	times := slices.Concat(took...)
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "µs-p99")
}

// skipAnswer reads an answer that has to be a good one, at the least expense.
func skipAnswer(in *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
			return fmt.Errorf("got %s", line)
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if len(line) <= 2 {
			break
		}
	}
	if length == 0 {
		return errors.New("got an answer of unknown length")
	}
	_, err := in.Discard(length)
	return err
}
