package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
)

const example = "../site/guides/code/xaman-live.toml"

// secrets are those that the example names.
var secrets = map[string]string{
	"XAMAN_API_KEY": sandbox.Key,
	"SHOP_SECRET":   strings.Repeat("a", 64), "SHOP_SECRET_BEFORE": strings.Repeat("b", 64),
	"KITCHEN_SECRET": strings.Repeat("c", 64),
}

// toTry is the example as somebody tries it on this machine: with a sandbox for the platform, and for two of three
// nodes. The third lies. Callbacks go to a program with this address.
func toTry(t *testing.T, at, program string) string {
	t.Helper()
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, lie(r))
	}))
	t.Cleanup(liar.Close)
	nodes := `nodes = ["` + liar.URL + `", "` + at + `/ledger", "` +
		strings.Replace(at, "127.0.0.1", "localhost", 1) + `/ledger"]`
	for _, change := range []struct{ from, to string }{
		{`(?m)^(origin|addr|private_addr) = .*\n`, ""},
		{`/run/secrets/program`, written(t, strings.Repeat("d", 64))},
		{`/run/secrets/xaman`, written(t, sandbox.Secret+"\n")},
		{`(?s)nodes = \[\n.*?\n\]`, nodes},
		{`(?s)\[networks.MAINNET\]\n[^\n]+\n`, ""},
		{`https://shop.example/`, program + "/"},
		{`http://127.0.0.1:9000/`, program + "/"},
	} {
		from := regexp.MustCompile(change.from)
		if !from.Match(text) {
			t.Fatalf("the example has no %s", change.from)
		}
		text = from.ReplaceAll(text, []byte(change.to))
	}
	return written(t, string(text))
}

// lie is what a node says that has seen no payment, and is ahead of all others.
func lie(r *http.Request) string {
	var asked struct{ Method string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err == nil && asked.Method == "server_info" {
		return `{"result":{"status":"success","info":{"network_id":1,"validated_ledger":{"seq":4000000000}}}}`
	}
	return `{"result":{"status":"error","error":"txnNotFound","searched_all":true}}`
}

// written returns the name of a file with a text.
func written(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "shop.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// All that the example offers can be created and signed, is verified whatever one of the nodes says, and is told to the
// callback that it names.
func TestExampleEndsWell(t *testing.T) {
	told := make(chan string, 100)
	program := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var verdict struct{ Event, Offer string }
		if err := json.NewDecoder(r.Body).Decode(&verdict); err != nil {
			t.Error(err)
		}
		told <- r.URL.Path + " " + verdict.Offer + " " + verdict.Event
	}))
	t.Cleanup(program.Close)
	with := start(t, nil)
	d := start(t, secrets, "-config", toTry(t, with.sandbox, program.URL), "-platform", with.sandbox)
	d.sandbox = with.sandbox
	everyOfferEndsWell(t, d, 9)
	var got []string
	for len(got) < 9 {
		select {
		case one := <-told:
			got = append(got, one)
		case <-time.After(time.Minute):
			t.Fatalf("got %q, and no more", got)
		}
	}
	slices.Sort(got)
	if want := []string{
		"/orders lunch verified", "/paid coffee verified", "/paid cup verified", "/paid donation verified",
		"/paid loyalty verified", "/paid sell-cup verified", "/paid settings verified", "/paid sign-in verified",
		"/paid take-cup verified",
	}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	visitor := &http.Client{Transport: transport(t)}
	for amount, want := range map[string]string{
		"7.5": `"amount":"7.5"`, "0.5": `"code":"amount"`, "five": "from 1 to 100 XRP",
	} {
		body := strings.NewReader(`{"demo":"donation","amount":"` + amount + `"}`)
		res, err := visitor.Post(d.site+"/api"+api.Collection, "application/json", body)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !strings.Contains(string(answer), want) {
			t.Errorf("%s: got %s, %v, want %s", amount, answer, err, want)
		}
	}
}

// Without credentials, whatever the file offers is tried on the network of the sandbox.
func TestSandboxTakesThePlaceOfTheNetworks(t *testing.T) {
	name := written(t, `
		[networks.MAINNET]
		nodes = ["https://one.example"]
		[offers.it]
		kind = "sign-in"
		network = "MAINNET"
	`)
	for _, tt := range []struct {
		env              map[string]string
		network, offered string
	}{
		{nil, demoNetwork, ""},
		{map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret}, "MAINNET", "MAINNET"},
	} {
		o, err := parseOptions([]string{"-config", name}, func(name string) string { return tt.env[name] }, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		order, err := o.offers()["it"].Order(t.Context(), backend.Visitor{})
		if _, network := o.nodes("x"); err != nil || network != tt.network || order.Network != tt.offered {
			t.Errorf("got %s and %q, %v, want %s and %q", network, order.Network, err, tt.network, tt.offered)
		}
	}
}

func TestFlagsCountMoreThanTheFile(t *testing.T) {
	name := written(t, `
		[server]
		addr = "127.0.0.1:1"
		origin = "https://file.example"
		allow_origins = ["https://one.example", "https://two.example"]
		site = "file"
		sandbox_addr = "127.0.0.1:2"
		[platform]
		url = "https://platform.example"
		api_key = { env = "A" }
		api_secret = { env = "A" }
		[record]
		folder = "file"
	`)
	getenv := func(string) string { return sandbox.Key }
	o, err := parseOptions([]string{"-config", name, "-addr", "127.0.0.1:3", "-origin", "https://flag.example"}, getenv,
		io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.addr != "127.0.0.1:3" || o.origin != "https://flag.example" {
		t.Errorf("got %s for %s, want what the flags say", o.addr, o.origin)
	}
	if o.sandboxAddr != "127.0.0.1:2" || o.site != "file" || o.remembered.data != "file" ||
		o.platform != "https://platform.example" ||
		strings.Join(o.pages, " ") != "https://one.example https://two.example" {
		t.Errorf("got %+v, want what the file says", o)
	}
	o, err = parseOptions([]string{"-allow-origin", "https://three.example", "-config", name}, getenv, io.Discard)
	if err != nil || len(o.pages) != 1 {
		t.Errorf("got %v, %v, want what the flag says, and nothing of the file", o.pages, err)
	}
}

func TestFileIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"[server]\nlabel = 1\n":                   "line 2: server.label is not a key",
		"[server]\n\norigin = \"shop.example\"\n": "line 3: server.origin \"shop.example\" is not an origin, as in https:",
		"[platform]\nurl = \"shop.example\"\n":    "line 2: platform.url \"shop.example\" is not an http: or https: URL",
	} {
		name := written(t, text)
		_, err := parseOptions([]string{"-config", name}, os.Getenv, io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), name+", "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A key of the file with a flag that is not there would be refused, whatever it says.
func TestEveryKeyWithAFlagHasIt(t *testing.T) {
	text, err := os.ReadFile("config/keys.go")
	if err != nil {
		t.Fatal(err)
	}
	var help strings.Builder
	if _, err := parseOptions([]string{"-h"}, os.Getenv, &help); err == nil {
		t.Fatal("got no help")
	}
	tags := regexp.MustCompile(`flag:"([^"]+)"`).FindAllStringSubmatch(string(text), -1)
	if len(tags) < 10 {
		t.Fatalf("got only %d keys with flags", len(tags))
	}
	for _, tag := range tags {
		if !strings.Contains(help.String(), "\n  -"+tag[1]+" ") {
			t.Errorf("there is no flag -%s", tag[1])
		}
	}
}
