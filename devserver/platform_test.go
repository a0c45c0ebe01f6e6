package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/ledger"
)

func TestNodeThatProvesNothingIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, body, flag string
		why              string // "": the node is taken
		warned           bool
	}{
		{"right network", `{"result":{"status":"success","info":{"network_id":1}}}`, "", "", false},
		{"right network, said otherwise", `{"result":{"status":"success","info":{"network_id":1}}}`, "0", "", false},
		{"another network", `{"result":{"status":"success","info":{"network_id":0}}}`, "", "id 0", false},
		{"network not said", `{"result":{"status":"success","info":{}}}`, "", "-ledger-network", false},
		{"network said with the flag", `{"result":{"status":"success","info":{}}}`, "1", "", false},
		{"another network said with the flag", `{"result":{"status":"success","info":{}}}`, "0", "id 0", false},
		{"no answer yet", `busy`, "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
				_ *http.Request) {
				io.WriteString(w, tt.body)
			}))
			defer server.Close()
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			node := ledger.NewClient(server.URL, transport)
			if tt.flag != "" {
				if err := networkFlag(&node.Network)(tt.flag); err != nil {
					t.Fatal(err)
				}
			}
			var logged bytes.Buffer
			networks := map[string]backend.Network{demoNetwork: {ID: demoNetworkID, Node: node}}
			err := askNodes(t.Context(), networks, slog.New(slog.NewTextHandler(&logged, nil)))
			if (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v, want %q", err, tt.why)
			}
			if (logged.Len() > 0) != tt.warned {
				t.Errorf("got log %q, want a warning: %t", &logged, tt.warned)
			}
		})
	}
}

func TestLedgerNetworkFlag(t *testing.T) {
	o, err := parseOptions([]string{"-ledger-network", "0"}, func(string) string { return "" }, io.Discard)
	if err != nil || o.network == nil || *o.network != 0 {
		t.Errorf("got %+v, %v, want network 0", o, err)
	}
	if o, err := parseOptions(nil, func(string) string { return "" }, io.Discard); err != nil || o.network != nil {
		t.Errorf("got %+v, %v, want no network", o, err)
	}
	for _, text := range []string{"", "MAINNET", "-1", "4294967296", "1.5"} {
		if o, err := parseOptions([]string{"-ledger-network", text}, func(string) string { return "" },
			io.Discard); err == nil {
			t.Errorf("%q: got %+v, want an error", text, o)
		}
	}
}

func TestServerRefusesANodeThatProvesNothing(t *testing.T) {
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"result":{"status":"success","info":{"validated_ledger":{"seq":9}}}}`)
	}))
	defer node.Close()
	args := []string{"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", t.TempDir(), "-data", t.TempDir(),
		"-ledger", node.URL}
	err := run(context.Background(), args, func(string) string { return "" }, strings.NewReader(""), io.Discard,
		io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-ledger-network") {
		t.Errorf("got %v, want it to ask for -ledger-network", err)
	}
}
