package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestFaults(t *testing.T) {
	const (
		left      = `{"expires_in_seconds":60}`
		broken    = "<html>502 Bad Gateway</html>"
		misprint  = `{"expired":true"}`
		isWelcome = "Welcome"
		// Not messages: how the connection ended.
		cut         = "cut"
		closed      = "closed"
		closedAsked = "closed with 1001"
	)
	novel := func(m string) string { return `{"x_new":{"nested":[1,null]},"x_seen":true,` + m[1:] }
	tests := []struct {
		fault string
		acts  []string
		want  []string
	}{
		{"drop-after-welcome", nil, []string{isWelcome, cut}},
		{"drop-after-opened", []string{"open"}, []string{isWelcome, left, isOpened, cut}},
		{"drop-after-expires-in-seconds", nil, []string{isWelcome, left, cut}},
		{"drop-after-pre-signed", []string{"accept"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, cut}},
		{"drop-after-dispatched", []string{"accept"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, isDispatched, cut}},
		{"drop-after-resolved", []string{"open", "accept"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, isDispatched, "signed", cut}},
		{"drop-after-expired", []string{"wait"}, []string{isWelcome, left, isExpired, cut}},
		{"close-with-code", []string{"open"}, []string{isWelcome, left, isOpened, closedAsked}},
		{"close-without-code", []string{"open"}, []string{isWelcome, left, isOpened, closed}},
		{"two-frames-then-close", nil, []string{isWelcome, left, closed}},
		{"silent-after-opened", []string{"open", "echo", "wait", "accept"}, []string{isWelcome, left, isOpened}},
		{"reordered-frames", []string{"accept", "second"}, []string{left, isPreSigned, "signed", isWelcome, isOpened, isOpened, isDispatched}},
		{"delayed-frames", []string{"second"}, []string{}},
		{"delayed-frames", []string{"open", "reject", "second", "second", "second"}, []string{isWelcome, left, isOpened, "rejected"}},
		{"split-frames", []string{"accept", "second"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, isDispatched, "signed"}},
		{"forge-signed", nil, []string{isWelcome, "signed", left}},
		{"forge-rejected", nil, []string{isWelcome, "rejected", left}},
		{"forge-other-payload", nil, []string{isWelcome, "signed of another", left}},
		{"unknown-keys", []string{"open"}, []string{novel(`{"message":"Welcome"}`), novel(left), novel(isOpened)}},
		{"not-json", []string{"open"}, []string{isWelcome, broken, left, isOpened, broken}},
		{"misprinted-expired", []string{"wait"}, []string{isWelcome, left, misprint}},
		{"duplicate-frames", []string{"open", "reject"}, []string{isWelcome, isWelcome, left, left, isOpened, isOpened, "rejected", "rejected"}},
		{"expire-soon", []string{"open", "wait", "accept"}, []string{isWelcome, isOpened, isExpired, isOpened, isPreSigned, isDispatched, "signed"}},
		{"silent", []string{"open", "echo", "wait"}, []string{isWelcome}},
		{"no-opened", []string{"accept"}, []string{isWelcome, left, isPreSigned, isDispatched, "signed"}},
		{"no-pre-signed", []string{"accept"}, []string{isWelcome, left, isOpened, isOpened, isDispatched, "signed"}},
		{"no-dispatched", []string{"accept"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, "signed"}},
		{"no-resolved", []string{"accept"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, isDispatched}},
		{"late-stages", []string{"accept"}, []string{isWelcome, left, "signed", isDispatched, isPreSigned, isOpened}},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				w.fault(uuid, tt.fault)
				l := w.listen(uuid)
				for _, act := range tt.acts {
					switch act {
					case "wait":
						time.Sleep(time.Minute)
					case "second":
						time.Sleep(time.Second)
					case "echo":
						if err := l.conn.Write(w.t.Context(), websocket.MessageText, []byte("{}")); err != nil {
							t.Fatal(err)
						}
					default:
						w.must(uuid, act)
					}
				}
				got := []string{}
				for _, m := range l.take() {
					m = strings.ReplaceAll(m, "Welcome "+uuid, "Welcome")
					switch {
					case m == `{"message":"Welcome"}`:
						m = isWelcome
					case strings.HasPrefix(m, `{"payload_uuidv4":`) && !strings.Contains(m, uuid):
						m = "signed of another"
					case strings.HasPrefix(m, `{"payload_uuidv4":`) && strings.Contains(m, `"signed":true`):
						m = "signed"
					case strings.HasPrefix(m, `{"payload_uuidv4":`):
						m = "rejected"
					case strings.HasPrefix(m, `{"expires_in_seconds":`) && m != left:
						continue // the keep-alive while waiting
					}
					got = append(got, m)
				}
				if err := l.ended(); err != nil {
					got = append(got, map[websocket.StatusCode]string{
						-1: cut, websocket.StatusNoStatusRcvd: closed, websocket.StatusGoingAway: closedAsked,
					}[websocket.CloseStatus(err)])
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
				if f, err := choose(faultTable, []string{tt.fault}); err != nil || f[0].once {
					again := w.listen(uuid)
					w.act(uuid, "open")
					if again.ended() != nil || len(again.take()) < 2 {
						t.Errorf("the next connection suffers too: %v", again.ended())
					}
				}
			})
		})
	}
}

func TestFaultResolvedWithoutTxID(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.fault(uuid, "resolved-without-txid")
		l := w.listen(uuid)
		w.must(uuid, "accept")
		heard := l.take()
		if last := heard[len(heard)-1]; !strings.Contains(last, `"signed":true`) || strings.Contains(last, "txid") {
			t.Errorf("got %s, want signed without a txid", last)
		}
	})
}

func TestFaultBigFrames(t *testing.T) {
	for name, size := range map[string]int{"large-frame": 1_000_000, "huge-frame": 10_000_000} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				w.fault(uuid, name)
				heard := w.listen(uuid).take()
				if len(heard) != 3 || len(heard[1]) < size {
					t.Errorf("got %d messages, want a big one in the middle of 3", len(heard))
				}
			})
		})
	}
}

func TestFaultSplitFrames(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.fault(uuid, "split-frames")
		conn, err := w.client.Transport.(*http.Transport).DialContext(w.t.Context(), "tcp", "sandbox.example")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /sign/%s HTTP/1.1\r\nHost: sandbox.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", uuid)
		if res, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil); err != nil || res.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("handshake: got %v, %v", res, err)
		}
		welcome := welcomed(uuid)
		var stream []byte
		for len(stream) < len(welcome)+2*((len(welcome)+fragmentSize-1)/fragmentSize) {
			packet := make([]byte, 1024)
			n, err := conn.Read(packet)
			if err != nil || n > packetSize {
				t.Fatalf("got a packet of %d bytes, %v", n, err)
			}
			stream = append(stream, packet[:n]...)
		}
		const text = 1 // the opcode of the first frame; 0 continues it, and none is the last
		for i, opcode := 0, byte(text); i < len(welcome); i, opcode = i+fragmentSize, 0 {
			piece := welcome[i:min(i+fragmentSize, len(welcome))]
			want := append([]byte{opcode, byte(len(piece))}, piece...)
			if !bytes.HasPrefix(stream, want) {
				t.Fatalf("got %q, want it to begin with %q", stream, want)
			}
			stream = stream[len(want):]
		}
	})
}

func TestFaultsOfHandshakes(t *testing.T) {
	tests := []struct {
		fault  string
		status int // 0: none
	}{
		{"refused", http.StatusServiceUnavailable},
		{"hanging-handshake", 0},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				w.fault(uuid, tt.fault)
				ctx, cancel := context.WithTimeout(w.t.Context(), time.Hour)
				defer cancel()
				_, res, err := websocket.Dial(ctx, "ws://sandbox.example/sign/"+uuid, &websocket.DialOptions{HTTPClient: w.client})
				status := 0
				if res != nil {
					status = res.StatusCode
				}
				if err == nil || status != tt.status || (ctx.Err() == nil) != (tt.status != 0) {
					t.Errorf("got status %d, %v", status, err)
				}
				w.fault(uuid)
				if heard := w.listen(uuid).take(); len(heard) != 2 {
					t.Errorf("once cleared: heard %q", heard)
				}
			})
		})
	}
}

func TestFaultsOfREST(t *testing.T) {
	tests := []struct {
		fault  string
		after  time.Duration
		status int // 0: the client gave up
		retry  string
		body   string
	}{
		{"rest-slow", 5 * time.Second, 200, "", `"uuid":`},
		{"rest-429", 0, 429, "2", `"code":429}}`},
		{"rest-500", 0, 500, "", `"error":true`},
		{"rest-timeout", time.Minute, 0, "", ""},
		{"not-found", 0, 404, "", `"code":404}}`},
		{"early-404", 0, 404, "", `"code":404}}`},
	}
	const identified = `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"order"}}`
	for _, tt := range tests {
		for _, call := range []string{"GET payload/{uuid}", "GET payload/ci/order", "DELETE payload/{uuid}"} {
			t.Run(tt.fault+"/"+call, func(t *testing.T) {
				inWorld(t, func(w world) {
					w.client.Timeout = time.Minute
					uuid, other := w.create(identified), w.create(payment)
					w.fault(uuid, tt.fault)
					method, path, _ := strings.Cut(strings.ReplaceAll(call, "{uuid}", uuid), " ")
					r, err := http.NewRequest(method, base+"/api/v1/platform/"+path, nil)
					if err != nil {
						t.Fatal(err)
					}
					r.Header = credentials(Key, Secret)
					began := time.Now()
					res, err := w.client.Do(r)
					if after := time.Since(began); after != tt.after {
						t.Errorf("got the answer after %v, want %v", after, tt.after)
					}
					if tt.status == 0 {
						if err == nil {
							t.Errorf("got %s, want none", res.Status)
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					defer res.Body.Close()
					body, err := io.ReadAll(res.Body)
					if err != nil || res.StatusCode != tt.status || res.Header.Get("Retry-After") != tt.retry || !strings.Contains(string(body), tt.body) {
						t.Errorf("got %d, %v, %s, %v", res.StatusCode, res.Header, body, err)
					}
					if a := w.api("GET", "payload/"+other, ""); a.status != http.StatusOK {
						t.Errorf("another payload suffers too: %d", a.status)
					}
				})
			})
		}
	}
}

func TestFaultsThatHide(t *testing.T) {
	for _, name := range []string{"not-found", "early-404"} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w world) {
				w.fault(nextPayload, name)
				uuid := w.create(payment)
				w.listen(uuid).expect(`{"message":"Payload not found"}`)
				time.Sleep(2*time.Second - time.Nanosecond)
				if a := w.api("GET", "payload/"+uuid, ""); a.status != http.StatusNotFound {
					t.Errorf("got %d, want 404", a.status)
				}
				time.Sleep(time.Nanosecond)
				if name == "not-found" {
					w.fault(uuid)
				}
				w.listen(uuid).expect(welcomed(uuid), `{"expires_in_seconds":58}`)
				if a := w.api("GET", "payload/"+uuid, ""); a.status != http.StatusOK {
					t.Errorf("got %d, want 200", a.status)
				}
			})
		})
	}
}

// The faults of the next payload are there from its creation, and are those of no other.
func TestFaultsOfTheNextPayload(t *testing.T) {
	inWorld(t, func(w world) {
		w.fault(nextPayload, "expire-soon", "no-opened")
		first, second := w.create(payment), w.create(payment)
		for uuid, want := range map[string][]string{
			first:  {welcomed(first), `{"expires_in_seconds":3}`},
			second: {welcomed(second), `{"expires_in_seconds":60}`, isOpened},
		} {
			l := w.listen(uuid)
			w.must(uuid, "open")
			l.expect(want...)
		}
	})
}

func TestFaultPlatformRestarted(t *testing.T) {
	inWorld(t, func(w world) {
		uuid, other := w.create(payment), w.create(payment)
		l, m := w.listen(uuid), w.listen(other)
		w.fault(uuid, "platform-restarted")
		for _, l := range []*listener{l, m} {
			if err := l.ended(); err == nil || websocket.CloseStatus(err) != -1 {
				t.Errorf("got %v, want the connection cut", err)
			}
		}
		reach := func(path string) error {
			res, err := w.client.Get(base + path)
			if err == nil {
				res.Body.Close()
			}
			return err
		}
		time.Sleep(2*time.Second - time.Nanosecond)
		for _, path := range []string{"/api/v1/platform/ping", "/sign/" + other} {
			if err := reach(path); err == nil {
				t.Errorf("%s: got an answer, want none", path)
			}
		}
		w.begin(uuid)
		time.Sleep(time.Nanosecond)
		w.listen(other).expect(welcomed(other), `{"expires_in_seconds":58}`)
		if err := reach("/api/v1/platform/ping"); err != nil {
			t.Error(err)
		}
	})
}

func TestFaultSilentUnknown(t *testing.T) {
	inWorld(t, func(w world) {
		w.fault(unknownUUID, "silent-unknown")
		l := w.listen(unknownUUID)
		if err := l.conn.Write(w.t.Context(), websocket.MessageText, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		l.expect()
		if err := l.ended(); err != nil {
			t.Errorf("the socket ended: %v", err)
		}
	})
}

func TestFaultsCombineAndClear(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.fault(uuid, "no-opened", "duplicate-frames")
		l := w.listen(uuid)
		l.take()
		w.must(uuid, "open", "reject")
		l.expect("rejected", "rejected")
		w.fault(uuid)
		w.api("GET", "payload/"+uuid, "")
		l.expect(isFetched)
	})
}

func TestFaultsAPI(t *testing.T) {
	tests := []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"set for the next", "next", `{"faults":["refused"]}`, 200, `{"faults":["refused"],"uuid":"next"}`},
		{"set", unknownUUID, `{"faults":["silent-unknown"]}`, 200, `{"faults":["silent-unknown"],"uuid":"` + unknownUUID + `"}`},
		{"clear", unknownUUID, `{"faults":[]}`, 200, `{"faults":[],"uuid":"` + unknownUUID + `"}`},
		{"unknown", unknownUUID, `{"faults":["silent","gremlins"]}`, 400, `{"error":{"code":"unknown-fault","message":"Not a fault: there is none named \"gremlins\"; GET /faults lists them."}}`},
		{"not a uuid", "nonsense", `{"faults":[]}`, 400, `{"error":{"code":"bad-uuid","message":"The path ends neither in a version 4 UUID nor in \"next\" or \"node\"."}}`},
		{"no body", unknownUUID, ``, 400, `{"error":{"code":"bad-body","message":"The body must be JSON like {\"faults\":[\"drop-after-opened\"]}."}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				if a := w.do("PUT", "/faults/"+tt.path, tt.body, nil); a.status != tt.status || a.body != tt.want {
					t.Errorf("got %d %s, want %d %s", a.status, a.body, tt.status, tt.want)
				}
			})
		})
	}
	t.Run("list", func(t *testing.T) {
		inWorld(t, func(w world) {
			a := w.do("GET", "/faults", "", nil)
			for _, f := range faultTable {
				if !strings.Contains(a.body, `"name":"`+f.name+`","sentence":"`) || !strings.HasSuffix(f.sentence, ".") {
					t.Errorf("%s is not listed with a sentence", f.name)
				}
			}
		})
	})
	t.Run("too many", func(t *testing.T) {
		inWorld(t, func(w world) {
			for i := range maxStrays {
				w.fault(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "silent")
			}
			body := `{"faults":["silent"]}`
			if got := w.do("PUT", "/faults/00000000-0000-4000-8000-999999999999", body, nil).status; got != 507 {
				t.Errorf("one more: got %d, want 507", got)
			}
			if got := w.do("PUT", "/faults/00000000-0000-4000-8000-000000000000", body, nil).status; got != 200 {
				t.Errorf("one again: got %d, want 200", got)
			}
		})
	})
}
