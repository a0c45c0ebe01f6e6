package sandbox

import (
	"strings"
	"testing"
	"time"
)

// What the wire says last of what somebody does.
func TestWireOfFaults(t *testing.T) {
	do := map[string]func(w world, uuid string){
		"listen": func(w world, uuid string) { w.listen(uuid).take() },
		"dial":   func(w world, uuid string) { w.dial(uuid) },
		"get": func(w world, uuid string) {
			w.try(time.Second, "GET", "/api/v1/platform/payload/"+uuid, "", credentials(Key, Secret))
		},
		"tx": func(w world, uuid string) {
			hash := w.payload(uuid).Outcome.Signature.TxID
			w.try(time.Second, "POST", "/ledger", `{"method":"tx","params":[{"transaction":"`+hash+`"}]}`, nil)
		},
		"cheat": func(w world, uuid string) {
			w.do("POST", "/phone/"+uuid+"/accept", `{"misbehave":["claims-success"]}`, nil)
		},
	}
	type row struct {
		faults string // of the payload, or of the node
		acts   string
		want   string
	}
	inWorlds(t, map[string]row{
		"fault": {"silent no-opened", "", "platform>platform fault: silent\nplatform>platform fault: no-opened"},
		"cut connection": {
			"drop-after-opened", "listen open",
			"platform>page socket: opened\nplatform>page socket: cuts the connection\npage>platform socket: is gone",
		},
		"closed connection": {
			"close-with-code", "listen open", "closes the connection with code 1001\npage>platform socket: is gone",
		},
		"connection closed without a code": {
			"close-without-code", "listen open", "closes the connection\npage>platform socket: is gone",
		},
		"refused connection": {
			"refused", "dial", "page>platform socket: connects\nplatform>page socket: no connection",
		},
		"lost message": {"no-opened", "listen open", "phone>platform phone: open"},
		"false message": {
			"forge-signed", "listen", "socket: resolved: signed\nplatform>page socket: expires_in_seconds: 60",
		},
		"message that is no JSON": {"not-json", "listen open", "socket: opened\nplatform>page socket: a message"},
		"large message": {
			"large-frame", "listen", "a large message\nplatform>page socket: expires_in_seconds: 60",
		},
		"message with more keys": {
			"unknown-keys", "listen open", "phone>platform phone: open\nplatform>page socket: opened",
		},
		"refused call":           {"rest-429", "get", "platform>site rest: 429 Too Many Requests"},
		"call without an answer": {"rest-timeout", "get", "platform>site rest: no answer"},
		"node that errs":         {"busy", "accept tx", "site>node node: tx {hash}\nnode>site node: 200 OK"},
		"node behind a gateway":  {"error-page", "accept tx", "node>site node: 502 Bad Gateway"},
		"node without an answer": {"timeout", "accept tx", "node>site node: no answer"},
		"phone that declines":    {"", "open reject", "phone>platform phone: open\nphone>platform phone: reject"},
		"phone that cheats": {
			"", "listen cheat", "dispatched\nphone>platform phone: signed\nplatform>page socket: resolved: signed",
		},
		"phone that is late": {
			"", "minute second open",
			"phone>platform phone: open\nplatform>phone phone: the payload expired before it was opened",
		},
	}, func(w world, c row) {
		uuid := w.create(payment)
		of := uuid
		if _, err := choose(nodeFaultTable, strings.Fields(c.faults)); err == nil {
			of = theNode
		}
		w.fault(of, strings.Fields(c.faults)...)
		for act := range strings.FieldsSeq(c.acts) {
			if special := do[act]; special != nil {
				special(w, uuid)
			} else if act == "open" {
				w.act(uuid, act) // which may be refused
			} else {
				w.must(uuid, act)
			}
		}
		got := inWords(w.said(uuid), uuid)
		if o := w.payload(uuid).Outcome; o != nil && o.Signed {
			got = strings.ReplaceAll(got, o.Signature.TxID, "{hash}")
		}
		if !strings.HasSuffix(got, c.want+"\n") {
			w.t.Errorf("got\n%s\nwant at the end\n%s", got, c.want)
		}
	})
}
