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

// Ledgers by which nodes are behind. The greater one is more than the twenty that a phone gives a transaction, so that
// a node that is ahead takes for impossible what one that is behind will still see.
const (
	fewLedgers  = 3
	manyLedgers = 60
)

var (
	ofTx   = []string{"tx"}
	ofInfo = []string{"server_info"}
)

var nodeFaultTable = []nodeFault{
	{
		name: "no-network-id", sentence: "server_info has no network_id.", of: ofInfo,
		answer: without("network_id", "info"),
	},
	{
		name: "other-network", sentence: "server_info says that the node is on the network with id 2, Devnet.", of: ofInfo,
		answer: within("info", func(_ rpc, info fields) { info["network_id"] = 2 }),
	},
	{
		name: "no-validated-ledger", of: ofInfo,
		sentence: "server_info has no validated_ledger, and complete_ledgers is empty: the node has just started.",
		answer: within("info", func(_ rpc, info fields) {
			delete(info, "validated_ledger")
			info["complete_ledgers"], info["server_state"] = "empty", "connected"
		}),
	},
	{
		name: "history-with-gaps", sentence: "complete_ledgers lacks every tenth ledger.", of: ofInfo,
		answer: within("info", func(c rpc, info fields) {
			info["complete_ledgers"] = withGaps(c.ledger.Oldest, c.newest)
		}),
	},
	{name: "lagging", sentence: "The node is three ledgers behind.", ask: lag(fewLedgers)},
	{
		name: "several-nodes", of: []string{"tx", "account_info", "ledger"}, ask: lag(manyLedgers),
		sentence: "server_info comes from a node that is sixty ledgers ahead of the one that answers all else.",
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
	{name: "no-close-time-iso", sentence: "tx has no close_time_iso.", of: ofTx, answer: without("close_time_iso")},
	{name: "no-meta", sentence: "tx has no meta.", of: ofTx, answer: without("meta")},
	{
		name: "no-delivered-amount", sentence: "tx has no delivered_amount in its meta.", of: ofTx,
		answer: without("delivered_amount", "meta"),
	},
	{
		name: "no-ledger-index", sentence: "tx has no ledger_index.", of: ofTx,
		answer: without("ledger_index", "tx_json"),
	},
	{name: "no-validated", sentence: "Nothing says whether it is validated.", answer: without("validated")},
	{name: "no-hash", sentence: "tx does not name the transaction's hash.", of: ofTx, answer: without("hash")},
	{
		name: "other-hash", sentence: "tx answers with the hash of another transaction.", of: ofTx,
		answer: func(_ rpc, result fields) {
			if hash, ok := result["hash"].(string); ok {
				result["hash"] = engine.TxID(hash)
			}
		},
	},
	{
		name: "no-searched-all", sentence: "tx does not tell whether it has searched all ledgers.", of: ofTx,
		answer: without("searched_all"),
	},
	{
		// Clio compares with the ledgers that it has; rippled counts those with transactions that it finds in its
		// database.
		name: "empty-ledgers-count-as-missing", of: ofTx,
		sentence: "tx says that it has not searched all, as rippled does where one of the ledgers has no transactions.",
		answer: func(_ rpc, result fields) {
			if result["searched_all"] != nil {
				result["searched_all"] = false
			}
		},
	},
	{
		name: "busy", sentence: "The node answers with the error tooBusy.",
		answer: func(_ rpc, result fields) {
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
			s.life.block(r.Context())
			panic(http.ErrAbortHandler) // returning would answer
		},
	},
}

// lag has the call answered by a node that does not have the newest ledgers.
func lag(ledgers uint32) func(c *rpc) {
	return func(c *rpc) { c.newest = max(c.ledger.Oldest, c.newest-ledgers) }
}

// within changes an object inside an answer, if it is there.
func within(name string, change func(rpc, fields)) func(rpc, fields) {
	return func(c rpc, result fields) {
		if object, ok := result[name].(fields); ok {
			change(c, object)
		}
	}
}

// without takes a field away, from the answer and from some objects inside it.
func without(field string, objects ...string) func(rpc, fields) {
	return func(_ rpc, result fields) {
		delete(result, field)
		for _, name := range objects {
			if object, ok := result[name].(fields); ok {
				delete(object, field)
			}
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
