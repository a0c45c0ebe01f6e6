package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// answers are what a node says, by method; of account_info by account, too.
type answers map[string]string

// RoundTrip answers as a node does.
func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	var asked struct {
		Method string
		Params []struct{ Account string }
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	body, ok := a[asked.Method+" "+asked.Params[0].Account]
	if !ok {
		body = a[asked.Method]
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(body))}, nil
}

const (
	serverAnswer = `{"result":{"info":{"build_version":"2.6.0","complete_ledgers":"900-1005","network_id":1,
		"validated_ledger":{"age":2,"hash":"00","seq":1005}},"status":"success"}}`
	laterAnswer = `{"result":{"info":{"network_id":1,"validated_ledger":{"seq":1024}},"status":"success"}}`
)

func txAnswer(hash, delivered string) string {
	return `{"result":{"close_time_iso":"2026-01-05T10:00:30Z","hash":"` + hash + `","ledger_hash":"00",
		"ledger_index":1003,"meta":{"AffectedNodes":[],"TransactionIndex":3,"TransactionResult":"tesSUCCESS",
		"delivered_amount":` + delivered + `},"tx_json":{"Account":"` + secp + `","DeliverMax":"2500000",
		"Destination":"` + shop + `","DestinationTag":4711,"Fee":"12","TransactionType":"Payment","date":821000000},
		"status":"success","validated":true}}`
}

func accountAnswer(account, more, lists string) string {
	return `{"result":{"account_data":{"Account":"` + account + `","Balance":"10","Flags":0` + more + `},
		"account_flags":{"noFreeze":false},"ledger_hash":"00","ledger_index":1005,"signer_lists":` + lists + `,
		"status":"success","validated":true}}`
}

// scenario is a payload that is verified once the node has said all.
type scenario struct {
	name    string
	fixture *fixture
	node    answers
	needed  []string // fields whose absence says something by itself
}

func scenarios(t testing.TB) []scenario {
	token := payment(t)
	token.ask(strings.Replace(paymentTemplate, `"2500000"`, usd("42.1"), 1))
	token.tell(t, sign(t, secpSeed, paymentWith(tx{"Amount": document(t, usd("42.1"))})))

	unknown := payment(t)
	unknown.order.Ledger = 0

	regular := login(t)
	regular.tell(t, sign(t, edSeed, tx{"Account": secp}))

	const lists = `[{"Flags":0,"SignerListID":0,"SignerQuorum":2,"SignerEntries":[
		{"SignerEntry":{"Account":"` + secp + `","SignerWeight":1}},
		{"SignerEntry":{"Account":"` + ed + `","SignerWeight":1}}]}]`

	paid := func(f *fixture, delivered string) answers {
		return answers{
			"server_info": serverAnswer, "tx": txAnswer(f.payload.Response.TxID, delivered),
			"account_info": accountAnswer(secp, "", "[]"),
		}
	}
	all := []scenario{
		{"payment", payment(t), nil, nil},
		{"payment of a token", token, paid(token, usd("42.1")), nil},
		{"payment, ledger of the request not known", unknown, nil, nil},
		{"payment with another key", foreign(t), nil, nil},
		{"sign-in", login(t), nil, nil},
		{"sign-in with a regular key", regular, answers{
			"server_info": serverAnswer, "account_info": accountAnswer(secp, `,"RegularKey":"`+ed+`"`, "[]"),
		}, []string{"RegularKey"}},
		{"sign-in by several", pair(t), answers{
			"server_info":          serverAnswer,
			"account_info " + shop: accountAnswer(shop, "", lists),
			"account_info " + secp: accountAnswer(secp, "", "[]"),
			"account_info " + ed:   accountAnswer(ed, "", "[]"),
		}, nil},
		{"sign-in of an account that is not on the ledger", login(t), answers{
			"server_info": serverAnswer,
			"account_info": `{"result":{"account":"` + secp + `","error":"actNotFound","ledger_index":1005,
				"status":"error","validated":true}}`,
		}, nil},
	}
	for i, s := range all {
		if s.node == nil {
			all[i].node = paid(s.fixture, `"2500000"`)
		}
	}
	return all
}

// verdict gathers what the node says twice: as it is, and when it says all. Each verdict is on what was known by then.
func (s scenario) verdict(t testing.TB, spoilt answers) (then, later payload.Verdict) {
	t.Helper()
	f := *s.fixture
	f.evidence, _ = f.gather(t, ledger.NewClient("http://node.test", spoilt), Evidence{})
	then = Verdict(f.checks())
	f.evidence, _ = f.gather(t, ledger.NewClient("http://node.test", s.node), f.evidence)
	return then, Verdict(f.checks())
}

// fields finds the fields of a document.
var fields = regexp.MustCompile(`"(\w+)":`)

// spoil returns a document with another value in the place of its nth field, or, if that is "", without the field. What
// was there gets another name.
func spoil(text string, nth int, value string) string {
	at := fields.FindAllStringSubmatchIndex(text, -1)[nth]
	name := text[at[2]:at[3]]
	instead := `"was_` + name + `":`
	if value != "" {
		instead = `"` + name + `":` + value + "," + instead
	}
	return text[:at[0]] + instead + text[at[1]:]
}

// thin returns a document without some of its fields, chosen at random, but with those that are needed.
func thin(random *rand.Rand, text string, needed ...string) string {
	return fields.ReplaceAllStringFunc(text, func(field string) string {
		if random.IntN(8) > 0 || slices.Contains(needed, strings.Trim(field, `":`)) {
			return field
		}
		return `"was_` + field[1:]
	})
}

// kind returns a letter for the JSON type of a value.
func kind(value string) byte {
	switch first := value[0]; {
	case first == '-' || first >= '0' && first <= '9':
		return '0'
	case first == 'f':
		return 't'
	default:
		return first
	}
}

func document(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := decodeJSON([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// What a node leaves out, or says in another form than is understood, is waited for: it never ends in a final no, and
// it does not outlive the node's next answer.
func TestIncompleteAnswers(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			if then, _ := s.verdict(t, s.node); then != payload.VerdictVerified {
				t.Fatalf("got %s of complete answers", then)
			}
			wait := func(what string, spoilt answers) {
				t.Helper()
				then, later := s.verdict(t, spoilt)
				if then == payload.VerdictUnverified || later != payload.VerdictVerified {
					t.Errorf("%s: got %s, then %s, want no final no, and then %s", what, then, later, payload.VerdictVerified)
				}
			}
			random := rand.New(rand.NewPCG(1, 2))
			others := []string{`null`, `true`, `""`, `"x"`, `7`, `-1`, `{}`, `[]`, `["x"]`}
			for method, whole := range s.node {
				with := func(text string) answers {
					spoilt := maps.Clone(s.node)
					spoilt[method] = text
					return spoilt
				}
				for nth, at := range fields.FindAllStringSubmatchIndex(whole, -1) {
					name := whole[at[2]:at[3]]
					if slices.Contains(s.needed, name) {
						continue
					}
					other := others[random.IntN(len(others))]
					if kind(other) == kind(whole[at[1]:]) {
						other = `null`
					}
					wait(fmt.Sprintf("%s without %s", method, name), with(spoil(whole, nth, "")))
					wait(fmt.Sprintf("%s with %s for %s", method, other, name), with(spoil(whole, nth, other)))
				}
				for range 25 {
					text := thin(random, whole, s.needed...)
					wait(method+" answered with "+text, with(text))
				}
			}
			for _, body := range []string{
				``, `null`, `[]`, `{}`, `{"result":{}}`, `<html>`, `{"result":{"status":"error","error":"noNetwork"}}`,
				`{"result":{"status":"error","error":"txnNotFound"}}`, `{"result":{"status":"success"}}`,
			} {
				for method := range s.node {
					if strings.HasPrefix(method, "account_info") && strings.Contains(body, "txnNotFound") {
						continue // which is no answer to that
					}
					spoilt := maps.Clone(s.node)
					spoilt[method] = body
					wait(method+" answered with "+body, spoilt)
				}
			}
		})
	}
}

// Version 1 of a node's API has the same facts in other places. They prove nothing, and the checks say why.
func TestAnswersOfVersion1(t *testing.T) {
	pay, in := payment(t), login(t)
	tests := []struct {
		name    string
		fixture *fixture
		method  string
		body    string
	}{
		{"tx", pay, "tx", `{"result":{"Account":"` + secp + `","Amount":"2500000","DeliverMax":"2500000",
			"Destination":"` + shop + `","DestinationTag":4711,"TransactionType":"Payment","date":821000000,
			"hash":"` + pay.payload.Response.TxID + `","inLedger":1003,"ledger_index":1003,"status":"success","validated":true,
			"meta":{"TransactionResult":"tesSUCCESS","delivered_amount":"2500000"}}}`},
		{"account_info", in, "account_info", `{"result":{"ledger_index":1005,"status":"success","validated":true,
			"account_data":{"Account":"` + secp + `","Flags":0,"signer_lists":[]}}}`},
		{"refusal", pay, "tx", `{"result":{"error":"invalid_API_version","status":"error"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := ledger.NewClient("http://node.test", answers{"server_info": serverAnswer, tt.method: tt.body})
			e, err := tt.fixture.gather(t, node, Evidence{})
			if err == nil || !strings.Contains(err.Error(), "version 1") {
				t.Errorf("got %v, want it to name the version", err)
			}
			tt.fixture.evidence = e
			checks := tt.fixture.checks()
			told := slices.ContainsFunc(checks, func(c payload.Check) bool {
				return c.Outcome == payload.Pending && strings.Contains(c.Detail, "version 1")
			})
			if got := Verdict(checks); got != payload.VerdictChecking || !told {
				t.Errorf("got %s, want it checking and told why: %+v", got, checks)
			}
		})
	}
}

// That a transaction can never happen takes a node that says that it has looked everywhere.
func TestSearchedAnswers(t *testing.T) {
	const gone = `{"result":{"error":"txnNotFound","status":"error","searched_all":true}}`
	for _, tt := range []struct {
		name, server, tx string
		want             payload.Verdict
	}{
		{"searched all", laterAnswer, gone, payload.VerdictUnverified},
		{"not all", laterAnswer, strings.Replace(gone, "true", "false", 1), payload.VerdictChecking},
		{"not said", laterAnswer, strings.Replace(gone, `,"searched_all":true`, "", 1), payload.VerdictChecking},
		{"said of no range, by a node that is ahead of nothing", serverAnswer, gone, payload.VerdictChecking},
		{"no validated ledger", strings.Replace(laterAnswer, `"seq":1024`, `"hash":"00"`, 1), gone, payload.VerdictChecking},
		{"no network", strings.Replace(laterAnswer, `"network_id":1,`, "", 1), gone, payload.VerdictChecking},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			node := ledger.NewClient("http://node.test", answers{"server_info": tt.server, "tx": tt.tx})
			f.evidence, _ = f.gather(t, node, Evidence{})
			if got := Verdict(f.checks()); got != tt.want {
				t.Errorf("got %s, want %s: %+v", got, tt.want, f.checks())
			}
		})
	}
}
