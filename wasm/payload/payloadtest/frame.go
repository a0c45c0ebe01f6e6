package payloadtest

import (
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// UUID is the payload that the frames and the server speak of.
const UUID = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")

// The frames of the protocol that are always the same.
const (
	Welcome       = `{"message":"Welcome ` + string(UUID) + `"}`
	Echo          = `{"message":"Right back at you!"}`
	NoSuchPayload = `{"message":"..."}` // the text is not documented; a close follows
	Opened        = `{"opened":true}`
	DevAppFetched = `{"devapp_fetched":true}`
	PreSigned     = `{"pre_signed":true}`
	Dispatched    = `{"dispatched":true}`
	Expired       = `{"expired":true}`
)

// ExpiresIn is the keep-alive: seconds until the payload expires, negative once it has.
func ExpiresIn(seconds int) string { return fmt.Sprintf(`{"expires_in_seconds":%d}`, seconds) }

// Resolved is the message that the user signed or declined, with all the keys that the platform sends.
func Resolved(uuid payload.UUID, signed bool) string {
	txid := "null"
	if signed {
		txid = `"C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00"`
	}
	return fmt.Sprintf(`{"payload_uuidv4":%q,"reference_call_uuidv4":"e4d0a5a2-0c0b-4f6e-8f7a-7c1d2e3f4a5b",`+
		`"signed":%t,"user_token":true,"return_url":{"app":null,"web":"https://shop.example/done?p=1"},"txid":%s,`+
		`"opened_by_deeplink":false,"custom_meta":{"identifier":"order-117","blob":{"table":4},"instruction":"Two coffees"}}`,
		string(uuid), signed, txid)
}
