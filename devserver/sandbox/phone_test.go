package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPhoneStates(t *testing.T) {
	tests := []struct {
		name   string
		before func(w world, uuid string)
		act    string
		status int
		want   map[string]any // of the answer; account and txid only if signed
	}{
		{"open", nil, "open", 200, map[string]any{"state": "opened", "opened": true}},
		{"open again", func(w world, u string) { w.must(u, "open") }, "open", 200, map[string]any{"state": "opened", "opened": true}},
		{"accept", nil, "accept", 200, map[string]any{"state": "signed", "opened": true}},
		{"reject", nil, "reject", 200, map[string]any{"state": "rejected", "opened": true}},
		{"close before opening", nil, "close", 200, map[string]any{"state": "pending", "opened": false}},
		{"close", func(w world, u string) { w.must(u, "open") }, "close", 200, map[string]any{"state": "opened", "opened": true}},
		{"open in time, come back late", func(w world, u string) { w.must(u, "open"); time.Sleep(time.Hour) }, "open", 200, map[string]any{"state": "expired", "opened": true}},
		{"open late", func(w world, u string) { time.Sleep(time.Hour) }, "open", 410, map[string]any{"code": "expired"}},
		{"open when cancelled", func(w world, u string) { w.api("DELETE", "payload/"+u, "") }, "open", 410, map[string]any{"code": "cancelled"}},
		{"accept when signed", func(w world, u string) { w.must(u, "accept") }, "accept", 409, map[string]any{"code": "already-resolved"}},
		{"open when rejected", func(w world, u string) { w.must(u, "reject") }, "open", 409, map[string]any{"code": "already-resolved"}},
		{"unknown act", nil, "juggle", 404, map[string]any{"code": "unknown-act"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				if tt.before != nil {
					tt.before(w, uuid)
				}
				a := w.act(uuid, tt.act)
				got := a.json
				if tt.status != 200 {
					got = got["error"].(map[string]any)
				}
				if a.status != tt.status {
					t.Errorf("got %d %s, want %d", a.status, a.body, tt.status)
				}
				for key, want := range tt.want {
					if got[key] != want {
						t.Errorf("%s: got %v, want %v", key, got[key], want)
					}
				}
				if signed := got["state"] == "signed"; tt.status == 200 && (got["txid"] != "") != signed {
					t.Errorf("got txid %v in state %v", got["txid"], got["state"])
				}
			})
		})
	}
}

func TestPhoneErrors(t *testing.T) {
	tests := []struct {
		name, create, path, body string
		status                   int
		code                     string
	}{
		{"unknown payload", "", unknownUUID + "/open", "", 404, "not-found"},
		{"not a uuid", "", "nonsense/open", "", 404, "not-found"},
		{"body is not JSON", payment, "accept", "{", 400, "bad-body"},
		{"misbehaviour", payment, "accept", `{"misbehave":["wrong-amount","gremlins"]}`, 400, "unknown-misbehaviour"},
		{"unknown account", payment, "accept", `{"account":"rNobody"}`, 400, "unknown-account"},
		{"account that may not sign", `{"txjson":{"TransactionType":"SignIn"},"options":{"signers":["` + wallet[0].address + `"]}}`, "accept", `{"account":"` + wallet[1].address + `"}`, 409, "wrong-signer"},
		{"nobody may sign", `{"txjson":{"TransactionType":"SignIn"},"options":{"signers":["rrrrrrrrrrrrrrrrrrrrrhoLvTp"]}}`, "accept", "", 409, "wrong-signer"},
		{"type the codec lacks", `{"txjson":{"TransactionType":"URITokenMint","URI":"AB"}}`, "accept", "", 409, "cannot-sign"},
		{"claim without a channel", `{"txjson":{"TransactionType":"PaymentChannelAuthorize","Amount":"1"}}`, "accept", "", 409, "cannot-sign"},
		{"unknown network", `{"txjson":{"TransactionType":"SignIn"},"options":{"force_network":"MAINET"}}`, "accept", "", 409, "unknown-network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				path := tt.path
				if tt.create != "" {
					path = w.create(tt.create) + "/" + path
				}
				a := w.do("POST", "/phone/"+path, tt.body, nil)
				fault, _ := a.json["error"].(map[string]any)
				if a.status != tt.status || fault["code"] != tt.code || fault["message"] == "" {
					t.Errorf("got %d %s, want %d %s", a.status, a.body, tt.status, tt.code)
				}
			})
		})
	}
}

func TestPhoneChoosesAccount(t *testing.T) {
	tests := []struct {
		name, create, body string
		want               account
	}{
		{"the first", signIn, "", wallet[0]},
		{"as asked", signIn, `{"account":"` + wallet[1].address + `"}`, wallet[1]},
		{"the template's", `{"txjson":{"TransactionType":"SignIn","Account":"` + wallet[1].address + `"}}`, "", wallet[1]},
		{"asked, against the template", `{"txjson":{"TransactionType":"SignIn","Account":"` + wallet[1].address + `"}}`, `{"account":"` + wallet[0].address + `"}`, wallet[0]},
		{"the forced one", `{"txjson":{"TransactionType":"SignIn"},"options":{"signers":["` + wallet[1].address + `"]}}`, "", wallet[1]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(tt.create)
				a := w.do("POST", "/phone/"+uuid+"/accept", tt.body, nil)
				if a.json["account"] != tt.want.address {
					t.Errorf("got %s, want %s", a.body, tt.want.address)
				}
				time.Sleep(time.Second)
				r := w.get(uuid)["response"].(map[string]any)
				if r["signer"] != tt.want.address || r["signer_pubkey"] != tt.want.publicKey {
					t.Errorf("got response %s, want %v", show(r), tt.want)
				}
			})
		})
	}
}

func TestPhoneNetwork(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{"txjson":{"TransactionType":"Payment"},"options":{"force_network":"MAINNET"}}`)
		w.must(uuid, "accept")
		time.Sleep(time.Second)
		r := w.get(uuid)["response"].(map[string]any)
		if r["dispatched_nodetype"] != "MAINNET" || r["environment_nodetype"] != "MAINNET" || r["environment_networkid"] != 0.0 {
			t.Errorf("got %s, want MAINNET", show(r))
		}
	})
}

func TestMultisign(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{"txjson":{"TransactionType":"Payment","Account":"` + wallet[1].address + `"},"options":{"multisign":true,"signers":["` + wallet[0].address + `"]}}`)
		w.must(uuid, "accept")
		time.Sleep(time.Second)
		r := w.get(uuid)["response"].(map[string]any)
		if r["multisign_account"] != wallet[0].address || r["account"] != wallet[1].address || r["dispatched_to_node"] != false {
			t.Errorf("got %s", show(r))
		}
	})
}

func TestOpenedByDeeplink(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.do("GET", "/sign/"+uuid+"/qr", "", nil)
		w.must(uuid, "open")
		if got := w.get(uuid)["meta"].(map[string]any)["opened_by_deeplink"]; got != false {
			t.Errorf("after the platform's QR page: got %v, want false", got)
		}
	})
}

// Two phones have the payload open: the first to accept wins, also while it is still signing.
func TestFirstPhoneWins(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.must(uuid, "open")
		w.form(uuid, "act=accept")
		synctest.Wait()
		for _, act := range []string{"open", "accept", "reject", "close"} {
			if a := w.act(uuid, act); a.status != http.StatusConflict || !strings.Contains(a.body, `"busy"`) {
				t.Errorf("%s while signing: got %d %s", act, a.status, a.body)
			}
		}
	})
}

// The socket announces an outcome before the database shows it; the phone has its answer after that.
func TestPhoneIsAnsweredOnceTheDatabaseShows(t *testing.T) {
	for _, tt := range []struct {
		name, create string
		acts         []string // the last of them resolves
		faults       []string
		after        time.Duration
		heard        string
	}{
		{"accept", payment, []string{"accept"}, nil, 150 * time.Millisecond, "signed"},
		{"reject", payment, []string{"reject"}, nil, 150 * time.Millisecond, "rejected"},
		{"close of a sign-in", signIn, []string{"open", "close"}, nil, 150 * time.Millisecond, "rejected"},
		{"slow database", payment, []string{"accept"}, []string{"database-lag"}, 150*time.Millisecond + databaseLag, "signed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				resolved := func(uuid string) any { return w.get(uuid)["meta"].(map[string]any)["resolved"] }
				uuid := w.create(tt.create)
				w.fault(uuid, append(tt.faults, "no-opened", "no-pre-signed", "no-dispatched")...)
				l := w.listen(uuid)
				l.take()
				last := len(tt.acts) - 1
				w.must(uuid, tt.acts[:last]...)
				began, answered := time.Now(), make(chan answer)
				go func() { answered <- w.act(uuid, tt.acts[last]) }()
				l.expect(tt.heard)
				if got := resolved(uuid); got != false || !time.Now().Equal(began) {
					t.Errorf("as the socket says so: got resolved %v after %v", got, time.Since(began))
				}
				if a := <-answered; a.status != http.StatusOK || resolved(uuid) != true || time.Since(began) != tt.after {
					t.Errorf("got %d %s, resolved %v after %v, want it after %v", a.status, a.body, resolved(uuid), time.Since(began), tt.after)
				}
			})
		})
	}
}

// Whoever does not wait for the phone's answer has told it all the same.
func TestPhoneGoesOnAlone(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		ctx, leave := context.WithCancel(w.t.Context())
		r, err := http.NewRequestWithContext(ctx, "POST", base+"/phone/"+uuid+"/accept", nil)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Millisecond, leave)
		if res, err := w.client.Do(r); err == nil {
			t.Errorf("got %s, want no answer", res.Status)
		}
		time.Sleep(time.Second)
		if got := w.get(uuid)["meta"].(map[string]any)["signed"]; got != true {
			t.Errorf("got signed %v, want true", got)
		}
	})
}
