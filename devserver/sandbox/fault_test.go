package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// What a listener hears, from its connection on, while acts are done; in the end how the connection ended, if it did.
func TestFaultsOfSockets(t *testing.T) {
	const all = "opened opened pre_signed dispatched signed"
	page := func(text string) string { return strings.ReplaceAll(text, "PAGE", "<html>502 Bad Gateway</html>") }
	type heard struct{ acts, want string }
	cases := map[string]heard{
		"drop-after-welcome":            {"", "welcome cut"},
		"drop-after-opened":             {"open", "welcome 60 opened cut"},
		"drop-after-expires-in-seconds": {"", "welcome 60 cut"},
		"drop-after-pre-signed":         {"accept", "welcome 60 opened opened pre_signed cut"},
		"drop-after-dispatched":         {"accept", "welcome 60 opened opened pre_signed dispatched cut"},
		"drop-after-resolved":           {"accept", "welcome 60 " + all + " cut"},
		"drop-after-expired":            {"minute", "welcome 60 45 30 15 expired cut"},
		"close-with-code":               {"open", "welcome 60 opened closed(1001)"},
		"close-without-code":            {"open", "welcome 60 opened closed"},
		"two-frames-then-close":         {"", "welcome 60 closed"},
		"silent":                        {"open echo minute", "welcome"},
		"silent-after-opened":           {"open echo minute accept", "welcome 60 opened"},
		"no-opened":                     {"accept", "welcome 60 pre_signed dispatched signed"},
		"no-pre-signed":                 {"accept", "welcome 60 opened opened dispatched signed"},
		"no-dispatched":                 {"accept", "welcome 60 opened opened pre_signed signed"},
		"no-resolved":                   {"accept", "welcome 60 opened opened pre_signed dispatched"},
		"late-stages":                   {"accept", "welcome 60 signed dispatched pre_signed opened"},
		"reordered-frames":              {"accept second", "60 pre_signed signed welcome opened opened dispatched"},
		"delayed-frames":                {"second", ""},
		"delayed-frames, waited for":    {"open reject second second second", "welcome 60 opened rejected"},
		"duplicate-frames":              {"open reject", "welcome welcome 60 60 opened opened rejected rejected"},
		"split-frames":                  {"accept second", "welcome 60 " + all},
		"unknown-keys":                  {"open", "new:welcome new:60 new:opened"},
		"not-json":                      {"open", page("welcome PAGE 60 opened PAGE")},
		"misprinted-expired":            {"minute", `welcome 60 45 30 15 {"expired":true"} 0`},
		"forge-signed":                  {"", "welcome signed 60"},
		"forge-rejected":                {"", "welcome rejected 60"},
		"forge-other-payload":           {"", "welcome other:signed 60"},
		"expire-soon":                   {"open minute second accept", "welcome 3 opened expired -12 -27 -42 -57 " + all[7:]},
		"resolved-without-txid":         {"accept", "welcome 60 " + all},
		"no-opened duplicate-frames":    {"open get", "welcome welcome 60 60 devapp_fetched devapp_fetched"},
	}
	inWorlds(t, cases, func(w world, c heard) {
		name, _, _ := strings.Cut(w.name, ",")
		names := strings.Fields(name)
		uuid := w.create(payment)
		w.fault(uuid, names...)
		l := w.listen(uuid)
		for act := range strings.FieldsSeq(c.acts) {
			if act == "echo" {
				l.write(websocket.MessageText, "{}")
			} else {
				w.must(uuid, act)
			}
		}
		ended := l.ended()
		got := l.words()
		if ended != nil {
			got = append(got, map[websocket.StatusCode]string{
				-1: "cut", websocket.StatusNoStatusRcvd: "closed", websocket.StatusGoingAway: "closed(1001)",
			}[websocket.CloseStatus(ended)])
		}
		if got := strings.Join(got, " "); got != c.want {
			w.t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
		chosen, err := choose(faultTable, names)
		if err != nil {
			w.t.Fatal(err)
		}
		if chosen[0].once {
			again := w.listen(uuid)
			w.act(uuid, "open")
			if again.ended() != nil || len(again.take()) < 2 {
				w.t.Errorf("the next connection suffers too: %v", again.ended())
			}
		}
		w.fault(uuid)
		if heard := w.listen(uuid).words(); len(heard) < 2 || heard[0] != "welcome" {
			w.t.Errorf("once cleared: heard %q", heard)
		}
	})
}

// Messages whose very bytes matter.
func TestFaultsOfMessages(t *testing.T) {
	inWorlds(t, map[string]func(heard []string) bool{
		"resolved-without-txid": func(heard []string) bool { return !strings.Contains(heard[6], "txid") },
		"large-frame":           func(heard []string) bool { return len(heard[1]) > 1_000_000 },
		"huge-frame":            func(heard []string) bool { return len(heard[1]) > 10_000_000 },
		"unknown-keys": func(heard []string) bool {
			return heard[2] == `{"x_new":{"nested":[1,null]},"x_seen":true,"opened":true}`
		},
	}, func(w world, holds func([]string) bool) {
		uuid := w.create(payment)
		w.fault(uuid, w.name)
		l := w.listen(uuid)
		w.must(uuid, "accept")
		if heard := l.take(); !holds(heard) {
			w.t.Errorf("heard %.500q", heard)
		}
	})
}

func TestFaultSplitFrames(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.fault(uuid, "split-frames")
		conn, err := w.client.Transport.(*http.Transport).DialContext(w.t.Context(), "tcp", "sandbox.example")
		if err != nil {
			w.t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /sign/%s HTTP/1.1\r\nHost: sandbox.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", uuid)
		res, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil)
		if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
			w.t.Fatalf("handshake: got %v, %v", res, err)
		}
		welcome := `{"message":"Welcome ` + uuid + `"}`
		var stream []byte
		for len(stream) < len(welcome)+2*((len(welcome)+fragmentSize-1)/fragmentSize) {
			packet := make([]byte, 1024)
			n, err := conn.Read(packet)
			if err != nil || n > packetSize {
				w.t.Fatalf("got a packet of %d bytes, %v", n, err)
			}
			stream = append(stream, packet[:n]...)
		}
		opcode := byte(1) // of text in the first frame; 0 continues it, and none is the last
		for piece := range slices.Chunk([]byte(welcome), fragmentSize) {
			want := append([]byte{opcode, byte(len(piece))}, piece...)
			if !bytes.HasPrefix(stream, want) {
				w.t.Fatalf("got %q, want it to begin with %q", stream, want)
			}
			stream, opcode = stream[len(want):], 0
		}
	})
}

func TestFaultsOfHandshakes(t *testing.T) {
	inWorlds(t, map[string]int{"refused": http.StatusServiceUnavailable, "hanging-handshake": 0}, func(w world, want int) {
		uuid := w.create(payment)
		w.fault(uuid, w.name)
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Hour)
		defer cancel()
		_, res, err := websocket.Dial(ctx, base+"/sign/"+uuid, &websocket.DialOptions{HTTPClient: w.client})
		status := 0
		if res != nil {
			status = res.StatusCode
		}
		if err == nil || status != want || (ctx.Err() == nil) != (want != 0) {
			w.t.Errorf("got status %d, %v", status, err)
		}
	})
}

func TestFaultSilentUnknown(t *testing.T) {
	inWorld(t, func(w world) {
		w.fault(unknownUUID, "silent-unknown")
		l := w.listen(unknownUUID)
		l.write(websocket.MessageText, "{}")
		time.Sleep(time.Hour)
		l.expect("")
		if err := l.ended(); err != nil {
			w.t.Errorf("the socket ended: %v", err)
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
				w.t.Errorf("got %v, want the connection cut", err)
			}
		}
		reached := func(path string) bool {
			_, err := w.try(time.Hour, "GET", path, "", nil)
			return err == nil
		}
		time.Sleep(2*time.Second - time.Nanosecond)
		if reached("/api/v1/platform/ping") || reached("/sign/"+other) {
			w.t.Error("got an answer, want none")
		}
		w.begin(uuid)
		time.Sleep(time.Nanosecond)
		w.listen(other).expect("welcome 58")
		if !reached("/api/v1/platform/ping") {
			w.t.Error("got no answer after two seconds")
		}
	})
}

// The faults of the next payload are there from its creation, and are those of no other.
func TestFaultsOfTheNextPayload(t *testing.T) {
	inWorld(t, func(w world) {
		w.fault(nextPayload, "expire-soon", "no-opened")
		first, second := w.create(payment), w.create(payment)
		for uuid, want := range map[string]string{first: "welcome 3", second: "welcome 60 opened"} {
			l := w.listen(uuid)
			w.must(uuid, "open")
			l.expect(want)
		}
	})
}

// A phone that has a payload open may sign it although it was cancelled, if that raced with the opening.
func TestFaultCancelRaces(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.fault(uuid, "cancel-races")
		w.must(uuid, "open", "cancel")
		const facts = "meta.resolved meta.signed meta.cancelled meta.expired meta.app_opened"
		if got := pick(w.get(uuid), facts); got != "false false true true true" {
			w.t.Errorf("cancelled: got %s", got)
		}
		w.must(uuid, "accept")
		if got := pick(w.get(uuid), facts); got != "true true true true true" {
			w.t.Errorf("then signed: got %s", got)
		}
	})
}

func TestFaultsAPI(t *testing.T) {
	type call struct{ path, body, want string }
	inWorlds(t, map[string]call{
		"set for the next":        {"next", `{"faults":["refused"]}`, `200 {"faults":["refused"],"uuid":"next"}`},
		"set for the node":        {"node", `{"faults":["busy"]}`, `200 {"faults":["busy"],"uuid":"node"}`},
		"clear":                   {unknownUUID, `{"faults":[]}`, `200 {"faults":[],"uuid":"` + unknownUUID + `"}`},
		"unknown":                 {unknownUUID, `{"faults":["silent","gremlins"]}`, "400 unknown-fault"},
		"the node's of a payload": {unknownUUID, `{"faults":["busy"]}`, "400 unknown-fault"},
		"a payload's of the node": {"node", `{"faults":["silent"]}`, "400 unknown-fault"},
		"not a uuid":              {"nonsense", `{"faults":[]}`, "400 bad-uuid"},
		"no body":                 {unknownUUID, ``, "400 bad-body"},
		"misspelt":                {unknownUUID, `{"fault":["silent"]}`, "400 bad-body"},
		"something else besides":  {unknownUUID, `{"faults":["silent"],"once":true}`, "400 bad-body"},
		"no list":                 {unknownUUID, `{"faults":null}`, "400 bad-body"},
	}, func(w world, c call) {
		a := w.do("PUT", "/faults/"+c.path, c.body, nil)
		got := fmt.Sprint(a.status, " ", a.body)
		if a.status != http.StatusOK {
			got = fmt.Sprint(a.status, " ", pick(a.json, "error.code"))
		}
		if got != c.want || a.status == 400 && pick(a.json, "error.message") == "" {
			w.t.Errorf("got %d %s, want %s", a.status, a.body, c.want)
		}
		named := strings.Contains(a.body, `Not a fault: there is none named \"gremlins\"; GET /faults lists them.`)
		if named != (w.name == "unknown") {
			w.t.Errorf("got %s", a.body)
		}
	})
}

func TestFaultsAreListed(t *testing.T) {
	inWorld(t, func(w world) {
		a := w.do("GET", "/faults", "", nil)
		misbehaviours := w.do("GET", "/phone/misbehaviours", "", nil)
		for of, table := range map[*answer][]namedDoc{
			&a: slices.Concat(docsOf(faultTable), docsOf(nodeFaultTable)), &misbehaviours: docsOf(misbehaviourTable),
		} {
			for _, row := range table {
				listed := strings.Contains(of.body, `"name":"`+row.Name+`","sentence":"`)
				if !listed || !strings.HasSuffix(row.Sentence, ".") {
					w.t.Errorf("%s is not listed with a sentence", row.Name)
				}
			}
		}
	})
}

func TestTooManyFaults(t *testing.T) {
	inWorld(t, func(w world) {
		for i := range maxUnknown {
			w.fault(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "silent")
		}
		const body = `{"faults":["silent"]}`
		for uuid, want := range map[string]int{"00000000-0000-4000-8000-999999999999": 507, unknownUUID: 200} {
			if got := w.do("PUT", "/faults/"+uuid, body, nil).status; got != want {
				w.t.Errorf("%s: got %d, want %d", uuid, got, want)
			}
		}
	})
}
