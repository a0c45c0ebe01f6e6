//go:build e2e && bench && unix

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// customer is a visitor with cookies, and the request that he has made.
type customer struct {
	http.Client
	one string // URL of the request
	payload.UUID
}

// customer makes a request to pay, in a session of its own.
func (p *process) customer() (*customer, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &customer{Client: http.Client{Jar: jar}}
	all := p.site + "/api/sign-requests"
	a, err := c.answer(c.Post(all, "application/json", strings.NewReader(`{"demo":"pay"}`)))
	c.UUID, c.one = a.UUID, all+"/"+string(a.UUID)
	return c, err
}

func (c *customer) answer(res *http.Response, err error) (a payload.Answer, _ error) {
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return a, fmt.Errorf("got %s", res.Status)
	}
	return a, json.NewDecoder(res.Body).Decode(&a)
}

// bought is what some orders cost together.
type bought struct {
	rate float64 // 1/s
	each float64 // milliseconds of processor
}

// benchOrders makes so many orders at once as the platform allows, accepts them on the phone, and asks until they are
// verified, which is when a ledger has closed.
func benchOrders(t *testing.T, place []string) bought {
	const orders = 60
	p := serverOn(t, place)
	defer p.kill(t)
	before, began := processor(t, p), time.Now()
	var all sync.WaitGroup
	for range orders {
		all.Go(func() {
			if err := p.buy(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	took := time.Since(began).Seconds()
	return bought{orders / took, (processor(t, p) - before) / orders}
}

// buy makes an order, pays it and waits for the verdict.
func (p *process) buy() error {
	c, err := p.customer()
	if err != nil {
		return fmt.Errorf("order: %w", err)
	}
	defer c.CloseIdleConnections()
	res, err := c.Post(p.sandbox+"/phone/"+string(c.UUID)+"/accept", "", nil)
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	res.Body.Close()
	for range 60 {
		a, err := c.answer(c.Get(c.one))
		switch {
		case err != nil:
			return fmt.Errorf("ask: %w", err)
		case a.Verdict == payload.VerdictVerified:
			return nil
		}
		time.Sleep(500 * time.Millisecond) // as a page does
	}
	return fmt.Errorf("no verdict on %s", c.UUID)
}

// benchStatus has visitors ask for some seconds, each through a connection of his own, about requests to which nothing
// has happened. Who asks shares the machine with who answers.
func benchStatus(t *testing.T, form string, visitors int, place []string, least limit) []row {
	const long = 5 * time.Second
	p := serverOn(t, place)
	defer p.kill(t)
	asks, took := make([][]byte, visitors), make([][]time.Duration, visitors)
	for n := range asks {
		c, err := p.customer()
		if err != nil {
			t.Fatal(err)
		}
		c.CloseIdleConnections()
		r, err := http.NewRequest("GET", c.one, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range c.Jar.Cookies(r.URL) {
			r.AddCookie(k)
		}
		var question bytes.Buffer
		r.Write(&question)
		asks[n] = question.Bytes()
	}
	var all sync.WaitGroup
	before, began := processor(t, p), time.Now()
	for n, ask := range asks {
		all.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.site, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			in := bufio.NewReader(conn)
			for now := time.Now(); now.Sub(began) < long; {
				conn.Write(ask)
				if err := skipAnswer(in); err != nil {
					t.Error(err)
					return
				}
				then := now
				now = time.Now()
				took[n] = append(took[n], now.Sub(then))
			}
		})
	}
	all.Wait()
	times := slices.Concat(took...)
	slices.Sort(times)
	if len(times) == 0 {
		t.Fatal("nobody was answered")
	}
	at := func(share float64) float64 { return float64(times[int(float64(len(times))*share)].Microseconds()) }
	name := fmt.Sprintf("%s: status calls of %d sessions", form, visitors)
	return []row{
		{name, "1/s", float64(len(times)) / long.Seconds(), least, "", 0},
		{"… processor for each", "µs", 1000 * (processor(t, p) - before) / float64(len(times)), limit{}, "", 0},
		{"… median", "µs", at(0.5), limit{}, "", 0},
		{"… 99th percentile", "µs", at(0.99), limit{}, "", 0},
	}
}

// serverOn starts a server on a record, with a platform that is running elsewhere and allows what is asked for.
func serverOn(t *testing.T, place []string) *process {
	t.Helper()
	platform := startPlatform(t, sandbox.Config{Calls: 6000})
	p := &process{env: sandboxCredentials, args: append([]string{
		"-addr", "127.0.0.1:0", "-site", t.TempDir(), "-platform", platform, "-ledger", platform + "/ledger",
	}, place...)}
	p.start(t)
	p.sandbox = platform
	// The first order tells the server how much the platform allows. Until then it may be refused.
	for deadline := time.Now().Add(maxWait); ; time.Sleep(500 * time.Millisecond) {
		err := p.buy()
		if err == nil {
			return p
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// skipAnswer reads an answer that has to be a good one, at the least expense.
func skipAnswer(in *bufio.Reader) error {
	length := -1
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
	if length < 0 {
		return fmt.Errorf("got an answer of unknown length")
	}
	_, err := in.Discard(length)
	return err
}
