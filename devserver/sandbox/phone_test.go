package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What the phone answers: status, state and whether the payload was opened, or status and code.
func TestPhoneStates(t *testing.T) {
	type act struct{ before, act, want string }
	inWorlds(t, map[string]act{
		"open":                           {"", "open", "200 opened true"},
		"open again":                     {"open", "open", "200 opened true"},
		"accept":                         {"", "accept", "200 signed true"},
		"reject":                         {"", "reject", "200 rejected true"},
		"close before opening":           {"", "close", "200 pending false"},
		"close":                          {"open", "close", "200 opened true"},
		"open in time, come back late":   {"open hour", "open", "200 expired true"},
		"open late":                      {"hour", "open", "410 expired"},
		"accept late":                    {"hour", "accept", "410 expired"},
		"reject late":                    {"hour", "reject", "410 expired"},
		"open when cancelled":            {"cancel", "open", "410 cancelled"},
		"accept when signed":             {"accept", "accept", "409 already-resolved"},
		"open when rejected":             {"reject", "open", "409 already-resolved"},
		"neither open, reject nor close": {"", "juggle", "404 unknown-act"},
	}, func(w world, c act) {
		uuid := w.create(payment)
		w.must(uuid, strings.Fields(c.before)...)
		a := w.act(uuid, c.act)
		got := fmt.Sprint(a.status, " ", pick(a.json, "error.code"))
		if a.status == http.StatusOK {
			got = fmt.Sprint(a.status, " ", pick(a.json, "state opened"))
			if signed := a.json["state"] == "signed"; (a.json["txid"] != "") != signed {
				w.t.Errorf("got txid %v in state %v", a.json["txid"], a.json["state"])
			}
		}
		if got != c.want {
			w.t.Errorf("got %s, want %s", got, c.want)
		}
		if c.before == "hour" && pick(w.get(uuid), "meta.app_opened meta.opened_by_deeplink") != "false <nil>" {
			w.t.Error("opening too late counts")
		}
	})
}

func TestPhoneErrors(t *testing.T) {
	type call struct{ create, path, body, want string }
	signers := func(who string) string { return signInWith(`"options":{"signers":["` + who + `"]}`) }
	inWorlds(t, map[string]call{
		"unknown payload":  {"", unknownUUID + "/open", "", "404 not-found"},
		"not a uuid":       {"", "nonsense/open", "", "404 not-found"},
		"body is not JSON": {payment, "accept", "{", "400 bad-body"},
		"misspelt":         {payment, "accept", `{"misbehavior":["wrong-amount"]}`, "400 bad-body"},
		"misbehaviour":     {payment, "accept", `{"misbehave":["wrong-amount","gremlins"]}`, "400 unknown-misbehaviour"},
		"unknown account":  {payment, "accept", `{"account":"rNobody"}`, "400 unknown-account"},
		"account that may not sign": {
			signers(wallet[0].address), "accept", `{"account":"` + address + `"}`, "409 wrong-signer",
		},
		"nobody may sign":      {signers("rrrrrrrrrrrrrrrrrrrrrhoLvTp"), "accept", "", "409 wrong-signer"},
		"type the codec lacks": {asking("URITokenMint", `"URI":"AB"`), "accept", "", "409 cannot-sign"},
		"claim without a channel": {
			asking("PaymentChannelAuthorize", `"Amount":"1"`), "accept", "", "409 cannot-sign",
		},
		"unknown network": {signInWith(`"options":{"force_network":"MAINET"}`), "accept", "", "409 unknown-network"},
		"unknown network, by number, against the one that is forced": {
			strings.Replace(payWith(`"NetworkID":99999`), `{`, `{"options":{"force_network":"MAINNET"},`, 1), "accept", "",
			"409 unknown-network",
		},
	}, func(w world, c call) {
		path := c.path
		if c.create != "" {
			path = w.create(c.create) + "/" + path
		}
		a := w.do("POST", "/phone/"+path, c.body, nil)
		got := fmt.Sprint(a.status, " ", pick(a.json, "error.code"))
		if got != c.want || pick(a.json, "error.message") == "" {
			w.t.Errorf("got %d %s, want %s", a.status, a.body, c.want)
		}
	})
}

// Who signs, where, and how the phone came to the payload.
func TestPhoneSigns(t *testing.T) {
	pushed := signInWith(`"user_token":"` + tokenMark + `"`)
	const signer, origin = "response.signer", "payload.origintype meta.opened_by_deeplink"
	everyday, savings := wallet[0].address, wallet[1].address
	accountIs := `{"txjson":{"TransactionType":"SignIn","Account":"` + savings + `"}}`
	type signing struct{ create, acts, body, paths, want string }
	inWorlds(t, map[string]signing{
		"with the first account":      {signIn, "", "", signer, everyday},
		"as asked":                    {signIn, "", `{"account":"` + savings + `"}`, signer, savings},
		"with the template's":         {accountIs, "", "", signer, savings},
		"asked, against the template": {accountIs, "", `{"account":"` + everyday + `"}`, signer, everyday},
		"with the one that may":       {signInWith(`"options":{"signers":["` + savings + `"]}`), "", "", signer, savings},
		"after a link":                {signIn, "", "", origin, "DEEP_LINK true"},
		"after a look at the QR page": {signIn, "qr", "", origin, "QR false"},
		"after a push":                {pushed, "", "", origin, "PUSH_NOTIFICATION true"},
		"on the network asked for": {
			`{"txjson":{"TransactionType":"Payment"},"options":{"force_network":"MAINNET"}}`, "", "",
			"response.dispatched_nodetype response.environment_nodetype response.environment_networkid", "MAINNET MAINNET 0",
		},
		"at a fee that the ledger takes": {
			asking("AccountDelete", `"Destination":"`+address+`"`), "", "", "response.dispatched_result", "tesSUCCESS",
		},
		"for somebody else, as one of several": {
			`{"txjson":{"TransactionType":"Payment","Account":"` + savings + `"},` +
				`"options":{"multisign":true,"signers":["` + everyday + `"]}}`, "", "",
			"response.multisign_account response.account response.dispatched_to_node", everyday + " " + savings + " false",
		},
	}, func(w world, c signing) {
		uuid := w.create(strings.ReplaceAll(c.create, tokenMark, w.token()))
		w.must(uuid, strings.Fields(c.acts)...)
		if a := w.do("POST", "/phone/"+uuid+"/accept", c.body, nil); a.status != http.StatusOK {
			w.t.Fatalf("got %d %s", a.status, a.body)
		}
		if got := pick(w.get(uuid), c.paths); got != c.want {
			w.t.Errorf("got %s, want %s", got, c.want)
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
			if a := w.act(uuid, act); a.status != http.StatusConflict || pick(a.json, "error.code") != "busy" {
				w.t.Errorf("%s while signing: got %d %s", act, a.status, a.body)
			}
		}
	})
}

// The socket announces an outcome before the database shows it; the phone has its answer after that.
func TestPhoneIsAnsweredOnceTheDatabaseShows(t *testing.T) {
	const lag = 150 * time.Millisecond
	type resolving struct {
		create, before, act string
		faults              []string
		after               time.Duration
		heard               string
	}
	inWorlds(t, map[string]resolving{
		"accept":             {payment, "", "accept", nil, lag, "signed"},
		"reject":             {payment, "", "reject", nil, lag, "rejected"},
		"close of a sign-in": {signIn, "open", "close", nil, lag, "rejected"},
		"slow database":      {payment, "", "accept", []string{"database-lag"}, lag + databaseLag, "signed"},
	}, func(w world, c resolving) {
		resolved := func(uuid string) string { return pick(w.get(uuid), "meta.resolved") }
		uuid := w.create(c.create)
		w.fault(uuid, append(c.faults, "no-opened", "no-pre-signed", "no-dispatched")...)
		l := w.listen(uuid)
		l.take()
		w.must(uuid, strings.Fields(c.before)...)
		began, answered := time.Now(), make(chan answer)
		go func() { answered <- w.act(uuid, c.act) }()
		l.expect(c.heard)
		if got := resolved(uuid); got != "false" || !time.Now().Equal(began) {
			w.t.Errorf("as the socket says so: got resolved %v after %v", got, time.Since(began))
		}
		a := <-answered
		if a.status != http.StatusOK || resolved(uuid) != "true" || time.Since(began) != c.after {
			w.t.Errorf("got %d %s, resolved %v after %v, want it after %v",
				a.status, a.body, resolved(uuid), time.Since(began), c.after)
		}
	})
}

// Whoever does not wait for the phone's answer has told it all the same.
func TestPhoneGoesOnAlone(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		if a, err := w.try(time.Millisecond, "POST", "/phone/"+uuid+"/accept", "", nil); err == nil {
			w.t.Errorf("got %d, want no answer", a.status)
		}
		time.Sleep(time.Second)
		if got := pick(w.get(uuid), "meta.signed"); got != "true" {
			w.t.Errorf("got signed %v, want true", got)
		}
	})
}
