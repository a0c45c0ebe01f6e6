package sandbox

import (
	"net/http"
	"strconv"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// nodeFault is a way for the ledger's node to err, or to be another than one would wish. A new one is a row in
// nodeFaultTable. Unlike a payload's they hold for whoever asks.
type nodeFault struct {
	name     string
	sentence string
	of       []string // the methods that it is about; empty for every method

	ask    func(c *rpc)               // changes the question
	answer func(c rpc, result fields) // changes the answer
	// refuse may answer instead of the node.
	refuse func(s *Sandbox, c rpc, w http.ResponseWriter, r *http.Request) (refused bool)
}

// Ledgers by which nodes are behind. The greater one is more than the twenty that a phone gives a engine.Transaction, so that
// a node that is ahead takes for impossible what one that is behind will still see.
const (
	fewLedgers  = 3
	manyLedgers = 60
)

var nodeFaultTable = []nodeFault{
	{
		name: "no-network-id", sentence: "server_info has no network_id.", of: []string{"server_info"},
		answer: within("info", func(info fields) { delete(info, "network_id") }),
	},
	{
		name: "other-network", of: []string{"server_info"},
		sentence: "server_info says that the node is on the network with id 2, Devnet.",
		answer:   within("info", func(info fields) { info["network_id"] = 2 }),
	},
	{
		name: "no-validated-ledger", of: []string{"server_info"},
		sentence: "server_info has no validated_ledger, and complete_ledgers is empty: the node has just started.",
		answer: within("info", func(info fields) {
			delete(info, "validated_ledger")
			info["complete_ledgers"], info["server_state"] = "empty", "connected"
		}),
	},
	{
		name: "history-with-gaps", sentence: "complete_ledgers lacks every tenth ledger.", of: []string{"server_info"},
		answer: func(c rpc, result fields) {
			result["info"].(fields)["complete_ledgers"] = withGaps(c.ledger.Oldest, c.newest)
		},
	},
	{
		name: "lagging", sentence: "The node is three ledgers behind.",
		ask: func(c *rpc) { c.lag(fewLedgers) },
	},
	{
		name: "several-nodes", of: []string{"tx", "account_info", "ledger"},
		sentence: "server_info comes from a node that is sixty ledgers ahead of the one that answers all else.",
		ask:      func(c *rpc) { c.lag(manyLedgers) },
	},
	{
		name: "version-1", sentence: "The node answers in the form of API version 1, whatever it is asked for.",
		ask: func(c *rpc) { c.v2 = false },
	},
	{
		name: "only-version-1", sentence: "The node refuses every other API version than 1, with status 400.",
		refuse: func(_ *Sandbox, c rpc, w http.ResponseWriter, _ *http.Request) bool {
			if c.v2 {
				http.Error(w, "invalid_API_version", http.StatusBadRequest)
			}
			return c.v2
		},
	},
	{
		name: "no-close-time-iso", sentence: "tx has no close_time_iso.", of: []string{"tx"},
		answer: func(_ rpc, result fields) { delete(result, "close_time_iso") },
	},
	{
		name: "no-meta", sentence: "tx has no meta.", of: []string{"tx"},
		answer: func(_ rpc, result fields) { delete(result, "meta") },
	},
	{
		name: "no-delivered-amount", sentence: "tx has no delivered_amount in its meta.", of: []string{"tx"},
		answer: within("meta", func(meta fields) { delete(meta, "delivered_amount") }),
	},
	{
		name: "no-ledger-index", sentence: "tx has no ledger_index.", of: []string{"tx"},
		answer: func(_ rpc, result fields) {
			delete(result, "ledger_index")
			within("tx_json", func(tx fields) { delete(tx, "ledger_index") })(rpc{}, result)
		},
	},
	{
		name: "no-validated", sentence: "Nothing says whether it is validated.",
		answer: func(_ rpc, result fields) { delete(result, "validated") },
	},
	{
		name: "no-hash", sentence: "tx does not name the transaction's hash.", of: []string{"tx"},
		answer: func(_ rpc, result fields) { delete(result, "hash") },
	},
	{
		name: "other-hash", sentence: "tx answers with the hash of another transaction.", of: []string{"tx"},
		answer: func(_ rpc, result fields) {
			if hash, ok := result["hash"].(string); ok {
				result["hash"] = engine.TxID(hash)
			}
		},
	},
	{
		name: "no-searched-all", sentence: "tx does not tell whether it has searched all ledgers.", of: []string{"tx"},
		answer: func(_ rpc, result fields) { delete(result, "searched_all") },
	},
	{
		// Clio compares with the ledgers that it has; rippled counts those with transactions that it finds in its database.
		name: "empty-ledgers-count-as-missing", of: []string{"tx"},
		sentence: "tx says that it has not searched all, as rippled does where one of the ledgers has no transactions.",
		answer: func(_ rpc, result fields) {
			if result["searched_all"] != nil {
				result["searched_all"] = false
			}
		},
	},
	{
		name: "busy", sentence: "The node answers with the error tooBusy.",
		answer: func(c rpc, result fields) {
			clear(result)
			result["status"], result["error"], result["error_code"] = "error", "tooBusy", 9
			result["error_message"] = "The server is too busy to help you now."
		},
	},
	{
		name: "error-page", sentence: "The node is behind a gateway that answers with status 502 and a page.",
		refuse: func(_ *Sandbox, _ rpc, w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, "<html>502 Bad Gateway</html>", http.StatusBadGateway)
			return true
		},
	},
	{
		name: "timeout", sentence: "The node never answers.",
		refuse: func(s *Sandbox, _ rpc, _ http.ResponseWriter, r *http.Request) bool {
			s.life.hang(r.Context())
			panic(http.ErrAbortHandler) // returning would answer
		},
	},
}

// lag has the call answered by a node that does not have the newest ledgers.
func (c *rpc) lag(ledgers uint32) { c.newest = max(c.ledger.Oldest, c.newest-ledgers) }

// within changes an object inside an answer, if it is there.
func within(name string, change func(fields)) func(rpc, fields) {
	return func(_ rpc, result fields) {
		if object, ok := result[name].(fields); ok {
			change(object)
		}
	}
}

func withGaps(oldest, newest uint32) string {
	var b []byte
	for first := oldest; first <= newest; first += 10 {
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, uint64(first), 10)
		b = append(b, '-')
		b = strconv.AppendUint(b, uint64(min(first+8, newest)), 10)
	}
	return string(b)
}
