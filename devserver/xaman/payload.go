package xaman

import "encoding/json"

// Request asks for a new payload.
type Request struct {
	TxJSON     json.RawMessage `json:"txjson"`
	Options    Options         `json:"options"`
	CustomMeta CustomMeta      `json:"custom_meta"`
	UserToken  string          `json:"user_token,omitempty"` // of the user whose phone is to be told; see [Webhook]
}

// Options say how a payload is to be signed.
type Options struct {
	Submit       bool   `json:"submit"`                  // the phone submits after signing
	Expire       int    `json:"expire,omitempty"`        // minutes to open it in; 0: the platform's default, a day
	ForceNetwork string `json:"force_network,omitempty"` // key of a network: MAINNET, TESTNET, …; empty: the user's choice

	Signers   []string  `json:"signers,omitempty"` // addresses of the accounts that may sign; empty: the user's choice
	ReturnURL ReturnURL `json:"return_url,omitzero"`
}

// ReturnURL is where the user is led afterwards. The platform puts the payload's UUID in the place of {id}.
type ReturnURL struct {
	App string `json:"app,omitempty"` // opened by the phone, in its default browser, when the user has signed
	Web string `json:"web,omitempty"` // for the platform's own sign page
}

// CustomMeta is what an application attaches to a payload that it asks for. Whoever watches the payload may see it; the
// phone shows Instruction.
type CustomMeta struct {
	Identifier  string          `json:"identifier,omitempty"`  // at most 40 characters, unique for the application
	Instruction string          `json:"instruction,omitempty"` // at most 280 characters
	Blob        json.RawMessage `json:"blob,omitempty"`        // at most 1500 characters of JSON
}

// Custom is what the platform shows of a [CustomMeta].
type Custom struct {
	Identifier  string `json:"identifier,omitempty"`  // at most 40 characters, unique for the application
	Instruction string `json:"instruction,omitempty"` // at most 280 characters
}

// Payload is what the platform says of a payload, as far as it is used. What is null, absent, empty or not understood
// is the zero value, since the platform means the same by them.
type Payload struct {
	Meta        Meta        `json:"meta"`
	Application Application `json:"application"`
	Payload     Body        `json:"payload"`
	Response    Response    `json:"response"`
	CustomMeta  Custom      `json:"custom_meta"`
}

// Meta tells where a payload stands. Signed says that a signed blob is stored, neither that it is good nor that it had
// an effect. Expired is about time alone and becomes true for signed payloads too. AppOpened is set by a phone that
// fetched the payload before it expired.
type Meta struct {
	Exists    bool   `json:"exists"` // false only if the platform says so
	UUID      string `json:"uuid"`
	Resolved  bool   `json:"resolved"`
	Signed    bool   `json:"signed"`
	Cancelled bool   `json:"cancelled"`
	Expired   bool   `json:"expired"`
	AppOpened bool   `json:"app_opened"`

	Submit       bool   `json:"submit"`        // the phone submits after signing
	Pathfinding  bool   `json:"pathfinding"`   // the phone lets its user choose what to pay with
	ForceNetwork string `json:"force_network"` // key of a network; "": the user's choice
}

// Application is who asked. The phone shows its name and its icon.
type Application struct {
	UUID            string `json:"uuidv4"`
	Name            string `json:"name"`
	IconURL         string `json:"icon_url"`
	IssuedUserToken string `json:"issued_user_token"` // only on the payload that issued it last
}

// Body is what was asked for. RequestJSON is as received: numbers in it may not fit a float64.
type Body struct {
	TxType           string          `json:"tx_type"`
	RequestJSON      json.RawMessage `json:"request_json"`
	CreatedAt        string          `json:"created_at"`         // RFC 3339
	ExpiresInSeconds *int64          `json:"expires_in_seconds"` // negative once expired; nil: not known
}

// Response is what the phone reported. Everything in it is the phone's claim.
type Response struct {
	Hex                  string `json:"hex"` // the signed blob
	TxID                 string `json:"txid"`
	DispatchedNodeType   string `json:"dispatched_nodetype"`  // empty if not submitted
	EnvironmentNodeType  string `json:"environment_nodetype"` // the phone's network while signing
	EnvironmentNetworkID *int64 `json:"environment_networkid"`
	MultisignAccount     string `json:"multisign_account"`
	Account              string `json:"account"` // pending: what the template asked for
}

// UnmarshalJSON reads what is used, leniently.
func (c *Custom) UnmarshalJSON(data []byte) error { return read(data, c, Custom{}) }

// UnmarshalJSON reads what is used, leniently.
func (m *Meta) UnmarshalJSON(data []byte) error { return read(data, m, Meta{Exists: true}) }

// UnmarshalJSON reads what is used, leniently.
func (a *Application) UnmarshalJSON(data []byte) error { return read(data, a, Application{}) }

// UnmarshalJSON reads what is used, leniently.
func (b *Body) UnmarshalJSON(data []byte) error { return read(data, b, Body{}) }

// UnmarshalJSON reads what is used, leniently.
func (r *Response) UnmarshalJSON(data []byte) error { return read(data, r, Response{}) }

// Cancellation is what became of a wish to cancel. The platform sends the payload's meta along, but as it was before,
// with cancelled still false; it is left out here.
type Cancellation struct {
	Cancelled bool   `json:"cancelled"`
	Reason    string `json:"reason"` // OK, ALREADY_CANCELLED, ALREADY_RESOLVED, ALREADY_EXPIRED or ALREADY_OPENED
}

// UnmarshalJSON reads what is used, leniently.
func (c *Cancellation) UnmarshalJSON(data []byte) error { return read(data, c, Cancellation{}) }
