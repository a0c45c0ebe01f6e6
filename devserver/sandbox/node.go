package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// This file is the ledger's node: JSON-RPC as rippled speaks it, in its versions 1 and 2, as far as
// a verifier needs it.

// fields is a JSON object.
type fields = map[string]any

// nodeError is an ordinary error of the node. It comes with status 200.
type nodeError struct {
	name    string
	code    int
	message string
}

var (
	errLedgerNotFound = &nodeError{"lgrNotFound", 21, "ledgerNotFound"}
	errUnknownMethod  = &nodeError{"unknownCmd", 32, "Unknown method."}
	errAddress        = &nodeError{"actMalformed", 35, "Account malformed."}
	errAccountMissing = &nodeError{"actNotFound", 19, "Account not found."}
	errTransaction    = &nodeError{"txnNotFound", 29, "Transaction not found."}
	errLedgerRange    = &nodeError{"invalidLgrRange", 79, "Ledger range is invalid."}
	errWideRange      = &nodeError{"excessiveLgrRange", 78, "Ledger range exceeds 1000."}
)

func errParameter(name string) *nodeError {
	return &nodeError{"invalidParams", 31, "Invalid field '" + name + "'."}
}

// rpc is one call of the node.
type rpc struct {
	ledger *engine.Ledger
	newest uint32 // the newest ledger that this node has
	now    time.Time
	params fields
	v2     bool
}

// nodeMethods are the node's methods. An error may come with a result, whose fields it then carries.
var nodeMethods = map[string]func(rpc) (fields, *nodeError){
	"tx":           rpc.tx,
	"account_info": rpc.accountInfo,
	"server_info":  rpc.serverInfo,
	"ledger":       rpc.header,
}

func (s *Sandbox) node(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Method string   `json:"method"`
		Params []fields `json:"params"`
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.UseNumber()
	if err := d.Decode(&in); err != nil && err != io.EOF {
		http.Error(w, "Unable to parse request: the body is not a JSON-RPC call", http.StatusBadRequest)
		return
	}
	if in.Method == "" {
		http.Error(w, "Null method", http.StatusBadRequest)
		return
	}
	params := fields{}
	if len(in.Params) > 0 && in.Params[0] != nil {
		params = in.Params[0]
	}
	version, ok := apiVersion(params)
	if !ok {
		http.Error(w, "invalid_API_version", http.StatusBadRequest)
		return
	}
	if hash, _ := params["transaction"].(string); in.Method == "tx" {
		if uuid := s.wire.about(strings.ToUpper(hash)); uuid != "" {
			s.wire.say(uuid, nodeCall, "tx "+hash, nil)
			heard := &overheard{ResponseWriter: w, say: func(status int, body []byte) {
				s.wire.answer(uuid, nodeCall, status, body)
			}}
			defer heard.end()
			w = heard
		}
	}
	var call rpc
	var result fields
	faults := s.faults.node(in.Method)
	s.look(func(e *engine.Engine, now time.Time) {
		e.Ledger.Advance(now)
		call = rpc{ledger: e.Ledger, newest: e.Ledger.Newest, now: now, params: params, v2: version == 2}
		for _, f := range faults {
			if f.ask != nil {
				f.ask(&call)
			}
		}
		result = call.result(in.Method)
		for _, f := range faults {
			if f.answer != nil {
				f.answer(call, result)
			}
		}
	})
	for _, f := range faults {
		if f.refuse != nil && f.refuse(s, call, w, r) {
			return
		}
	}
	respond(w, http.StatusOK, fields{"result": result})
}

// apiVersion is the version of the API that a call asks for, 1 unless it says so.
func apiVersion(params fields) (version uint32, ok bool) {
	v, given := params["api_version"]
	if !given {
		return 1, true
	}
	version, ok = engine.Uint32(v)
	return version, ok && version >= 1 && version <= 2
}

// result is what the call amounts to, an error being one kind of it.
func (c rpc) result(method string) fields {
	result, err := c.dispatch(method)
	if result == nil {
		result = fields{}
	}
	if err == nil {
		result["status"] = "success"
		return result
	}
	request := maps.Clone(c.params)
	request["command"] = method
	maps.Copy(result, fields{
		"error": err.name, "error_code": err.code, "error_message": err.message, "request": request, "status": "error",
	})
	return result
}

func (c rpc) dispatch(method string) (fields, *nodeError) {
	handle := nodeMethods[method]
	if handle == nil {
		return nil, errUnknownMethod
	}
	return handle(c)
}

const maxRange = 1000 // from the first ledger that is to be searched to the last

var hash256 = regexp.MustCompile(`^[0-9A-Fa-f]{64}$`)

func (c rpc) tx() (fields, *nodeError) {
	hash, _ := c.params["transaction"].(string)
	if !hash256.MatchString(hash) {
		return nil, errParameter("transaction")
	}
	e := c.ledger.Transaction(strings.ToUpper(hash))
	from, hasFrom := engine.Uint32(c.params["min_ledger"])
	to, hasTo := engine.Uint32(c.params["max_ledger"])
	ranged := c.params["min_ledger"] != nil && c.params["max_ledger"] != nil // half a range is none
	switch {
	case ranged && (!hasFrom || !hasTo || from > to):
		return nil, errLedgerRange
	case ranged && to-from > maxRange:
		return nil, errWideRange
	case e != nil && e.Ledger <= c.newest+1: // which also knows what it has in hand for the next ledger
	case ranged:
		// Whether all of the range has been looked at, which alone makes it final, is told to who names it.
		return fields{"searched_all": from >= c.ledger.Oldest && to <= c.newest}, errTransaction
	default:
		return nil, errTransaction
	}
	tx := contentOf(e)
	if tx["Amount"] != nil && tx.Text("TransactionType") == "Payment" {
		tx["DeliverMax"] = tx["Amount"]
		if c.v2 {
			delete(tx, "Amount")
		}
	}
	result := fields{"hash": e.Hash, "validated": e.Ledger <= c.newest}
	if e.Ledger <= c.newest {
		closed := c.ledger.CloseTime(e.Ledger)
		tx["date"] = rippleTime(closed)
		result["ledger_index"] = e.Ledger
		result["meta"] = metaOf(e)
		if c.v2 {
			tx["ledger_index"] = e.Ledger
			result["close_time_iso"] = engine.Timestamp(closed)
			result["ledger_hash"] = ledgerHash(e.Ledger)
		} else {
			result["inLedger"] = e.Ledger
		}
	}
	if c.v2 {
		result["tx_json"] = fields(tx)
	} else {
		maps.Copy(result, tx)
	}
	return result, nil
}

// contentOf reads the fields of a transaction that a ledger has, which takes none that cannot be read.
func contentOf(e *engine.Included) engine.Transaction {
	tx, err := decodeBlob(e.Blob)
	if err != nil {
		panic(fmt.Sprintf("sandbox: decode what was decoded before: %v", err))
	}
	return tx
}

func metaOf(e *engine.Included) fields {
	m := fields{"AffectedNodes": []any{}, "TransactionIndex": e.Index, "TransactionResult": e.Result}
	if e.Delivered != nil {
		m["delivered_amount"] = e.Delivered
	}
	if e.Half {
		m["DeliveredAmount"] = e.Delivered
	}
	return m
}

func (c rpc) accountInfo() (fields, *nodeError) {
	address, ok := c.params["account"].(string)
	if !ok {
		return nil, errParameter("account")
	}
	result, accounts, err := c.chosen()
	if err != nil {
		return nil, err
	}
	if !isClassicAddress(address) {
		return nil, errAddress
	}
	r, ok := accounts[address]
	if !ok {
		result["account"] = address
		return result, errAccountMissing
	}
	data := fields{
		"Account": address, "Balance": strconv.FormatUint(r.Balance, 10), "Flags": r.Flags, "OwnerCount": 0,
		"LedgerEntryType": "AccountRoot", "Sequence": r.Sequence,
	}
	if r.RegularKey != "" {
		data["RegularKey"] = r.RegularKey
	}
	result["account_data"] = data
	result["account_flags"] = fields{
		"defaultRipple": false, "depositAuth": false, "disallowIncomingXRP": false, "globalFreeze": false,
		"noFreeze": false, "passwordSpent": false, "requireAuthorization": false,
		"disableMasterKey":      r.Flags&engine.DisableMaster != 0,
		"requireDestinationTag": r.Flags&engine.RequireDestTag != 0,
	}
	switch wanted, given := c.params["signer_lists"].(bool); {
	case !given && c.params["signer_lists"] != nil:
		return nil, errParameter("signer_lists")
	case wanted && c.v2:
		result["signer_lists"] = signerLists(r)
	case wanted:
		data["signer_lists"] = signerLists(r)
	}
	return result, nil
}

func signerLists(r engine.Account) []any {
	if len(r.Signers) == 0 {
		return []any{}
	}
	var entries []any
	for _, s := range r.Signers {
		entries = append(entries, fields{"SignerEntry": fields{"Account": s.Account, "SignerWeight": s.Weight}})
	}
	return []any{fields{
		"Flags": 0, "LedgerEntryType": "SignerList", "SignerEntries": entries, "SignerListID": 0, "SignerQuorum": r.Quorum,
	}}
}

// chosen is the ledger that the call asks about. Of older ones the node has only the headers.
func (c rpc) chosen() (fields, map[string]engine.Account, *nodeError) {
	number, current, err := c.number()
	switch {
	case err != nil:
		return nil, nil, err
	case current:
		return fields{"ledger_current_index": number, "validated": false}, c.ledger.Open, nil
	case number != c.newest:
		return nil, nil, errLedgerNotFound
	}
	return fields{"ledger_hash": ledgerHash(number), "ledger_index": number, "validated": true}, c.ledger.Accounts, nil
}

func (c rpc) number() (number uint32, current bool, err *nodeError) {
	if hash := c.params["ledger_hash"]; hash != nil {
		return c.numbered(hash)
	}
	switch index := c.params["ledger_index"]; index {
	case nil, "current":
		return c.newest + 1, true, nil
	case "validated", "closed":
		return c.newest, false, nil
	default:
		n, ok := engine.Uint32(index)
		switch {
		case !ok:
			return 0, false, errParameter("ledger_index")
		case n < c.ledger.Oldest || n > c.newest:
			return 0, false, errLedgerNotFound
		}
		return n, false, nil
	}
}

// numbered finds the ledger that has a hash.
func (c rpc) numbered(hash any) (number uint32, current bool, err *nodeError) {
	text, _ := hash.(string)
	if !hash256.MatchString(text) {
		return 0, false, errParameter("ledger_hash")
	}
	for n := c.ledger.Oldest; n <= c.newest; n++ {
		if strings.EqualFold(ledgerHash(n), text) {
			return n, false, nil
		}
	}
	return 0, false, errLedgerNotFound
}

func (c rpc) header() (fields, *nodeError) {
	number, current, err := c.number()
	if err != nil {
		return nil, err
	}
	var index any = number
	if !c.v2 {
		index = strconv.Itoa(int(number))
	}
	header := fields{"closed": !current, "ledger_index": index, "parent_hash": ledgerHash(number - 1)}
	if current {
		return fields{"ledger": header, "ledger_current_index": number, "validated": false}, nil
	}
	closed := c.ledger.CloseTime(number)
	maps.Copy(header, fields{
		"close_flags": 0, "close_time": rippleTime(closed), "close_time_iso": engine.Timestamp(closed),
		"close_time_human":      closed.Format("2006-Jan-02 15:04:05.000000000 UTC"),
		"close_time_resolution": 1, "ledger_hash": ledgerHash(number),
		"parent_close_time": rippleTime(c.ledger.CloseTime(number - 1)),
	})
	return fields{"ledger": header, "ledger_hash": ledgerHash(number), "ledger_index": number, "validated": true}, nil
}

func (c rpc) serverInfo() (fields, *nodeError) {
	l := c.ledger
	return fields{"info": fields{
		"build_version": "2.6.0", "complete_ledgers": fmt.Sprintf("%d-%d", l.Oldest, c.newest), "load_factor": 1,
		"network_id": networks[0].ID, "peers": 0, "server_state": "full", "validation_quorum": 1,
		"time":   c.now.UTC().Format("2006-Jan-02 15:04:05.000000 UTC"),
		"uptime": int(c.now.Sub(l.Start).Seconds()),
		"validated_ledger": fields{
			"age": max(0, int(c.now.Sub(l.CloseTime(c.newest)).Seconds())), "hash": ledgerHash(c.newest), "seq": c.newest,
			"base_fee_xrp": engine.BaseFee / 1e6, "reserve_base_xrp": engine.ReserveBase / 1e6,
			"reserve_inc_xrp": engine.ReserveInc / 1e6,
		},
	}}, nil
}

// ledgerHash stands for the hash of a ledger's content, which the sandbox does not build.
func ledgerHash(number uint32) string { return engine.TxID(fmt.Sprintf("%08X", number)) }

func rippleTime(t time.Time) int64 { return int64(t.Sub(engine.RippleEpoch) / time.Second) }
