package sandbox

import (
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// key is a key pair. All are public test values that no one should fund.
type key struct {
	seed, publicKey string
	address         string // of the account that the key belongs to by itself
}

// account is an account in the simulated phone's wallet, with its master key.
type account struct {
	name string
	key
	regular key // the regular key that the ledger knows, if any
}

var wallet = []account{
	{name: "Everyday", key: key{
		"snoPBrXtMeMyMHUVTgbuqAfg1SUTb", "0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020",
		"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
	}},
	{name: "Savings", key: key{
		"sEdSKaCy2JT7JaM7v95H9SxkhP9wS2r", "ED01FA53FA5A7E77798F882ECE20B1ABC00BB358A9E55A202D0D0676BD0CE37A63",
		"rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD",
	}},
	company,
	{name: "Not on the ledger", key: key{
		"sEdSL5bnsspjTJ55rw1766no8kWvfV4", "EDC1410EC4922A21B6F3CA7F376AD88074293F0F94119EB211FE83E75C7C7AC643",
		"rPPdduC9MRTrXZP1J7MQyEKKEYiFigWZ6Q",
	}},
}

// company has a regular key and a list of signers besides its master key.
var company = account{
	name: "Company",
	key: key{
		"sp5fV4UGhZhfCvcDRuY3dyyh5PjHf", "035A7FA22521397BE0FFE9CD7C35DDE0FB0C8EA96E48FF84E0C6309D0D4D70D9EA",
		"rMPrYipfRHJryWfwYARAwhsVGvHwpUDjgA",
	},
	regular: key{
		"sEdSKuYwxeL4JM1LBJcGmpLw9fbF8JN", "ED26D54D80051A116166CF76FEA87330D546680B875827B87AF1B1D58B9EB464E1",
		"rpjfAeE3DeeHPFnN2PgGFW5YxnZFAjrEyN",
	},
}

// demoShop is the Testnet faucet's address, which demos like to pay.
const demoShop = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"

// scammer is the one address on the platform's list of scams. It once took what wallets sent to nobody by mistake.
const scammer = "rrrrrrrrrrrrrrrrrrrn5RM1rHd"

// knownNames are accounts whose owners the platform knows.
var knownNames = map[string]string{demoShop: "Corner Shop"}

// genesis are the accounts that the ledger begins with.
func genesis() map[string]engine.Account {
	const million = 1_000_000_000_000 // of XRP, in drops
	return map[string]engine.Account{
		wallet[0].address: {Balance: million, Sequence: 1},
		wallet[1].address: {Balance: million, Sequence: 1},
		company.address: {
			Balance: million, Sequence: 1, RegularKey: company.regular.address, Quorum: 2,
			Signers: []engine.Signer{{Account: wallet[0].address, Weight: 1}, {Account: wallet[1].address, Weight: 1}},
		},
		demoShop: {Balance: million, Sequence: 1},
	}
}

// networks are the ones the phone knows; it is on the first unless a payload forces another. Only
// the first has a ledger in the sandbox: what is sent to the others is out of its sight.
var networks = []engine.Network{
	{Key: "TESTNET", ID: 1, Node: "wss://testnet.sandbox.example"},
	{Key: "MAINNET", ID: 0, Node: "wss://mainnet.sandbox.example"},
	{Key: "DEVNET", ID: 2, Node: "wss://devnet.sandbox.example"},
	{Key: "XAHAU", ID: 21337, Node: "wss://xahau.sandbox.example"},
	{Key: "XAHAUTESTNET", ID: 21338, Node: "wss://xahau-testnet.sandbox.example"},
}

// networkFor finds the network a payload asks for by key, "" meaning the phone's own choice.
func networkFor(key string) (engine.Network, bool) {
	if key == "" {
		return networks[0], true
	}
	for _, n := range networks {
		if strings.EqualFold(n.Key, key) {
			return n, true
		}
	}
	return engine.Network{}, false
}

// networkKey names the network of a template's NetworkID. One that the phone does not know is named by its number, so
// that the phone refuses it rather than signing on another.
func networkKey(id uint32) string {
	for _, n := range networks {
		if n.ID == int(id) {
			return n.Key
		}
	}
	return strconv.FormatUint(uint64(id), 10)
}
