package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/orders"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
)

const (
	shop   = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
	issuer = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	apiKey = "5a6d0c1e-0000-4000-8000-000000000001"
)

// environment has the secrets of the tests.
func environment(name string) string {
	return map[string]string{"KEY": apiKey, "SECRET": apiKey, "CALLBACK": strings.Repeat("c", 32), "SHORT": "c"}[name]
}

// files are those that the tests know.
func files(name string) ([]byte, error) {
	content, ok := map[string]string{"/secret": apiKey + "\n", "/empty": "\n"}[name]
	if !ok {
		return nil, fmt.Errorf("open %s: %w", name, os.ErrNotExist)
	}
	return []byte(content), nil
}

func read(text string) (Config, error) { return parse("shop.toml", []byte(text), environment, files) }

// of is a file with the keys of one offer.
func of(keys string) string { return "[offers.it]\n" + keys }

func TestWhatIsWrong(t *testing.T) {
	const (
		coffee   = "kind = \"payment\"\nto = \"" + shop + "\"\namount = \"2.5\"\n"
		usd      = "currency = \"USD\"\nissuer = \"" + issuer + "\"\n"
		payment  = "kind = \"payment\"\nto = \"" + shop + "\"\n"
		donation = "kind = \"donation\"\nto = \"" + shop + "\"\n"
		node     = "nodes = [\"https://one.example\"]\n"
		nft      = "0008000000000000000000000000000000000000000000000000000000000001"
	)
	tests := []struct{ name, file, want string }{
		{"not TOML", "[server\n", "line 1: expected"},
		{"not TOML further down", "[server]\naddr = \"a\"\nlog json\n", "line 3: expected '='"},
		{"a key twice", "[server]\naddr = \"a\"\naddr = \"b\"\n", "line 3: key addr is already defined"},
		{"a table twice", "[server]\n\n[server]\n", "line 3: "},
		{"unknown section", "\n[sever]\n", "line 2: sever is not a key: there are server, platform, record, networks, "},
		{"unknown key", "[server]\naddr = \"a\"\nadr = \"a\"\n", "line 3: server.adr is not a key: there are name, addr, "},
		{"unknown key with dots", "offers.it.kind = \"sign-in\"\noffers.it.kid = 1\n", "line 2: offers.it.kid is not a key"},
		{"another letter case", "[server]\nAddr = \"a\"\n", "line 2: server.Addr is not a key"},
		{"unknown key in a table of one line", "platform.api_key = { env = \"KEY\", fil = \"x\" }\n",
			"line 1: platform.api_key.fil is not a key: there are env, file"},
		{"unknown key in a list", "[callbacks.a]\nsecrets = [\n{ env = \"A\" },\n{ emv = \"B\" } ]\n",
			"line 4: callbacks.a.secrets.emv is not a key"},
		{"a key of its own in quotes", "[server]\n\"a b\\n\" = 1\n", `line 2: server."a b\n" is not a key`},
		{"below a text", "server.addr.port = \"a\"\n", "line 1: server.addr is no table"},
		{"a number for a text", "[server]\nname = 7\n", "line 2: server.name has to be a text in quotes"},
		{"a number for an amount", of("kind = \"payment\"\namount = 2.5\n"), "line 3: offers.it.amount has to be a text"},
		{"a text for a number", of("expire = \"5\"\n"), "line 2: offers.it.expire has to be a whole number"},
		{"a text for a yes or no", of("submit = \"yes\"\n"), "line 2: offers.it.submit has to be true or false"},
		{"a text for a list", "[server]\nallow_origins = \"a\"\n", "line 2: server.allow_origins has to be a list"},
		{"a number in a list", "[server]\nallow_origins = [\n\"a\", 7]\n", "line 2: server.allow_origins has to be a text"},
		{"a text for a table", "server = \"a\"\n", "line 1: server has to be a table"},
		{"a number below 0", of("kind = \"payment\"\ntag = -1\n"), "line 3: "},
		{"a number too great", of("kind = \"payment\"\ntag = 4294967296\n"), "line 3: "},

		{"a secret in the file", "[platform]\napi_key = \"hunter2\"\n",
			`line 2: platform.api_key has to be { env = "NAME" } or { file = "/path" }, since secrets`},
		{"a secret in a list", "[callbacks.a]\nsecrets = [\"hunter2\"]\n", "line 2: callbacks.a.secrets has to be { env"},
		{"a secret nowhere", "[platform]\napi_key = {}\napi_secret = { env = \"SECRET\" }\n",
			"line 2: platform.api_key has to say one of env and file"},
		{"a secret in two places", "[platform]\napi_key = { env = \"KEY\", file = \"/secret\" }\n" +
			"api_secret = { env = \"SECRET\" }\n", "line 2: platform.api_key has to say one of env and file"},
		{"a short key", "[server]\nprivate_keys = [{ env = \"SHORT\" }]\n",
			"line 2: server.private_keys cannot be used: key 1 is not 32 or more"},
		{"a variable that is not there", "[platform]\napi_key = { env = \"KEY\" }\napi_secret = { env = \"GONE\" }\n",
			"line 3: platform.api_secret is in GONE, which the environment does not have"},
		{"a file that is not there", "[platform]\napi_key = { file = \"/gone\" }\napi_secret = { env = \"SECRET\" }\n",
			"line 2: platform.api_key cannot be read: open /gone"},
		{"an empty file", "[platform]\napi_key = { file = \"/empty\" }\napi_secret = { env = \"SECRET\" }\n",
			"line 2: platform.api_key is in /empty, which is empty"},
		{"a key without its secret", "[platform]\napi_key = { env = \"KEY\" }\n",
			"line 2: platform.api_key needs platform.api_secret"},
		{"a secret without its key", "[platform]\napi_secret = { env = \"KEY\" }\n",
			"line 2: platform.api_secret needs platform.api_key"},
		{"credentials of another form", "[platform]\napi_key = { env = \"SHORT\" }\napi_secret = { env = \"SECRET\" }\n",
			"line 2: platform.api_key and platform.api_secret are not what the platform's console shows: key is not"},

		{"no port", "[server]\naddr = \"127.0.0.1\"\n", `line 2: server.addr is "127.0.0.1", and has to be an address with`},
		{"another port than there is", "[server]\nprivate_addr = \"127.0.0.1:70000\"\n", "line 2: server.private_addr is"},
		{"a network in small letters", "[networks.testnet]\nid = 1\n" + node, "line 1: networks.testnet has to be written"},
		{"another id than the network's", "[networks.MAINNET]\nid = 1\n" + node,
			"line 2: networks.MAINNET.id is 1, and that"},
		{"an unknown network without an id", "[networks.MYNET]\n" + node,
			"line 1: networks.MYNET needs an id, as in id = 1, since it is none of DEVNET, MAINNET, "},
		{"no nodes", "[networks.TESTNET]\nquorum = 1\n", "line 1: networks.TESTNET needs nodes"},
		{"a node that is no URL", "[networks.TESTNET]\nnodes = [\"one.example\"]\n",
			`line 2: networks.TESTNET.nodes has "one.example", which is not`},
		{"a socket for a node", "[networks.TESTNET]\nnodes = [\"wss://one.example\"]\n",
			"line 2: networks.TESTNET.nodes has"},
		{"a node twice", "[networks.TESTNET]\nnodes = [\"https://one.example\", \"https://one.example/\"]\n",
			"line 2: networks.TESTNET.nodes has one.example twice"},
		{"no quorum", "[networks.TESTNET]\n" + node + "quorum = 0\n",
			"line 3: networks.TESTNET.quorum is 0, and has to be more"},
		{"half a quorum", "[networks.TESTNET]\nquorum = 1\nnodes = [\"https://one.example\", \"https://two.example\"]\n",
			"line 2: networks.TESTNET.quorum is 1, and has to be more than half of the 2 nodes: from 2 to 2"},
		{"a quorum of more than all", "[networks.TESTNET]\n" + node + "quorum = 2\n", "line 3: networks.TESTNET.quorum is 2"},
		{"two networks, and none is said", "[server]\n[networks.TESTNET]\n" + node + "[networks.DEVNET]\n" + node,
			"line 1: server.network has to say which"},
		{"a network that is none", "[server]\nnetwork = \"DEVNET\"\n[networks.TESTNET]\n" + node,
			`line 2: server.network is "DEVNET", which is none of the networks`},

		{"a callback over the network in plain HTTP", "[callbacks.a]\nurl = \"http://shop.example\"\n" +
			"secrets = [{ env = \"CALLBACK\" }]\n", "line 1: callbacks.a cannot be used: its url has http:"},
		{"a callback with a short secret", "[callbacks.a]\nurl = \"https://shop.example\"\nsecrets = [{ env = \"SHORT\" }]\n",
			"line 1: callbacks.a cannot be used: a secret of it"},
		{"a callback of another name", "[callbacks.A]\nurl = \"https://shop.example\"\nsecrets = [{ env = \"CALLBACK\" }]\n",
			"line 1: callbacks.A cannot be used: the callback \"A\" needs another name"},

		{"a callback of the server's own name", "[callbacks.hook]\nurl = \"https://shop.example\"\n" +
			"secrets = [{ env = \"CALLBACK\" }]\n", "line 1: callbacks.hook needs another name"},

		{"an offer of no name", "[offers.\"\"]\nkind = \"sign-in\"\n", `line 1: offers."" has to be of small letters`},
		{"an offer without a kind", "[offers.it]\nlabel = \"a\"\n",
			`line 1: offers.it.kind is "", and has to be one of donation,`},
		{"an offer of another kind", of("kind = \"gift\"\n"),
			`line 2: offers.it.kind is "gift", and has to be one of donation,`},
		{"a key of another kind", of("kind = \"sign-in\"\namount = \"1\"\n"),
			"line 3: offers.it.amount is not a key of a sign-in"},
		{"a payment without an amount", of(payment), `line 1: offers.it is a payment and needs amount, as in amount = "2.5"`},
		{"a payment to nobody", of("kind = \"payment\"\namount = \"1\"\n"),
			"line 1: offers.it is a payment and needs to, as in"},
		{"a payment to somewhere", of("kind = \"payment\"\namount = \"1\"\nto = \"rShop\"\n"),
			`line 4: offers.it.to is "rShop", which is not the address of an account`},
		{"a payment to an address with a typing error", of("kind = \"payment\"\namount = \"1\"\n" +
			"to = \"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYf\"\n"), "line 4: offers.it.to is"},
		{"a payment to an address with a tag in it", of("kind = \"payment\"\namount = \"1\"\n" +
			"to = \"XV5kHfQmzDQjbFNv4jX3FX9Y7ig5Qh9aGcfKkB9dvL5cBDq\"\n"), "which is not the address of an account"},
		{"an amount in words", of(payment + "amount = \"five\"\n"),
			`line 4: offers.it.amount is "five", which is not an amount`},
		{"an amount with a comma", of(payment + "amount = \"2,5\"\n"),
			"line 4: offers.it.amount is \"2,5\", which is not an amount"},
		{"an amount with an exponent", of(payment + "amount = \"1e3\"\n"), "which is not an amount, as in 2.5"},
		{"an amount as a fraction", of(payment + "amount = \"1/3\"\n"), "which is not an amount, as in 2.5"},
		{"an amount in hexadecimal digits", of(payment + "amount = \"0x10\"\n"), "which is not an amount, as in 2.5"},
		{"an amount below nothing", of(payment + "amount = \"-1\"\n"), "which is not an amount, as in 2.5"},
		{"nothing", of(payment + "amount = \"0.000\"\n"), "which is nothing"},
		{"less than a drop", of(payment + "amount = \"0.0000001\"\n"), "which has more than 6 digits behind the point"},
		{"more XRP than there is", of(payment + "amount = \"100000000000.1\"\n"), "which is more XRP than there is"},
		{"more digits than a token has", of(payment + usd + "amount = \"1.234567890123456\"\n"), "more than 15 digits"},
		{"a token of nobody", of(payment + "amount = \"1\"\ncurrency = \"USD\"\n"),
			"line 5: offers.it.currency is \"USD\", a token"},
		{"an issuer of XRP", of(payment + "amount = \"1\"\nissuer = \"" + issuer + "\"\n"),
			"line 5: offers.it.issuer is that of a"},
		{"a token that passes for XRP", of(payment + "amount = \"1\"\ncurrency = \"xrp\"\nissuer = \"" + issuer + "\"\n"),
			"line 6: offers.it.issuer is that of a token"},
		{"a currency of two letters", of(payment + "amount = \"1\"\ncurrency = \"US\"\nissuer = \"" + issuer + "\"\n"),
			"line 5: offers.it.currency is \"US\""},
		{"more to send, of XRP", of(payment + "amount = \"1\"\nsend_max = \"2\"\n"),
			"line 5: offers.it.send_max is for tokens"},
		{"a donation of more than it may be", of(donation + "min = \"5\"\nmax = \"4.999999\"\n"),
			"line 5: offers.it.max is less than min"},
		{"a usual donation that is too small", of(donation + "min = \"5\"\nmax = \"6\"\namount = \"4\"\n"),
			"line 6: offers.it.amount is not from min to max"},
		{"a trust line for XRP",
			of("kind = \"trust-line\"\nlimit = \"1\"\ncurrency = \"XRP\"\nissuer = \"" + issuer + "\"\n"),
			"line 5: offers.it.issuer is that of a token"},
		{"an NFT offer of no side", of("kind = \"nft-offer\"\n"),
			`line 1: offers.it.side is "", and has to be one of accept, buy`},
		{"an NFT bid without an owner", of("kind = \"nft-offer\"\nside = \"buy\"\namount = \"1\"\nnft = \"" + nft + "\"\n"),
			"line 1: offers.it is a nft-offer and needs owner"},
		{"an NFT that is none", of("kind = \"nft-offer\"\nside = \"sell\"\namount = \"1\"\nnft = \"0008\"\n"),
			`line 5: offers.it.nft is "0008", and has to be 64`},
		{"an acceptance with an amount",
			of("kind = \"nft-offer\"\nside = \"accept\"\noffer = \"" + nft + "\"\namount = \"1\"\n"),
			"line 5: offers.it.amount is not a key"},
		{"a transaction that is no JSON", of("kind = \"transaction\"\ntxjson = '{'\n"),
			"line 1: offers.it could never be verified"},
		{"a transaction of an unknown type", of("kind = \"transaction\"\ntxjson = '{\"TransactionType\":\"Gift\"}'\n"),
			"line 1: offers.it could never be verified: read the template: transactions of the type"},
		{"a transaction with its own mark",
			of("kind = \"transaction\"\ntxjson = '''{\"TransactionType\":\"AccountSet\",\"Memos\":[" +
				"{\"Memo\":{\"MemoData\":\"00\"}}]}'''\n"), "line 1: offers.it says itself what makes it one of a kind"},
		{"a sign-in to be submitted",
			of("kind = \"transaction\"\ntxjson = '{\"TransactionType\":\"SignIn\"}'\nsubmit = true\n"),
			"line 1: offers.it could never be verified: a sign-in cannot be submitted"},
		{"a payment of nothing",
			of("kind = \"transaction\"\ntxjson = '{\"TransactionType\":\"Payment\",\"Destination\":\"" + shop +
				"\"}'\n"), "could never be verified: a payment without an amount"},
		{"a long text", of("kind = \"sign-in\"\ninstruction = \"" + strings.Repeat("é", 281) + "\"\n"),
			"line 3: offers.it.instruction has 281 characters"},
		{"no time to open it", of(coffee + "expire = 0\n"), "line 5: offers.it.expire is 0, and has to be 1 to 1440 minutes"},
		{"more than a day to open it", of(coffee + "expire = 1441\n"), "line 5: offers.it.expire is 1441, and has to be"},
		{"an issuer that is nobody", of(payment + "amount = \"1\"\ncurrency = \"USD\"\nissuer = \"rIssuer\"\n"),
			`line 6: offers.it.issuer is "rIssuer", which is not the address`},
		{"an owner who is nobody", of("kind = \"nft-offer\"\nside = \"buy\"\namount = \"1\"\nnft = \"" + nft +
			"\"\nowner = \"rOwner\"\n"), `line 6: offers.it.owner is "rOwner", which is not the address`},
		{"a buyer who is nobody", of("kind = \"nft-offer\"\nside = \"sell\"\namount = \"1\"\nnft = \"" + nft +
			"\"\nto = \"rBuyer\"\n"), `line 6: offers.it.to is "rBuyer", which is not the address`},
		{"an offer to accept that is none", of("kind = \"nft-offer\"\nside = \"accept\"\noffer = \"1\"\n"),
			`line 4: offers.it.offer is "1", and has to be 64`},
		{"a donation to nobody", of("kind = \"donation\"\nto = \"r\"\nmin = \"1\"\nmax = \"2\"\n"),
			`line 3: offers.it.to is "r"`},
		{"a limit that is none", of("kind = \"trust-line\"\nlimit = \"all\"\n" + usd), "line 3: offers.it.limit is"},
		{"more to send that is none", of(payment + usd + "amount = \"1\"\nsend_max = \"all\"\n"),
			"line 7: offers.it.send_max is"},
		{"a currency with a space", of(payment + "amount = \"1\"\ncurrency = \"U D\"\nissuer = \"" + issuer + "\"\n"),
			"line 5: offers.it.currency is"},
		{"an offer on no network", of(coffee + "network = \"DEVNET\"\n"),
			"line 5: offers.it.network is \"DEVNET\", which is none"},
		{"an offer told to nobody", of(coffee + "callback = \"shop\"\n"),
			"line 5: offers.it.callback is \"shop\", which is none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(tt.file)
			if err == nil || !strings.HasPrefix(err.Error(), "shop.toml, line ") || !strings.Contains(err.Error(), tt.want) ||
				strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestFirstOfManyIsTold(t *testing.T) {
	_, err := read("[callbacks.a]\nurl = \"x\"\n[offers.it]\nkind = \"gift\"\n[server]\nnetwork = \"X\"\n")
	if err == nil || !strings.HasPrefix(err.Error(), "shop.toml, line 4: offers.it.kind") {
		t.Errorf("got %v, want what is wrong first", err)
	}
}

func TestTooLong(t *testing.T) {
	if _, err := read(strings.Repeat("#\n", maxFile)); err == nil || !strings.Contains(err.Error(), "longer than 256 kB") {
		t.Errorf("got %v, want it to be too long", err)
	}
}

func TestNoFile(t *testing.T) {
	if _, err := Read(t.TempDir()+"/gone.toml", environment); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
}

func TestEverything(t *testing.T) {
	c, err := read(`
		[server]
		name = "Shop"
		addr = ":8080"
		allow_origins = ["https://a.example", "https://b.example"]
		private_keys = [{ env = "CALLBACK" }, { file = "/secret" }]
		network = "TESTNET"
		[platform]
		api_key = { env = "KEY" }
		api_secret = { file = "/secret" }
		[record]
		url = { env = "CALLBACK" }
		keep = 0
		[networks.TESTNET]
		nodes = ["https://one.example/", "https://two.example", "https://three.example"]
		[networks.MYNET]
		id = 4242
		nodes = ["http://127.0.0.1:5005"]
		quorum = 1
		[callbacks.shop]
		url = "https://shop.example/paid"
		secrets = [{ env = "CALLBACK" }]
		[[callbacks.ledger.secrets]]
		env = "CALLBACK"
		[callbacks.ledger]
		url = "http://127.0.0.1/book"
		all = true
		[offers.it]
		kind = "sign-in"
		label = "Sign in"
		instruction = "At {host}"
		network = "MYNET"
		callback = "shop"
		expire = 10
	`)
	if err != nil {
		t.Fatal(err)
	}
	settings := []Setting{
		{"addr", ":8080", "shop.toml, line 4: server.addr"},
		{"allow-origin", "https://a.example", "shop.toml, line 5: server.allow_origins"},
		{"allow-origin", "https://b.example", "shop.toml, line 5: server.allow_origins"},
		{"keep", "0", "shop.toml, line 13: record.keep"},
		{"record", environment("CALLBACK"), "shop.toml, line 12: record.url"},
	}
	networks := map[string]Network{
		"TESTNET": {1, []string{"https://one.example/", "https://two.example", "https://three.example"}, 2},
		"MYNET":   {4242, []string{"http://127.0.0.1:5005"}, 1},
	}
	secret := []callback.Secret{callback.Secret(environment("CALLBACK"))}
	receivers := map[string]callback.Receiver{
		"shop":   {URL: "https://shop.example/paid", Secrets: secret},
		"ledger": {URL: "http://127.0.0.1/book", Secrets: secret},
	}
	keys, err := orders.ParseKeys(environment("CALLBACK") + " " + apiKey)
	if err != nil || !reflect.DeepEqual(c.Keys, &keys) {
		t.Errorf("got other keys than %v, %v", keys, err)
	}
	credentials, err := xaman.ParseCredentials(apiKey, apiKey)
	if err != nil || !reflect.DeepEqual(c.Settings, settings) || c.Name != "Shop" || *c.Credentials != credentials ||
		!reflect.DeepEqual(c.Networks, networks) || c.Network != "TESTNET" ||
		!reflect.DeepEqual(c.Receivers, receivers) ||
		!maps.Equal(c.Callbacks, map[string]bool{"ledger": true, "shop": false}) {
		t.Errorf("got %+v, %v", c, err)
	}
	o, err := c.Offers["it"].Order(t.Context(), backend.Visitor{})
	want := backend.Order{
		TxJSON: []byte(`{"TransactionType":"SignIn"}`), Options: xaman.Options{Expire: 10}, Instruction: "At {host}",
		Network: "MYNET", Callback: "shop",
	}
	if err != nil || !reflect.DeepEqual(o, want) || c.Offers["it"].Label != "Sign in" {
		t.Errorf("got %+v, %v, want %+v", o, err, want)
	}
}

func FuzzRead(f *testing.F) {
	example, err := os.ReadFile("../../site/guides/code/xaman-live.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add("[server]\naddr = 7\n[offers.\"a.b\"]\nkind = { a = [1, 2.5, 2026-01-01] }\n[[callbacks.a.secrets]]\n")
	secret := environment("CALLBACK")
	getenv := func(name string) string {
		if name == "XAMAN_API_KEY" {
			return apiKey
		}
		return secret
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse("shop.toml", []byte(text), getenv, func(string) ([]byte, error) { return []byte(apiKey), nil })
		if err != nil && (strings.Contains(err.Error(), secret) || !strings.HasPrefix(err.Error(), "shop.toml")) {
			t.Errorf("got %v, want a sentence about the file, without secrets", err)
		}
		for name, offer := range c.Offers {
			o, err := offer.Order(t.Context(), backend.Visitor{Amount: text})
			refused, ok := errors.AsType[*api.Error](err)
			if err != nil && (!ok || refused.Code != api.AmountRefused) {
				t.Errorf("%s: got %v, want it refused or ordered", name, err)
			}
			d := verify.Order{TxJSON: o.TxJSON, Unmarked: true, Submit: o.Options.Submit}
			if err == nil && d.Validate() != nil {
				t.Errorf("%s: got %s, which cannot be verified", name, o.TxJSON)
			}
		}
	})
}
