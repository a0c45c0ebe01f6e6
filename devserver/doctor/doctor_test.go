package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

const (
	key    = "5a6d0c1e-0000-4000-8000-000000000001"
	origin = "https://shop.example"
)

// world is all that a site has to do with, by the hosts. What is well there, a test breaks.
type world struct {
	pong      string
	date      time.Duration // by how much the platform's clock is ahead
	status    int           // of the platform; 0: 200
	webhook   reply
	callback  reply
	nodes     map[string]*node
	recordErr error
	certify   func(*x509.Certificate)
	untrusted bool
	change    func(*Site)
}

type node struct {
	ahead time.Duration
	seq   uint32
	age   int
	id    any
	after time.Duration
	down  bool
}

type reply struct {
	status int
	body   string
	err    error
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := reply{status: 200}
	header := http.Header{}
	switch host := r.URL.Host; host {
	case "xumm.app":
		header.Set("Date", time.Now().Add(w.date).UTC().Format(http.TimeFormat))
		if answer.body = w.pong; w.status != 0 {
			answer.status = w.status
		}
	case "shop.example":
		answer = w.webhook
	case "book.example":
		answer = w.callback
	default:
		n := w.nodes[host]
		select {
		case <-time.After(n.after):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		if n.down {
			return nil, errors.New("nobody is there")
		}
		info, err := json.Marshal(map[string]any{
			"network_id": n.id, "time": time.Now().Add(n.ahead).UTC().Format("2006-Jan-02 15:04:05.000000 MST"),
			"validated_ledger": map[string]any{"seq": n.seq, "age": n.age},
		})
		if err != nil {
			return nil, err
		}
		answer.body = `{"result":{"status":"success","info":` + string(info) + `}}`
	}
	if answer.err != nil {
		return nil, answer.err
	}
	body := io.NopCloser(strings.NewReader(answer.body))
	return &http.Response{StatusCode: answer.status, Header: header, Body: body}, nil
}

// well is a world without anything wrong.
func well() *world {
	return &world{
		pong:     `{"pong":true,"auth":{"application":{"name":"Corner Shop","webhookurl":"` + origin + webhook + `"}}}`,
		webhook:  reply{status: 401, body: `{"error":{"code":"unauthorized","message":"No."}}`},
		callback: reply{status: 401},
		nodes:    map[string]*node{"one": {seq: 100, id: 1}, "two": {seq: 99, id: 1}, "three": {seq: 100, id: 1}},
		certify:  func(*x509.Certificate) {},
		change:   func(*Site) {},
	}
}

// site is a site in that world.
func (w *world) site(t *testing.T) Site {
	t.Helper()
	credentials, err := xaman.ParseCredentials(key, key)
	if err != nil {
		t.Fatal(err)
	}
	n := Network{Name: "TESTNET", ID: 1, Quorum: 2}
	for _, name := range []string{"one", "two", "three"} {
		n.Nodes = append(n.Nodes, Node{name, ledger.NewClient("https://"+name+"/key", w)})
	}
	s := Site{
		Platform: xaman.NewClient("", credentials, w), Networks: []Network{n}, Origin: origin, Transport: w,
		Record:    func(context.Context) error { return w.recordErr },
		Callbacks: map[string]string{"book": "https://book.example/paid?token=hunter2"},
	}
	s.Cert, s.Key, s.Roots = w.certificate(t)
	w.change(&s)
	return s
}

// certificate writes one that is good for three months, unless the test changes it, and returns who is trusted.
func (w *world) certificate(t *testing.T) (cert, keyFile string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "shop"}, DNSNames: []string{"shop.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	w.certify(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	if c, err := x509.ParseCertificate(der); err == nil && !w.untrusted {
		roots.AddCert(c)
	}
	dir := t.TempDir()
	write := func(name, kind string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret), roots
}

func TestOneThingIsWrong(t *testing.T) {
	refuses := func(status, code int) func(*world) {
		return func(w *world) { w.status, w.pong = status, fmt.Sprintf(`{"error":{"code":%d}}`, code) }
	}
	tests := []struct {
		name   string
		change func(*world)
		wrong  []string // beginnings of what is said, and anything within behind a "…"
	}{
		{"nothing", func(*world) {}, nil},
		{"no credentials", func(w *world) { w.change = func(s *Site) { s.Platform = nil } }, []string{
			"credentials: There are none"}},
		{"key not known", refuses(403, 811), []string{"credentials: The platform does not know the API key"}},
		{"wrong secret", refuses(403, 813), []string{"credentials: The platform does not take the API secret"}},
		{"application disabled", refuses(403, 810), []string{"credentials: The platform has disabled"}},
		{"too many calls", refuses(429, 0), []string{"credentials: The platform wants fewer calls"}},
		{"platform down", refuses(502, 0), []string{"credentials: The platform does not answer"}},
		{"no webhook in the console", func(w *world) { w.pong = `{"pong":true}` }, []string{
			"webhook in the console: The platform has no address for webhooks: enter https://shop.example/api/webhook"}},
		{"another webhook in the console", func(w *world) {
			w.pong = strings.Replace(w.pong, "shop.example", "old.example", 1)
		}, []string{"webhook in the console: The platform sends webhooks to https://old.example/api/webhook: enter "}},
		{"no origin", func(w *world) { w.change = func(s *Site) { s.Origin = "" } }, []string{
			"webhook in the console: The site has no public origin", "webhook: The site has no public origin"}},
		{"origin without TLS", func(w *world) {
			w.pong = strings.Replace(w.pong, "https:", "http:", 1)
			w.change = func(s *Site) { s.Origin = "http://shop.example" }
		}, []string{"webhook: http://shop.example is without TLS"}},
		{"origin of this machine", func(w *world) {
			w.pong = strings.Replace(w.pong, "https://shop.example", "http://127.0.0.1:8080", 1)
			w.change = func(s *Site) { s.Origin, s.Cert = "http://127.0.0.1:8080", "" }
		}, []string{"webhook: http://127.0.0.1:8080 is of this machine alone"}},
		{"nobody at the origin", func(w *world) { w.webhook = reply{err: errors.New("nobody is there")} }, []string{
			"webhook: Nothing answers at https://shop.example/api/webhook: start the server … (nobody is there)"}},
		{"another server at the origin", func(w *world) { w.webhook = reply{status: 404, body: "<html>"} }, []string{
			"webhook: https://shop.example/api/webhook answers with status 404, and not as this server does"}},
		{"a proxy that wants a password", func(w *world) { w.webhook = reply{status: 401, body: "<html>"} }, []string{
			"webhook: https://shop.example/api/webhook answers with status 401, and not as this server does"}},
		{"a node is down", func(w *world) { w.nodes["two"].down = true }, []string{
			"node two of TESTNET: It does not answer … (nobody is there)"}},
		{"a node hangs", func(w *world) { w.nodes["two"].after = time.Hour }, []string{
			"node two of TESTNET: It does not answer"}},
		{"a node is slow", func(w *world) { w.nodes["two"].after = 1500 * time.Millisecond }, []string{
			"node two of TESTNET: It took 1.5s to answer"}},
		{"a node is on another network", func(w *world) { w.nodes["two"].id = 0 }, []string{
			"node two of TESTNET: It is on the network with id 0, and TESTNET has the id 1"}},
		{"a node does not say its network", func(w *world) { w.nodes["two"].id = nil }, []string{
			"node two of TESTNET: It does not say which network it is on"}},
		{"a node starts", func(w *world) { w.nodes["two"].seq = 0 }, []string{
			"node two of TESTNET: It has no validated ledger"}},
		{"a node is behind", func(w *world) { w.nodes["two"].seq = 94 }, []string{
			"node two of TESTNET: It is 6 ledgers behind the others"}},
		{"a node stands still", func(w *world) { w.nodes["two"].age = 60 }, []string{
			"node two of TESTNET: Its newest ledger is 1m0s old"}},
		{"two nodes are down", func(w *world) { w.nodes["one"].down, w.nodes["two"].down = true, true }, []string{
			"node one of TESTNET: It does not answer", "node two of TESTNET: It does not answer",
			"network TESTNET: Of 3 nodes 1 are well, and 2 have to agree, so nothing is verified"}},
		{"the record is away", func(w *world) { w.recordErr = record.ErrAway }, []string{
			"record: The database cannot be reached"}},
		{"the record is damaged", func(w *world) { w.recordErr = errors.New("the database is damaged") }, []string{
			"record: It cannot be used: the database is damaged."}},
		{"the record is in use", func(w *world) { w.recordErr = fmt.Errorf("open: %w", record.ErrInUse) }, nil},
		{"no certificate", func(w *world) { w.change = func(s *Site) { s.Cert, s.Key = "", "" } }, nil},
		{"no certificate there", func(w *world) { w.change = func(s *Site) { s.Cert = "/gone" } }, []string{
			"certificate: It cannot be used: look into /gone"}},
		{"the certificate has ended", func(w *world) {
			w.certify = func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
		}, []string{"certificate: It has ended on "}},
		{"the certificate begins later", func(w *world) {
			w.certify = func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }
		}, []string{"certificate: It begins on "}},
		{"the certificate ends soon", func(w *world) {
			w.certify = func(c *x509.Certificate) { c.NotAfter = time.Now().Add(soon - time.Hour) }
		}, []string{"certificate: It ends on "}},
		{"the certificate is another's", func(w *world) {
			w.certify = func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} }
		}, []string{"certificate: It is not for shop.example"}},
		{"the certificate is one's own", func(w *world) { w.untrusted = true }, []string{"certificate: Nobody trusts it"}},
		{"nobody at the callback", func(w *world) { w.callback = reply{err: errors.New("nobody is there")} }, []string{
			"callback book: It does not answer … (nobody is there)"}},
		{"the callback checks nothing", func(w *world) { w.callback = reply{status: 204} }, []string{
			"callback book: It answers with status 204 to what nobody has signed"}},
		{"the callback leads elsewhere", func(w *world) { w.callback = reply{status: 308} }, []string{
			"callback book: It leads elsewhere with status 308"}},
		{"the callback is not there", func(w *world) { w.callback = reply{status: 404} }, []string{
			"callback book: It answers with status 404: look whether the path is right"}},
		{"the callback fails", func(w *world) { w.callback = reply{status: 500} }, []string{
			"callback book: It answers with status 500"}},
		{"the clock is slow", func(w *world) {
			w.date = time.Hour
			for _, n := range w.nodes {
				n.ahead = time.Hour
			}
		}, []string{"clock: It is 1h0m0s slow"}},
		{"the clock is fast", func(w *world) {
			w.date = -time.Hour
			for _, n := range w.nodes {
				n.ahead = -time.Hour
			}
		}, []string{"clock: It is 59m59s fast"}},
		{"a node's clock is wrong", func(w *world) { w.nodes["two"].ahead = time.Hour }, nil},
		{"the clock is a little fast", func(w *world) { w.date = -20 * time.Second }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := well()
				tt.change(w)
				var wrong []string
				for _, f := range Examine(t.Context(), w.site(t)) {
					line := f.String()
					if !strings.HasSuffix(f.Says, ".") || strings.Contains(line, "%!") || strings.Contains(line, "hunter2") ||
						strings.Contains(line, "/key") && !strings.Contains(line, "key.pem") {
						t.Errorf("got %q, want a sentence without secrets", line)
					}
					if said, bad := strings.CutPrefix(line, "wrong  "); bad {
						wrong = append(wrong, said)
					}
				}
				if !slices.EqualFunc(wrong, tt.wrong, says) {
					t.Errorf("got %q\nwant %q", wrong, tt.wrong)
				}
			})
		})
	}
}

// says reports whether a sentence begins as it should, and ends with what is behind a "…".
func says(got, want string) bool {
	begins, within, _ := strings.Cut(want, " … ")
	return strings.HasPrefix(got, begins) && strings.Contains(got, within)
}

func TestNobodyTellsTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := well()
		w.change = func(s *Site) { s.Platform, s.Networks = nil, nil }
		found := Examine(t.Context(), w.site(t))
		last := found[len(found)-1]
		if last.About != "clock" || last.Well || !strings.Contains(last.Says, "cannot be compared") {
			t.Errorf("got %v, want it to say that the clock cannot be compared", last)
		}
	})
}
