package backend

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// wireNode is a node as it is on the wire: what it answers to each method.
type wireNode struct {
	validated         int // newest ledger; one more each time that it is asked
	info, account, tx map[string]any
	answer            func(host, method string) *http.Response // in place of all that, unless it returns nil
}

// goodNode has the payment in a ledger after the one in which the order was made.
func goodNode() *wireNode {
	return &wireNode{
		validated: 1000,
		info:      map[string]any{"network_id": testNetworkID},
		account: map[string]any{"validated": true, "ledger_index": 1005, "signer_lists": []any{},
			"account_data": map[string]any{"Account": testAccount, "Flags": 0}},
		tx: map[string]any{
			"hash": signatures["Payment"].txid, "validated": true, "ledger_index": 1006,
			"close_time_iso": time.Now().UTC().Format(time.RFC3339),
			"tx_json": map[string]any{
				"TransactionType": "Payment", "Account": testAccount, "Destination": testShop, "DestinationTag": 4711,
			},
			"meta": map[string]any{"TransactionResult": "tesSUCCESS", "delivered_amount": "2500000"},
		},
	}
}

func (n *wireNode) RoundTrip(r *http.Request) (*http.Response, error) {
	var asked struct{ Method string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	if n.answer != nil {
		if res := n.answer(r.URL.Host, asked.Method); res != nil {
			return res, nil
		}
	}
	result := n.tx
	switch asked.Method {
	case "server_info":
		n.info["validated_ledger"] = map[string]any{"seq": n.validated}
		n.validated++
		result = map[string]any{"info": n.info}
	case "account_info":
		result = n.account
	}
	if result == nil {
		return nil, io.ErrUnexpectedEOF
	}
	if result["status"] == nil {
		result["status"] = "success"
	}
	return reply(http.StatusOK, toJSON(map[string]any{"result": result})), nil
}

// nodeAttacks are answers of the site's own node, or of who stands between. A lie fails, and what is missing is waited
// for: money that was paid must not be lost.
func nodeAttacks() []attack {
	meta := func(n *wireNode) map[string]any { return n.tx["meta"].(map[string]any) }
	content := func(n *wireNode) map[string]any { return n.tx["tx_json"].(map[string]any) }
	always := func(body string) func(*wireNode) {
		return func(n *wireNode) {
			n.answer = func(host, method string) *http.Response {
				if method != "tx" {
					return nil
				}
				return reply(http.StatusOK, body)
			}
		}
	}
	rows := []struct {
		name, how string
		change    func(*wireNode)
		check     string // that fails
	}{
		{"node-of-play-money", "The node is on another network.",
			func(n *wireNode) { n.info["network_id"] = 2 }, api.CheckNetwork},
		{"node-without-a-network", "The node does not say on which network it is.",
			func(n *wireNode) { delete(n.info, "network_id") }, wait},
		{"network-in-words", "The node names its network in a way that nobody knows.",
			func(n *wireNode) { n.info["network_id"] = "testnet" }, wait},
		{"failed-transaction", "The transaction only cost its fee.",
			func(n *wireNode) { meta(n)["TransactionResult"] = "tecPATH_DRY" }, api.CheckLedger},
		{"delivered-a-drop", "One drop was delivered.",
			func(n *wireNode) { meta(n)["delivered_amount"] = "1" }, api.CheckDelivered},
		{"delivered-another-currency", "Tokens of the payer's own were delivered.", func(n *wireNode) {
			meta(n)["delivered_amount"] = map[string]any{"value": "2500000", "currency": "XRX", "issuer": testAccount}
		}, api.CheckDelivered},
		{"delivered-a-negative-amount", "Less than nothing was delivered.",
			func(n *wireNode) { meta(n)["delivered_amount"] = "-2500000" }, wait},
		{"delivered-unavailable", "The node does not say what was delivered.",
			func(n *wireNode) { meta(n)["delivered_amount"] = "unavailable" }, wait},
		{"delivered-is-missing", "Only the transaction's own amount is there, which is a limit.",
			func(n *wireNode) {
				delete(meta(n), "delivered_amount")
				content(n)["Amount"] = "2500000"
			}, wait},
		{"not-validated", "The transaction is in a ledger that may not come to be.",
			func(n *wireNode) { n.tx["validated"] = false }, wait},
		{"nearly-validated", "The node writes a text where true should be.",
			func(n *wireNode) { n.tx["validated"] = "true" }, wait},
		{"no-result", "The node does not say how the transaction ended.",
			func(n *wireNode) { delete(n.tx, "meta") }, wait},
		{"other-transaction", "The node answers about another transaction.",
			func(n *wireNode) { n.tx["hash"] = strings.Repeat("0", 64) }, wait},
		{"other-payee", "The node says that somebody else was paid.",
			func(n *wireNode) { content(n)["Destination"] = testAccount }, api.CheckDelivered},
		{"other-tag", "The node says that another customer was paid for.",
			func(n *wireNode) { content(n)["DestinationTag"] = 1 }, api.CheckDelivered},
		{"no-ledger", "The node does not say in which ledger the transaction is.",
			func(n *wireNode) { delete(n.tx, "ledger_index") }, wait},
		{"not-found-yet", "The node is behind, and knows nothing of the payment.", func(n *wireNode) {
			n.tx = map[string]any{"status": "error", "error": "txnNotFound"}
		}, wait},
		{"silent-node", "The node does not answer.", func(n *wireNode) { n.tx = nil }, wait},
		{"page-of-a-proxy", "A page stands where the answer should.", always("<html>Welcome"), wait},
		{"deep-answer-of-a-node", "The answer nests a million deep.",
			always(strings.Repeat(`{"result":`, 1_000_000)), wait},
		{"endless-answer-of-a-node", "The answer is larger than any.",
			always(`{"result":{"status":"success","x":"` + strings.Repeat("x", 2<<20) + `"}}`), wait},
		{"redirect-to-a-friendly-node", "The answer leads to a node that says what one wants to hear.",
			func(n *wireNode) {
				n.answer = func(host, method string) *http.Response {
					if host == "friendly.example" {
						return nil
					}
					res := reply(http.StatusTemporaryRedirect, "")
					res.Header.Set("Location", "http://friendly.example/")
					return res
				}
			}, wait},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, bubble(func(a *attempt) {
			answer := a.judgedBy("pay", row.change)
			if row.check != wait {
				a.refused(answer, row.check)
				return
			}
			a.holds(answer.Verdict == payload.VerdictChecking, "got %s: %s", answer.Verdict, outcomes(answer))
		})})
	}
	// Of a payment the ledger has judged the signature. Of a sign-in nobody has but this server.
	return append(all,
		attack{"locked-key", "A key signs in that the account has locked since.", bubble(func(a *attempt) {
			a.refused(a.judgedBy("sign-in", func(n *wireNode) {
				n.account["account_data"].(map[string]any)["Flags"] = 0x00100000
			}), api.CheckSigner)
		})},
		attack{"keys-of-another", "The node answers about the keys of another account.", bubble(func(a *attempt) {
			answer := a.judgedBy("sign-in", func(n *wireNode) {
				n.account["account_data"].(map[string]any)["Account"] = testShop
			})
			a.holds(answer.Verdict == payload.VerdictChecking, "got %s: %s", answer.Verdict, outcomes(answer))
		})},
		attack{"keys-of-tomorrow", "The node answers about a ledger that may not come to be.",
			bubble(func(a *attempt) {
				answer := a.judgedBy("sign-in", func(n *wireNode) { n.account["validated"] = false })
				a.holds(answer.Verdict == payload.VerdictChecking, "got %s: %s", answer.Verdict, outcomes(answer))
			})},
	)
}

// judgedBy is what becomes of something signed in the first seconds, with a node that was changed after the order was
// made. Without the change it is verified.
func (a *attempt) judgedBy(demo string, change func(*wireNode)) payload.Answer {
	a.Helper()
	with := func(change func(*wireNode)) payload.Answer {
		s, n := newShop(a), goodNode()
		s.Backend.networks = map[string]Network{testNetwork: {testNetworkID, ledger.NewClient("http://node.example", n)}}
		b := s.visitor(a)
		b.create(demo)
		change(n)
		s.platform.become(signedMeta, false)
		b.get()
		time.Sleep(time.Second)
		return b.get()
	}
	if answer := with(func(*wireNode) {}); answer.Verdict != payload.VerdictVerified {
		a.Fatalf("without the attack: %s", outcomes(answer))
	}
	return with(change)
}
