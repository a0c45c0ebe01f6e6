package backend

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// awaitVerdict asks until nothing goes on in the background, for as long as it may take within a bubble.
func (s shop) awaitVerdict(a *attempt, b *browser) payload.Answer {
	a.Helper()
	answer := b.get()
	for range 100 {
		if answer.Final() {
			break
		}
		time.Sleep(firstAsk)
		synctest.Wait()
		answer = b.get()
	}
	return answer
}

// signed has a visitor order something and a phone sign it, and returns what becomes of it.
func (s shop) signed(a *attempt, demo string) payload.Answer {
	a.Helper()
	b := s.visitor(a)
	b.create(demo)
	s.platform.become(xaman.Meta{Resolved: true, Signed: true}, false)
	return s.awaitVerdict(a, b)
}

// refused fails the test unless a check of that name fails, in a final verdict without a result.
func (a *attempt) refused(answer payload.Answer, check string) {
	a.Helper()
	a.holds(answer.Verdict == payload.VerdictUnverified && answer.Result == (payload.Result{}),
		"got %s with %+v", answer.Verdict, answer.Result)
	a.holds(failed(answer) == check, "refused by %q, want %q: %s", failed(answer), check, outcomes(answer))
}

// genuine shows that the signatures that these tests have are good for a shop of a certain name with marks of zeros.
func (a *attempt) genuine(demo string) {
	a.Helper()
	if answer := newShop(a).signed(a, demo); answer.Verdict != payload.VerdictVerified {
		a.Fatalf("without the attack: %s", outcomes(answer))
	}
}

var replayAttacks = []attack{
	{"sign-in-of-another-site", "A phone hands in what its owner signed for another site.",
		bubble(func(a *attempt) {
			a.genuine("sign-in")
			s := newShop(a)
			s.origin = "http://bank.example"
			a.refused(s.signed(a, "sign-in"), api.CheckRequest)
		})},
	{"sign-in-of-yesterday", "A phone hands in what its owner signed for this site before.",
		bubble(func(a *attempt) {
			a.genuine("sign-in")
			s := newShop(a)
			s.random = rand.Reader
			a.refused(s.signed(a, "sign-in"), api.CheckRequest)
		})},
	{"payment-of-another-order", "A phone hands in what paid for another order of the same price.",
		bubble(func(a *attempt) {
			a.genuine("pay")
			s := newShop(a)
			s.random = rand.Reader
			a.refused(s.signed(a, "pay"), api.CheckRequest)
		})},
	{"payment-of-before", "A payment that was on the ledger before the order is claimed for it.",
		bubble(func(a *attempt) {
			a.genuine("pay")
			s := newShop(a)
			node := goodNode()
			node.tx["ledger_index"] = node.validated // of the moment in which the order was made
			s.Backend.networks = map[string]Network{testNetwork: {testNetworkID, ledger.NewClient("http://node.example", node)}}
			a.refused(s.signed(a, "pay"), api.CheckLedger)
		})},
	{"sign-in-for-a-payment", "A phone signs in, and says that it paid.", bubble(func(a *attempt) {
		a.genuine("pay")
		s := newShop(a)
		s.Backend = a.backend(changed{s.platform, func(p map[string]any) {
			p["response"].(map[string]any)["hex"] = signatures["SignIn"].blob
			p["response"].(map[string]any)["txid"] = signatures["SignIn"].txid
		}}, s.node, s.log)
		a.refused(s.signed(a, "pay"), api.CheckRequest)
	})},
	{"transaction-used-before", "A transaction that counted for one request is handed in for another.",
		bubble(func(a *attempt) {
			a.genuine("pay")
			s := newShop(a)
			other := payload.UUID("00000000-0000-4000-8000-000000000000")
			if !s.claims(a, other, signatures["Payment"].txid) {
				a.Fatal("it cannot be claimed once")
			}
			a.refused(s.signed(a, "pay"), api.CheckSingleUse)
		})},
	{"used-twice-at-once", "Two requests claim one transaction in the same moment.", func(a *attempt) {
		s := newShop(a)
		claims := make(chan bool, 8)
		for i := range cap(claims) {
			uuid := payload.UUID("00000000-0000-4000-8000-00000000000" + string(rune('0'+i)))
			go func() {
				claims <- s.claims(a, uuid, "TXID")
			}()
		}
		booked := 0
		for range cap(claims) {
			if <-claims {
				booked++
			}
		}
		a.holds(booked == 1, "it counts %d times", booked)
	}},
	{"webhook-again", "A webhook is sent again, to have the platform asked without end.",
		bubble(func(a *attempt) {
			s := newShop(a)
			s.platform.change(func() { s.platform.meta = xaman.Meta{Resolved: true, Signed: true} })
			b := s.visitor(a)
			b.create("pay")
			for range 50 {
				b.other().do(webhook(testUUID, "null"))
				synctest.Wait()
			}
			a.holds(s.platform.calls.Load() <= 3, "%d calls to the platform", s.platform.calls.Load())
		})},
	webhookAttack("webhook-of-yesterday", "A webhook that was sent before is sent again later.",
		func(r *http.Request, _ *[]byte) {
			time.Sleep(24 * time.Hour)
		}),
	webhookAttack("webhook-of-tomorrow", "A webhook is dated ahead, to be good for longer.",
		func(r *http.Request, body *[]byte) {
			r.Header = signedWebhook(string(*body), time.Now().Add(24*time.Hour)).Header
		}),
	webhookAttack("webhook-with-another-body", "The body of a webhook is another than the signed one.",
		func(_ *http.Request, body *[]byte) {
			*body = bytes.Replace(*body, []byte("null"), []byte(`{"user_token":"T"}`), 1)
		}),
	webhookAttack("webhook-without-a-signature", "A webhook is not signed.", func(r *http.Request, _ *[]byte) {
		r.Header.Del("X-Xumm-Request-Signature")
	}),
	webhookAttack("webhook-with-an-empty-signature", "A webhook is signed with nothing.",
		func(r *http.Request, _ *[]byte) {
			r.Header.Set("X-Xumm-Request-Signature", "")
		}),
	webhookAttack("webhook-with-half-a-signature", "A webhook has the first half of its signature.",
		func(r *http.Request, _ *[]byte) {
			whole := r.Header.Get("X-Xumm-Request-Signature")
			r.Header.Set("X-Xumm-Request-Signature", whole[:len(whole)/2])
		}),
	webhookAttack("webhook-with-a-moved-border", "A digit of the time moves into the signed body.",
		func(r *http.Request, body *[]byte) {
			timestamp := r.Header.Get("X-Xumm-Request-Timestamp")
			r.Header.Set("X-Xumm-Request-Timestamp", timestamp[:len(timestamp)-1])
			*body = append([]byte(timestamp[len(timestamp)-1:]), *body...)
		}),
	webhookAttack("webhook-of-another-application", "Another application signs a webhook.",
		func(r *http.Request, body *[]byte) {
			timestamp := r.Header.Get("X-Xumm-Request-Timestamp")
			mac := hmac.New(sha1.New, []byte(strings.Replace(sandbox.Secret, "-", "", 1)))
			mac.Write([]byte(timestamp + string(*body)))
			r.Header.Set("X-Xumm-Request-Signature", hex.EncodeToString(mac.Sum(nil)))
		}),
}

// webhookAttack changes a good webhook. Nothing may come of it.
func webhookAttack(name, how string, change func(*http.Request, *[]byte)) attack {
	return attack{name, how, bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("sign-in")
		if w := b.other().do(webhook(testUUID, "null")); w.Code != http.StatusOK {
			a.Fatalf("without the attack: %d %s", w.Code, w.Body)
		}
		synctest.Wait()
		r := webhook(testUUID, "null")
		body, err := io.ReadAll(r.Body)
		if err != nil {
			a.Fatal(err)
		}
		change(r, &body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		calls := s.platform.calls.Load()
		w := b.other().do(r)
		synctest.Wait()
		a.holds(w.Code == http.StatusUnauthorized, "got %d %s", w.Code, w.Body)
		a.holds(s.platform.calls.Load() == calls, "the platform was asked")
	})}
}

// changed is a platform whose answer about a payload is changed on the way.
type changed struct {
	http.RoundTripper
	change func(map[string]any)
}

func (c changed) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.RoundTripper.RoundTrip(r)
	if err != nil || r.Method != "GET" || res.StatusCode != http.StatusOK {
		return res, err
	}
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	c.change(answer)
	return reply(res.StatusCode, toJSON(answer)), nil
}

// impostorAttacks are payloads that are about something else than the order.
func impostorAttacks() []attack {
	const other = "00000000-0000-4000-8000-000000000000"
	rows := []struct {
		name, how string
		part, key string // in the platform's answer
		value     any
		check     string // that fails; what is missing is waited for
	}{
		{"payload-of-another-request", "The answer is about another payload.", "meta", "uuid", other, api.CheckOwner},
		{"payload-of-another-application", "The payload belongs to another application.",
			"application", "uuidv4", other, api.CheckOwner},
		{"payload-with-another-identifier", "The payload carries another identifier.",
			"custom_meta", "identifier", "another", api.CheckOwner},
		{"payload-for-less", "The payload asks for less than the order.", "payload", "request_json",
			map[string]any{"TransactionType": "Payment", "Destination": testShop, "DestinationTag": 4711, "Amount": "1"},
			api.CheckRequest},
		{"payload-for-a-sign-in", "The payload asks for a sign-in instead of a payment.",
			"payload", "tx_type", "SignIn", api.CheckRequest},
		{"payload-that-is-cancelled", "The payload is signed and cancelled.",
			"meta", "cancelled", true, api.CheckResolved},
		{"account-of-a-victim", "The phone names an account that has not signed.",
			"response", "account", testShop, api.CheckSigner},
		{"signer-of-a-victim", "The phone names one of several signers that has not signed.",
			"response", "multisign_account",
			testShop, api.CheckSigner},
		{"network-of-play-money", "The phone submitted on another network.",
			"response", "dispatched_nodetype", "DEVNET", api.CheckNetwork},
		{"environment-of-play-money", "The phone was on another network while signing.",
			"response", "environment_nodetype", "DEVNET", api.CheckNetwork},
		{"network-by-number", "The number of the network is another's.",
			"response", "environment_networkid", 21338, api.CheckNetwork},
		{"no-signature", "The payload is called signed, and has no signature.",
			"response", "hex", "", wait},
		{"nonsense-for-a-signature", "The signature is no transaction.",
			"response", "hex", "DEADBEEF", api.CheckSignature},
		{"endless-transaction", "The transaction nests without end.",
			"response", "hex", strings.Repeat("F9EA", 30_000), api.CheckSignature},
		{"hash-of-another-transaction", "The hash is another transaction's.",
			"response", "txid", strings.Repeat("0", 64), api.CheckTxID},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, bubble(func(a *attempt) {
			a.genuine("pay")
			s := newShop(a)
			s.Backend = a.backend(changed{s.platform, func(p map[string]any) {
				p[row.part].(map[string]any)[row.key] = row.value
			}}, s.node, s.log)
			answer := s.signed(a, "pay")
			if row.check != wait {
				a.refused(answer, row.check)
				return
			}
			a.holds(answer.Verdict == payload.VerdictChecking, "got %s: %s", answer.Verdict, outcomes(answer))
		})})
	}
	return all
}

// wait is the name of no check: nothing fails, and nothing is verified.
const wait = ""
