package sandbox

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestCreateRefusals(t *testing.T) {
	const blob = `{"txblob":%s}`
	meta := func(m string) string { return signInWith(`"custom_meta":` + m) }
	token := func(currency, value string) string {
		return `"Amount":{"currency":` + currency + `,"issuer":"` + address + `","value":"` + value + `"}`
	}
	type refused struct {
		body string
		code int
	}
	inWorlds(t, map[string]refused{
		"no body":                       {"", 599},
		"null":                          {"null", 599},
		"array":                         {"[]", 599},
		"string":                        {`"txjson"`, 599},
		"empty object":                  {"{}", 599},
		"no template":                   {`{"options":{}}`, 600},
		"null template":                 {`{"txjson":null}`, 600},
		"blob is not hex":               {fmt.Sprintf(blob, `"nonsense"`), 601},
		"blob in lower case":            {fmt.Sprintf(blob, `"12000022800000006140000000000f4240"`), 601},
		"blob that does not decode":     {fmt.Sprintf(blob, `"FFFFFFFFFFFFFFFF"`), 601},
		"blob too short":                {fmt.Sprintf(blob, `"120000"`), 601},
		"blob is a number":              {fmt.Sprintf(blob, `1200002280`), 601},
		"template is a string":          {`{"txjson":"Payment"}`, 602},
		"no type":                       {`{"txjson":{}}`, 602},
		"unknown type":                  {`{"txjson":{"TransactionType":"Gift"}}`, 602},
		"type only the ledger makes":    {`{"txjson":{"TransactionType":"EnableAmendment"}}`, 602},
		"type is a number":              {`{"txjson":{"TransactionType":0}}`, 602},
		"address with a wrong checksum": {payWith(`"Destination":"rLUEXYuLiQptky37CqLcm9USQpPiz5rkpE"`), 603},
		"address that is not ASCII":     {payWith(`"Destination":"r\u00ff\ufffdPizrkpD"`), 603},
		"X-address":                     {payWith(`"Destination":"X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ"`), 603},
		"address is a number":           {payWith(`"Destination":1`), 603},
		"issuer inside an amount":       {payWith(`"Amount":{"currency":"USD","issuer":"nobody","value":"1"}`), 603},
		"amount is a number":            {payWith(`"Amount":2500000`), 603},
		"amount in XRP":                 {payWith(`"Amount":"2.5"`), 603},
		"amount without a value":        {payWith(`"Amount":{"currency":"USD","issuer":"` + address + `"}`), 603},
		"tag too large":                 {payWith(`"DestinationTag":4294967296`), 603},
		"negative tag":                  {payWith(`"DestinationTag":-1`), 603},
		"memo is not hex":               {payWith(`"Memos":[{"Memo":{"MemoData":"hello"}}]`), 603},
		"invoice ID is not hex":         {payWith(`"InvoiceID":"XYZ"`), 603},
		"invoice ID is short":           {payWith(`"InvoiceID":"AB"`), 603},
		"amount beyond all XRP":         {payWith(`"Amount":"999999999999999999"`), 603},
		"value is not a number":         {payWith(token(`"USD"`, "NaN")), 603},
		"value is infinite":             {payWith(token(`"USD"`, "Infinity")), 603},
		"value is hexadecimal":          {payWith(token(`"USD"`, "0x10p0")), 603},
		"value too large":               {payWith(token(`"USD"`, "1e200")), 603},
		"value of 17 digits":            {payWith(token(`"USD"`, "1.2345678901234567")), 603},
		"currency too long":             {payWith(token(`"TOOLONG"`, "1")), 603},
		"token of XRP":                  {payWith(token(`"XRP"`, "1")), 603},
		"amount without a currency":     {payWith(`"Amount":{"issuer":"` + address + `","value":"1"}`), 603},
		"amount without an issuer":      {payWith(`"Amount":{"currency":"USD","value":"1"}`), 603},
		"memos are an object":           {payWith(`"Memos":{}`), 603},
		"memos are null":                {payWith(`"Memos":null`), 603},
		"memos are strings":             {payWith(`"Memos":["a"]`), 603},
		"memo without its wrapper":      {payWith(`"Memos":[{"MemoData":"AB"}]`), 603},
		"paths are a string":            {payWith(`"Paths":"x"`), 603},
		"signature is not hex":          {payWith(`"TxnSignature":"zz"`), 603},
		"flag by its name":              {asking("AccountSet", `"SetFlag":"foo"`), 603},
		"hash is not hex":               {asking("AccountSet", `"EmailHash":"abc"`), 603},
		"taxon is negative":             {asking("NFTokenMint", `"NFTokenTaxon":-1`), 603},
		"transfer fee too large":        {asking("NFTokenMint", `"TransferFee":70000`), 603},
		"token ID is not hex":           {asking("NFTokenBurn", `"NFTokenID":"zz"`), 603},
		"check ID is short":             {asking("CheckCash", `"CheckID":"1"`), 603},
		"count is a word":               {asking("TicketCreate", `"TicketCount":"x"`), 603},
		"quorum is a word":              {asking("SignerListSet", `"SignerQuorum":"x"`), 603},
		"signer is no address":          {signInWith(`"options":{"signers":["me"]}`), 603},
		"link of 251 characters":        {returning(251, "app"), 605},
		"other link of 251 characters":  {returning(251, "web"), 605},
		"destination that is a scam":    {payWith(`"Destination":"` + scammer + `"`), 609},
		"two templates":                 {signInWith(`"txblob":"1200002280000000"`), 604},
		"long identifier":               {meta(`{"identifier":"` + strings.Repeat("é", 41) + `"}`), 413},
		"long instruction":              {meta(`{"instruction":"` + strings.Repeat("é", 281) + `"}`), 413},
		"long blob":                     {meta(`{"blob":{"x":"` + strings.Repeat("x", 1493) + `"}}`), 413},
	}, func(w world, c refused) { checkError(w.t, w.api("POST", "payload", c.body), 400, c.code) })
}

// returning is the body of a creation with a return URL of so many characters.
func returning(length int, kind string) string {
	url := "https://shop.example/" + strings.Repeat("é", length-len("https://shop.example/"))
	return signInWith(`"options":{"return_url":{"` + kind + `":"` + url + `"}}`)
}

func TestReturnURLOfGreatestLength(t *testing.T) {
	inWorld(t, func(w world) {
		w.create(returning(maxReturnURL, "app"))
		w.create(returning(maxReturnURL, "web"))
	})
}

func TestCreateLeniency(t *testing.T) {
	const tx, left = "payload.request_json", "payload.expires_in_seconds"
	options := func(o string) string { return signInWith(`"options":{` + o + `}`) }
	payment := func(o string) string { return `{"txjson":{"TransactionType":"Payment"},"options":{` + o + `}}` }
	meta := func(m string) string { return signInWith(`"custom_meta":{` + m + `}`) }
	type lenient struct{ body, path, want string }
	inWorlds(t, map[string]lenient{
		"submit by default":       {payment(``), "meta.submit", "true"},
		"submit false":            {payment(`"submit":false`), "meta.submit", "false"},
		"submit 0":                {payment(`"submit":0`), "meta.submit", "false"},
		"submit in words":         {payment(`"submit":"false"`), "meta.submit", "false"},
		"multisign in words":      {payment(`"multisign":"1"`), "meta.multisign", "true"},
		"a sign-in is just that":  {options(`"submit":true,"multisign":true`), "meta.submit meta.multisign", "false false"},
		"a sign-in says so twice": {signIn, tx, "map[SignIn:true TransactionType:SignIn]"},
		"expire by default":       {signIn, left, "86400"},
		"expire in words":         {options(`"expire":"5"`), left, "300"},
		"expire 0":                {options(`"expire":0`), left, "86400"},
		"expire negative":         {options(`"expire":-5`), left, "86400"},
		"expire is no number":     {options(`"expire":"soon"`), left, "86400"},
		"expire beyond bounds":    {options(`"expire":1e300`), left, "3.1536e+08"},
		"fee as a number":         {payWith(`"Fee":12`), tx, "map[Fee:12 TransactionType:Payment]"},
		"value as a number": {
			payWith(`"Amount":{"currency":"USD","issuer":"` + address + `","value":1.5}`), tx + ".Amount.value", "1.5",
		},
		"identifier as a number": {meta(`"identifier":117`), "custom_meta.identifier", "117"},
		"longest identifier": {
			meta(`"identifier":"` + strings.Repeat("é", 40) + `"`), "custom_meta.identifier", strings.Repeat("é", 40),
		},
		"longest instruction, after clean-up": {
			meta(`"instruction":"  a` + strings.Repeat(" ", 400) + `b "`), "custom_meta.instruction", "a b",
		},
		"longest blob": {
			meta(`"blob":{"x":"` + strings.Repeat("x", 1492) + `"}`), "custom_meta.blob.x", strings.Repeat("x", 1492),
		},
		"template's account":   {payWith(`"Account":"` + address + `"`), "response.account", address},
		"template's network":   {payWith(`"NetworkID":21337`), "meta.force_network", "XAHAU"},
		"unknown network":      {payWith(`"NetworkID":99999`), "meta.force_network", "99999"},
		"forced network":       {payment(`"force_network":"MAINNET"`), "meta.force_network", "MAINNET"},
		"tag 0 is null":        {payWith(`"DestinationTag":0`), "payload.tx_destination_tag", "<nil>"},
		"several signers":      {options(`"signers":["` + address + `"]`), "meta.signers.0", address},
		"one signer":           {options(`"signer":"` + address + `"`), "meta.signers.0", address},
		"malformed user token": {signInWith(`"user_token":"nonsense"`), "meta.pushed", "false"},
		"memo in lower case":   {payWith(`"Memos":[{"Memo":{"MemoData":"C0ffee"}}]`), "payload.tx_type", "Payment"},
		"count as a text":      {asking("TicketCreate", `"TicketCount":"10"`), "payload.tx_type", "TicketCreate"},
		"flag as a text":       {asking("AccountSet", `"SetFlag":"8"`), "payload.tx_type", "AccountSet"},
		"64 bits as a number": {
			asking("OracleSet", `"OracleDocumentID":1,"PriceDataSeries":[{"PriceData":{"AssetPrice":740}}]`),
			"payload.tx_type", "OracleSet",
		},
		"64 bits in decimal": {
			asking("MPTokenIssuanceCreate", `"MaximumAmount":"9223372036854775807"`), "payload.tx_type", "MPTokenIssuanceCreate",
		},
		"decimal as a number": {asking("VaultCreate", `"AssetsMaximum":1000`), "payload.tx_type", "VaultCreate"},
		"bridge": {
			asking("XChainCommit", `"Amount":"1","XChainBridge":{"LockingChainDoor":"`+address+`"}`), "payload.tx_type",
			"XChainCommit",
		},
		"another network's transaction": {
			`{"txjson":{"TransactionType":"URITokenMint","URI":"AB"}}`, "payload.tx_type", "URITokenMint",
		},
		"blob": {
			`{"txblob":"12000022800000006140000000002625A08314D28B177E48D9A8D057E70F7E464B498367281B98"}`,
			"payload.tx_type", "Payment",
		},
		"placeholders known before the signature": {
			options(`"return_url":{"app":"https://shop.example/{cid}/{txid}"}`),
			"meta.return_url_app", "https://shop.example//{txid}",
		},
	}, func(w world, c lenient) {
		if got := pick(w.get(w.create(c.body)), c.path); got != c.want {
			w.t.Errorf("got %v, want %v", got, c.want)
		}
	})
}

// A template comes back with its keys in the order in which they were sent.
func TestTemplateKeepsItsOrder(t *testing.T) {
	const usd = `"issuer":"` + address + `","currency":"USD"}`
	for sent, want := range map[string]string{
		`{"TransactionType":"Payment","Destination":"` + address + `","Amount":{"value":"1",` + usd + `}`: "",
		`{"TransactionType":"SignIn"}`: `{"TransactionType":"SignIn","SignIn":true}`,
		`{ "Memos": [ {"Memo": {"MemoType":"61", "MemoData":"62"}} ], "TransactionType": "SignIn" }`: `{"Memos":[` +
			`{"Memo":{"MemoType":"61","MemoData":"62"}}],"TransactionType":"SignIn","SignIn":true}`,
		`{"TransactionType":"Payment","Fee":12,"Amount":{"value":1.5,` + usd + `}`: `{"TransactionType":"Payment",` +
			`"Fee":"12","Amount":{"value":"1.5",` + usd + `}`,
		`{"Fee":"1","TransactionType":"Payment","Fee":"2"}`:                   `{"Fee":"2","TransactionType":"Payment"}`,
		`{"TransactionType":"Payment","Remark":"<&>"}`:                        "",
		`{"TransactionType":"Payment","Sequence":7,"Paths":[[{` + usd + `]]}`: "",
	} {
		if want == "" {
			want = sent
		}
		inWorld(t, func(w world) {
			uuid := w.create(`{"options":{},"txjson":` + sent + `}`)
			if body := w.api("GET", "payload/"+uuid, "").body; !strings.Contains(body, `"request_json":`+want+`,`) {
				w.t.Errorf("got %s, want %s in it", body, want)
			}
		})
	}
}

func TestCreated(t *testing.T) {
	inWorld(t, func(w world) {
		a := w.api("POST", "payload", signIn)
		page := base + "/sign/" + a.header.Get("X-Call-Ref")
		want := `{"uuid":"` + a.header.Get("X-Call-Ref") + `","next":{"always":"` + page + `"},"refs":{"qr_png":"` + page +
			`_q.png","qr_matrix":"` + page + `_q.json","qr_uri_quality_opts":["m","q","h"],"websocket_status":"ws` +
			strings.TrimPrefix(page, "http") + `"},"pushed":false}`
		if a.body != want {
			w.t.Errorf("got\n%s\nwant\n%s", a.body, want)
		}
		pushed := w.api("POST", "payload", signInWith(`"user_token":"`+w.token()+`"`))
		if got, want := shape(pushed.json), shape(sample(t, "created.json")); !reflect.DeepEqual(got, want) {
			w.t.Errorf("got keys %s\nwant %s", show(got), show(want))
		}
	})
}

// Without a base URL the links lead to where the request was made.
func TestLinksWithoutABaseURL(t *testing.T) {
	p, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for host, want := range map[string]string{"127.0.0.1:8081": "http://127.0.0.1:8081/sign/", base: ""} {
		res := p.call(t, "POST", host, "/api/v1/platform/payload", signIn, credentials(Key, Secret))
		body := readAll(t, res)
		if (res.StatusCode == http.StatusOK) != (want != "") || !strings.Contains(body, want) {
			t.Errorf("%s: got %s %s, want links to %q", host, res.Status, body, want)
		}
	}
}

func TestIdentifierTaken(t *testing.T) {
	inWorld(t, func(w world) {
		body := signInWith(`"custom_meta":{"identifier":"order"}`)
		first := w.create(body)
		a := w.api("POST", "payload", body)
		checkError(w.t, a, 400, 409)
		w.must(a.header.Get("X-Call-Ref"), "get") // it exists all the same
		if got := pick(w.api("GET", "payload/ci/order", "").json, "meta.uuid"); got != first {
			w.t.Errorf("by identifier: got %v, want the first, %v", got, first)
		}
		if got := w.otherApp("POST", "payload", body).status; got != http.StatusOK {
			w.t.Errorf("another application's: got %d, want %d", got, http.StatusOK)
		}
	})
}

func TestCreateWithoutRoom(t *testing.T) {
	inWorld(t, func(w world) {
		large := make([]byte, 64<<20-2000) // with what a payload counts besides, there is no room for another
		w.platform.look(func(e *engine.Engine, now time.Time) {
			if _, err := e.Create(now, engine.Request{App: Key, Template: large}); err != nil {
				w.t.Error(err)
			}
		})
		a := w.api("POST", "payload", payment)
		if a.status != http.StatusServiceUnavailable || a.json["error"] != true || a.json["reference"] == "" {
			w.t.Errorf("got %d %s, want it refused for now", a.status, a.body)
		}
	})
}

// After more payloads than the sandbox keeps, nothing that is kept for them is more, and what is unfinished is still
// there.
func TestSandboxIsBounded(t *testing.T) {
	inWorld(t, func(w world) {
		waiting := w.create(signInWith(`"options":{"expire":10000}`))
		w.fault(waiting, "no-opened")
		unfinished := w.listen(waiting)
		var gone *listener
		for i := range engine.MaxFinished + 200 {
			w.fault(nextPayload, "no-pre-signed")
			uuid := w.create(signIn)
			if i == 0 {
				gone = w.listen(uuid)
			}
			w.must(uuid, "accept")
		}
		w.create(payment)
		kept := 0
		w.platform.look(func(e *engine.Engine, _ time.Time) {
			for range e.Payloads() {
				kept++
			}
		})
		for what, n := range map[string][2]int{ // is, may be
			"payloads": {kept, engine.MaxFinished + 2},
			"faults":   {len(w.platform.faults.of), engine.MaxFinished + 1},
			"sockets":  {len(w.platform.sockets.of), 1},
		} {
			if n[0] > n[1] {
				w.t.Errorf("%s: got %d, want at most %d", what, n[0], n[1])
			}
		}
		if gone.ended() == nil {
			w.t.Error("a socket has outlived its payload")
		}
		unfinished.take()
		w.must(waiting, "accept")
		unfinished.expect("pre_signed signed")
	})
}
