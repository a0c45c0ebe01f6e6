package xaman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Request asks for a new payload.
type Request struct {
	TxJSON     json.RawMessage `json:"txjson"`
	Options    Options         `json:"options"`
	CustomMeta Custom          `json:"custom_meta"`
	UserToken  string          `json:"user_token,omitempty"` // of the user whose phone is to be told; see [Webhook]
}

// Options say how a payload is to be signed.
type Options struct {
	Submit       bool   `json:"submit"`                  // the phone submits after signing
	Expire       int    `json:"expire,omitempty"`        // minutes to open it in; 0: the platform's default, a day
	ForceNetwork string `json:"force_network,omitempty"` // key of a network: MAINNET, TESTNET, …; empty: the user's choice

	ReturnURL ReturnURL `json:"return_url,omitzero"`
}

// ReturnURL is where the user is led afterwards. The platform puts the payload's UUID in the place of {id}.
type ReturnURL struct {
	App string `json:"app,omitempty"` // opened by the phone, in its default browser, when the user has signed
	Web string `json:"web,omitempty"` // for the platform's own sign page
}

// Custom is what an application attaches to a payload. The phone shows Instruction.
type Custom struct {
	Identifier  string          `json:"identifier,omitempty"`  // at most 40 characters, unique for the application
	Instruction string          `json:"instruction,omitempty"` // at most 280 characters
	Blob        json.RawMessage `json:"blob,omitempty"`        // at most 1500 characters
}

// Payload is what the platform says of a payload. Strings that are null, absent or "" are all "", since the platform
// means the same by them.
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
	Exists              bool     `json:"exists"`
	UUID                string   `json:"uuid"`
	Multisign           bool     `json:"multisign"`
	Submit              bool     `json:"submit"`
	Pathfinding         bool     `json:"pathfinding"`
	PathfindingFallback bool     `json:"pathfinding_fallback"`
	ForceNetwork        string   `json:"force_network"`
	Destination         string   `json:"destination"`
	ResolvedDestination string   `json:"resolved_destination"`
	Resolved            bool     `json:"resolved"`
	Signed              bool     `json:"signed"`
	Cancelled           bool     `json:"cancelled"`
	Expired             bool     `json:"expired"`
	Pushed              bool     `json:"pushed"`
	AppOpened           bool     `json:"app_opened"`
	OpenedByDeeplink    *bool    `json:"opened_by_deeplink"`
	Immutable           bool     `json:"immutable"`
	ForceAccount        bool     `json:"forceAccount"`
	ReturnURLApp        string   `json:"return_url_app"`
	ReturnURLWeb        string   `json:"return_url_web"`
	IsXApp              bool     `json:"is_xapp"`
	Signers             []string `json:"signers"`
}

// Application is who asked.
type Application struct {
	UUID            string `json:"uuidv4"`
	Name            string `json:"name"`
	Description     string `json:"description"`
	Disabled        int    `json:"disabled"`
	IconURL         string `json:"icon_url"`
	IssuedUserToken string `json:"issued_user_token"` // only on the payload that issued it last
}

// Body is what was asked for. RequestJSON is as received: numbers in it may not fit a float64.
type Body struct {
	TxType           string          `json:"tx_type"`
	TxDestination    string          `json:"tx_destination"`
	TxDestinationTag *uint32         `json:"tx_destination_tag"`
	RequestJSON      json.RawMessage `json:"request_json"`
	OriginType       string          `json:"origintype"`
	SignMethod       string          `json:"signmethod"`
	CreatedAt        Time            `json:"created_at"`
	ExpiresAt        Time            `json:"expires_at"`
	ExpiresInSeconds int64           `json:"expires_in_seconds"` // negative once expired
	Computed         json.RawMessage `json:"computed"`
}

// Response is what the phone reported. Everything in it is the phone's claim.
type Response struct {
	Hex                  string `json:"hex"` // the signed blob
	TxID                 string `json:"txid"`
	ResolvedAt           Time   `json:"resolved_at"`
	DispatchedTo         string `json:"dispatched_to"`
	DispatchedNodeType   string `json:"dispatched_nodetype"` // empty if not submitted
	DispatchedResult     string `json:"dispatched_result"`
	DispatchedToNode     bool   `json:"dispatched_to_node"`
	EnvironmentNodeURI   string `json:"environment_nodeuri"`
	EnvironmentNodeType  string `json:"environment_nodetype"` // the phone's network while signing
	EnvironmentNetworkID *int64 `json:"environment_networkid"`
	MultisignAccount     string `json:"multisign_account"`
	Account              string `json:"account"` // pending: what the template asked for
	Signer               string `json:"signer"`
	SignerPubKey         string `json:"signer_pubkey"`
	User                 string `json:"user"`
}

// Cancellation is what became of a wish to cancel. The platform sends the payload's meta along, but as it was before,
// with cancelled still false; it is left out here.
type Cancellation struct {
	Cancelled bool   `json:"cancelled"`
	Reason    string `json:"reason"` // OK, ALREADY_CANCELLED, ALREADY_RESOLVED, ALREADY_EXPIRED or ALREADY_OPENED
}

// Time is a time that may be absent, as the zero value. The platform has written times with and without milliseconds.
type Time struct{ time.Time }

// UnmarshalJSON reads a time, null or "".
func (t *Time) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) || bytes.Equal(data, []byte(`""`)) {
		*t = Time{}
		return nil
	}
	if err := t.Time.UnmarshalJSON(data); err != nil {
		return fmt.Errorf("read time: %w", err)
	}
	return nil
}
