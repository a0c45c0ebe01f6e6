package sandbox

import (
	"fmt"
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
		cut       = "cut" // not a message: the connection is lost
		isWelcome = "Welcome"
	)
	novel := func(m string) string { return `{"x_new":{"nested":[1,null]},"x_seen":true,` + m[1:] }
	tests := []struct {
		fault string
		acts  []string
		want  []string
	}{
		{"drop-after-welcome", nil, []string{isWelcome, cut}},
		{"drop-after-opened", []string{"open"}, []string{isWelcome, left, isOpened, cut}},
		{"drop-after-pre-signed", []string{"accept"}, []string{isWelcome, left, isOpened, isOpened, isPreSigned, cut}},
		{"forge-signed", nil, []string{isWelcome, "signed", left}},
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
					case strings.HasPrefix(m, `{"payload_uuidv4":`) && strings.Contains(m, `"signed":true`):
						m = "signed"
					case strings.HasPrefix(m, `{"payload_uuidv4":`):
						m = "rejected"
					case strings.HasPrefix(m, `{"expires_in_seconds":`) && m != left:
						continue // the keep-alive while waiting
					}
					got = append(got, m)
				}
				if l.ended() != nil {
					got = append(got, cut)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
				if tt.want[len(tt.want)-1] == cut {
					if status := websocket.CloseStatus(l.ended()); status != -1 {
						t.Errorf("got close status %v, want a cut", status)
					}
					again := w.listen(uuid)
					w.act(uuid, "open")
					if again.ended() != nil {
						t.Errorf("the next connection ended too: %v", again.ended())
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

func TestFaultHugeFrame(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.fault(uuid, "huge-frame")
		heard := w.listen(uuid).take()
		if len(heard) != 3 || len(heard[1]) < 10_000_000 {
			t.Errorf("got %d messages, want a huge one in the middle of 3", len(heard))
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
		{"set", unknownUUID, `{"faults":["silent-unknown"]}`, 200, `{"faults":["silent-unknown"],"uuid":"` + unknownUUID + `"}`},
		{"clear", unknownUUID, `{"faults":[]}`, 200, `{"faults":[],"uuid":"` + unknownUUID + `"}`},
		{"unknown", unknownUUID, `{"faults":["silent","gremlins"]}`, 400, `{"error":{"code":"unknown-fault","message":"There is no fault named \"gremlins\"; GET /faults lists them."}}`},
		{"not a uuid", "nonsense", `{"faults":[]}`, 400, `{"error":{"code":"bad-uuid","message":"The path does not end in a version 4 UUID."}}`},
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
			for i := range maxFaulty {
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
