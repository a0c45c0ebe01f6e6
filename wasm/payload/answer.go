package payload

import "slices"

// Status is what the site's backend says became of a payload.
type Status string

const (
	StatusPending   Status = "pending"
	StatusOpened    Status = "opened"    // may still be signed, even when its time is over
	StatusSigned    Status = "signed"    // a signed blob is stored; what it is worth is the verdict
	StatusRejected  Status = "rejected"  // final
	StatusExpired   Status = "expired"   // never opened in time; final
	StatusCancelled Status = "cancelled" // final
)

// Verdict is the backend's judgement of a signed payload.
type Verdict string

const (
	VerdictNone       Verdict = "none"
	VerdictChecking   Verdict = "checking"
	VerdictVerified   Verdict = "verified"
	VerdictUnverified Verdict = "unverified"
)

// Outcome is the result of one check.
type Outcome string

const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Pending Outcome = "pending"
	Skipped Outcome = "skipped"
)

// Check is one step of the verification, by its stable name, with the reason for its outcome: a stable code, by which
// a page finds a sentence in the visitor's language, and a sentence in English that says more, for developers.
type Check struct {
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	Code    string  `json:"code"` // see package api; "" of a backend that has none
	Detail  string  `json:"detail"`
}

// Result is what a signed payload amounts to, in the backend's words. Every field may be empty.
type Result struct {
	Account     string `json:"account,omitempty"` // who signed
	TxID        string `json:"txid,omitempty"`
	Network     string `json:"network,omitempty"`     // platform's key: MAINNET, TESTNET, …
	Amount      string `json:"amount,omitempty"`      // decimal number, as delivered
	Currency    string `json:"currency,omitempty"`    // XRP, a token's code, or an MPT's issuance id
	Issuer      string `json:"issuer,omitempty"`      // r-address, of a token
	Destination string `json:"destination,omitempty"` // r-address
	Time        string `json:"time,omitempty"`        // when its ledger closed, RFC 3339
	Explorer    string `json:"explorer,omitempty"`    // URL of a page that shows the transaction
}

// Summary says what the visitor is asked to sign: all that the phone shows, so that the two can be compared. Every
// field but Site, Type and Network may be empty.
type Summary struct {
	Site           string   `json:"site"`                      // who asks, by the name that the phone shows
	Icon           string   `json:"icon,omitempty"`            // https: URL of the site's icon on the phone
	Type           string   `json:"type"`                      // transaction type, SignIn for a login
	Amount         string   `json:"amount,omitempty"`          // decimal number that the visitor pays
	Currency       string   `json:"currency,omitempty"`        // XRP or a token's code
	Issuer         string   `json:"issuer,omitempty"`          // r-address, of a token
	Amounts        []Amount `json:"amounts,omitempty"`         // the other amounts of the transaction
	Destination    string   `json:"destination,omitempty"`     // r-address
	DestinationTag string   `json:"destination_tag,omitempty"` // decimal number
	Memo           string   `json:"memo,omitempty"`            // readable text
	Fields         []Field  `json:"fields,omitempty"`          // the other parts, such as a key that may sign
	MaxFee         string   `json:"max_fee,omitempty"`         // most that the transaction may cost, in XRP
	Network        string   `json:"network"`
}

// same reports whether s and t are equal. Package reflect would compare them, and cost the page 6 kB.
func (s *Summary) same(t *Summary) bool {
	texts := func(s *Summary) [11]string {
		return [...]string{s.Site, s.Icon, s.Type, s.Amount, s.Currency, s.Issuer, s.Destination, s.DestinationTag, s.Memo,
			s.MaxFee, s.Network}
	}
	return texts(s) == texts(t) && slices.Equal(s.Amounts, t.Amounts) && slices.Equal(s.Fields, t.Fields)
}

// Amount is an amount in a field of a transaction, such as TakerGets.
type Amount struct {
	Field    string `json:"field"`
	Value    string `json:"value"` // decimal number
	Currency string `json:"currency"`
	Issuer   string `json:"issuer,omitempty"` // r-address, of a token
}

// Field is a part of a transaction that has no place of its own in a [Summary].
type Field struct {
	Name  string `json:"name"`  // as the ledger has it, such as RegularKey
	Value string `json:"value"` // an address, a number, a time in RFC 3339, a text, or hex
}

// Answer is the backend's word on a payload, the only thing a page may rely on.
type Answer struct {
	UUID      UUID    `json:"uuid"`
	Status    Status  `json:"status"`
	Verdict   Verdict `json:"verdict"`
	Checks    []Check `json:"checks"`
	Result    Result  `json:"result"`
	Summary   Summary `json:"summary"`
	ExpiresIn *int    `json:"expires_in,omitempty"` // seconds until too late to open; nil: not said
}

// Final reports whether no later answer can differ.
func (a *Answer) Final() bool {
	return a.Over() || a.Verdict == VerdictVerified || a.Verdict == VerdictUnverified
}

// Over reports whether the request has come to an end without a signature, so that a new one may take its place:
// before, both could be paid.
func (a *Answer) Over() bool {
	switch a.Status {
	case StatusRejected, StatusExpired, StatusCancelled:
		return true
	}
	return false
}

// rank orders answers by how much they know. Answers may overtake each other on the way.
func (a *Answer) rank() int {
	switch {
	case a.Verdict == VerdictVerified || a.Verdict == VerdictUnverified:
		return 6
	case a.Status == StatusSigned:
		return 5
	case a.Status == StatusRejected:
		return 4
	case a.Status == StatusCancelled || a.Status == StatusExpired:
		return 3
	case a.Status == StatusOpened:
		return 2
	case a.Status == StatusPending:
		return 1
	}
	return 0
}
