package backend

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/verify"
)

func TestEvidenceAsItIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		evidence verify.Evidence
		want     string
	}{
		"nothing yet": {verify.Evidence{}, `{}`},
		"all": {verify.Evidence{
			Server: &ledger.Server{NetworkID: new(uint32(1)), Validated: 1005},
			Accounts: map[string]ledger.Account{
				"rA": {
					Ledger: 1005, RegularKey: "rK", MasterDisabled: true,
					Signers: []ledger.Signer{{Account: "rS", Weight: 2}}, Quorum: 3,
				},
			},
			Transaction: &ledger.Transaction{
				Hash: "AB", Validated: true, Result: "tesSUCCESS", LedgerIndex: 1003, CloseTime: time.Unix(0, 0).UTC(),
				Delivered: json.RawMessage(`"1"`), Type: "Payment", Account: "rA", Destination: "rD",
				DestinationTag: new(uint32(0)),
			},
			Trouble: "No.",
		}, `{"node":{"network_id":1,"validated_ledger":1005},"accounts":{"rA":{"ledger_index":1005,"regular_key":"rK",` +
			`"master_disabled":true,"signers":[{"account":"rS","weight":2}],"quorum":3}},"transaction":{"hash":"AB",` +
			`"validated":true,"result":"tesSUCCESS","ledger_index":1003,"close_time":"1970-01-01T00:00:00Z",` +
			`"delivered":"1","type":"Payment","account":"rA","destination":"rD","destination_tag":0},"trouble":"No."}`},
		"a silent node":  {verify.Evidence{Server: &ledger.Server{}}, `{"node":{"network_id":null,"validated_ledger":0}}`},
		"never any more": {verify.Evidence{Impossible: true}, `{"impossible":true}`},
		"not seen so far": {
			verify.Evidence{Transaction: &ledger.Transaction{}}, `{"transaction":{"hash":"","validated":false}}`,
		},
	} {
		got, err := json.Marshal(newEvidence(tt.evidence))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", name, got, err, tt.want)
		}
	}
}
