package sandbox

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
)

// account is an account in the simulated phone's wallet. Both are public test values that no one
// should fund.
type account struct {
	name, address, publicKey string
}

var wallet = []account{
	{"Everyday", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020"},
	{"Savings", "rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD", "ED01FA53FA5A7E77798F882ECE20B1ABC00BB358A9E55A202D0D0676BD0CE37A63"},
}

// signature is what the phone sends to the platform when it has signed.
type signature struct {
	blob, txid       string
	account, signer  string
	publicKey        string
	multisignAccount string
}

// sign signs a payload's template. The blob is made up: it has the form of a signed object, and its
// hash is right, but its signature is random.
func (a account) sign(pl *payload) signature {
	id, err := accountID(a.address)
	if err != nil {
		panic(fmt.Sprintf("sandbox: the wallet's own address %s: %v", a.address, err))
	}
	random := make([]byte, 64)
	rand.Read(random)
	// Field codes: 7321 SigningPubKey, 7440 TxnSignature, 8114 Account.
	blob := fmt.Sprintf("7321%s7440%X8114%X", a.publicKey, random, id)
	s := signature{blob: blob, txid: txID(blob), account: a.address, signer: a.address, publicKey: a.publicKey}
	if pl.options.multisign {
		s.multisignAccount = a.address
		if account := pl.tx.text("Account"); account != "" {
			s.account = account
		}
	}
	return s
}

// txID is the hash the ledger names a signed blob by.
func txID(blob string) string {
	b, err := hex.DecodeString("54584E00" + blob)
	if err != nil {
		panic(fmt.Sprintf("sandbox: hash a blob that is not hex: %v", err))
	}
	sum := sha512.Sum512(b)
	return strings.ToUpper(hex.EncodeToString(sum[:32]))
}

// network is a ledger the phone can be on.
type network struct {
	key  string
	id   int
	node string
}

// networks are the ones the phone knows; it is on the first unless a payload forces another.
var networks = []network{
	{"TESTNET", 1, "wss://testnet.sandbox.example"},
	{"MAINNET", 0, "wss://mainnet.sandbox.example"},
	{"DEVNET", 2, "wss://devnet.sandbox.example"},
	{"XAHAU", 21337, "wss://xahau.sandbox.example"},
	{"XAHAUTESTNET", 21338, "wss://xahau-testnet.sandbox.example"},
}

// networkFor finds the network a payload asks for by key, "" meaning the phone's own choice.
func networkFor(key string) (network, bool) {
	if key == "" {
		return networks[0], true
	}
	for _, n := range networks {
		if strings.EqualFold(n.key, key) {
			return n, true
		}
	}
	return network{}, false
}

// networkKey names the network of a template's NetworkID.
func networkKey(id uint32) string {
	for _, n := range networks {
		if n.id == int(id) {
			return n.key
		}
	}
	return ""
}
