package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// Key and Secret are the credentials of the sandbox's main application.
const (
	Key    = "5a6d0c1e-0000-4000-8000-000000000001"
	Secret = "5a6d0c1e-0000-4000-8000-000000000002"
)

// Config configures a [Sandbox]; its zero value works.
type Config struct {
	// BaseURL is the origin the platform is reached at, without a trailing slash. Every URL it
	// hands out begins with it, with ws for http on the status socket. Empty means the origin that
	// each request is made to, which then has to be this machine's.
	BaseURL string
	// Sites are the origins whose pages may watch what is said about a payload, switch faults and show the phone in a
	// frame, as https://shop.example; none means that only the sandbox's own may.
	Sites []string
	// Log receives one line per call, phone act and fault; nil discards them.
	Log *slog.Logger
	// KeepAlive is the time between two expires_in_seconds messages; 0 means 15 seconds.
	KeepAlive time.Duration
	// Lag is how long the database trails the resolved message; 0 means 150 milliseconds.
	Lag time.Duration
	// Data is the path of a file for what the platform must not lose: the payloads, the ledger, user
	// tokens and webhooks. It is made if it is not there; only one sandbox at a time can have it. Empty
	// means that everything is lost with the process.
	Data string
	// CloseEvery is the time between two ledgers; 0 means 3 seconds.
	CloseEvery time.Duration
	// WebhookURL is where the main application's webhooks go; empty means nowhere.
	WebhookURL string
	// Transport carries the webhooks; nil means the network, with a connection for each attempt.
	Transport http.RoundTripper
	// WebhookWaits are the times between one attempt to deliver a webhook and the next; nil means
	// those of the platform, 10 seconds, 1, 10 and 10 minutes.
	WebhookWaits []time.Duration
	// Calls is how many an application may make in a minute; 0 means 600.
	Calls int
}

// Sandbox is the simulated platform, an [http.Handler] for its whole origin. Make one with [New].
type Sandbox struct {
	base     string
	sites    []string
	log      *slog.Logger
	apps     []engine.App
	webhooks *http.Client
	routes   http.Handler

	life    *lifetime
	core    *core
	sockets *sockets
	faults  *faults
	wire    *wire
}

// New returns a sandbox that is ready to serve until ctx ends, and goes on with what an earlier one with the same
// Data left undone. Its goroutines end with ctx; Close waits for them.
func New(ctx context.Context, c Config) (*Sandbox, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{DisableKeepAlives: true} // leaves no connection behind
	}
	s := &Sandbox{
		base:     strings.TrimRight(c.BaseURL, "/"),
		sites:    c.Sites,
		log:      c.Log,
		apps:     apps(c.WebhookURL),
		webhooks: &http.Client{Transport: c.Transport},
		life:     newLifetime(ctx),
		faults:   newFaults(c.Log),
		wire:     newWire(),
	}
	s.routes = s.mux()
	s.sockets = &sockets{
		life: s.life, log: c.Log, wire: s.wire, rewrite: s.faults.rewrite, of: map[string]map[*socket]struct{}{},
	}
	now := time.Now()
	s.core = &core{tell: s.tell, fail: s.fail, engine: engine.New(now, engine.Config{
		Apps: s.apps, NewID: newUUID, KeepAlive: c.KeepAlive, Lag: c.Lag, CloseEvery: c.CloseEvery,
		WebhookWaits: c.WebhookWaits, Webhook: s.faults.webhook, Names: knownNames, Accounts: genesis(),
		Calls: c.Calls,
	})}
	if c.Data == "" {
		return s, nil
	}
	disk, err := openDisk(c.Data)
	if err == nil {
		s.core.disk = disk
		err = disk.load(now, s.core.engine)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	s.resume()
	return s, nil
}

// resume goes on with what was under way when the sandbox ended.
func (s *Sandbox) resume() {
	s.look(func(e *engine.Engine, _ time.Time) {
		latest := slices.Collect(e.Payloads())
		for _, pl := range slices.Backward(latest[:min(len(latest), maxWires)]) {
			s.wire.open(pl.UUID)
			if o := pl.Outcome; o != nil && o.Signed {
				s.wire.signed(pl.UUID, hashesOf(o.Signature)...)
			}
		}
		for _, pl := range latest {
			for _, h := range pl.Webhooks {
				s.life.wg.Go(func() { s.deliver(h) })
			}
			if pl.Signing != nil {
				a := resumed(e, pl)
				s.life.wg.Go(func() { s.carryOut(a, s.pause) })
			}
		}
	})
}

// tell carries what has happened to those who are to hear of it.
func (s *Sandbox) tell(out engine.Output) {
	for _, gone := range out.Forgotten {
		s.faults.forget(gone.UUID)
		s.wire.forget(gone.UUID)
		s.sockets.send(gone.UUID, frame{then: hangUp})
	}
	for _, m := range out.Messages {
		o := m.Payload.Outcome
		if m.Event == engine.Resolved && o.Signed {
			s.wire.signed(m.Payload.UUID, hashesOf(o.Signature)...)
		}
		s.sockets.publish(m)
		if m.Event == engine.Resolved {
			s.log.Info("payload resolved", "uuid", short(m.Payload.UUID),
				"signed", o.Signed, "txid", o.Signature.TxID, "misbehaved", o.Misbehaved)
		}
	}
	for _, h := range out.Webhooks {
		s.life.wg.Go(func() { s.deliver(h) })
	}
}

// hashesOf are the transaction's own hash and the one that the phone has reported.
func hashesOf(signature engine.Signature) []string {
	return []string{engine.TxID(signature.Blob), signature.TxID}
}

func (s *Sandbox) fail(err error) {
	s.life.cancel()
	s.log.Error("the sandbox ends: it cannot store what happens", "err", err)
}

// step has the engine do something, see [core.step].
func (s *Sandbox) step(do func(e *engine.Engine, now time.Time) error) error { return s.core.step(do) }

// look is a step that changes nothing that has to be stored.
func (s *Sandbox) look(do func(e *engine.Engine, now time.Time)) {
	s.core.step(func(e *engine.Engine, now time.Time) error {
		do(e, now)
		return nil
	})
}

func (s *Sandbox) mux() http.Handler {
	mux := http.NewServeMux()

	api := func(method, path string, handle http.HandlerFunc) {
		mux.HandleFunc(method+" /api/v1/platform/"+path, handle)
		mux.HandleFunc(method+" /api/v1/platform/"+path+"/{$}", handle) // as the platform's Python SDK has it
	}
	mux.HandleFunc("/api/", s.unknownRoute)
	api("GET", "ping-noauth", s.pingNoAuth)
	api("GET", "ping", s.authenticated(s.ping))
	api("POST", "ping", s.authenticated(s.ping))
	api("POST", "payload", s.authenticated(s.createPayload))
	api("GET", "payload/{uuid}", s.byUUID(s.getPayload))
	api("GET", "payload/ci/{identifier}", s.authenticated(s.byIdentifier(s.getPayload)))
	api("DELETE", "payload/{uuid}", s.byUUID(s.deletePayload))
	api("POST", "user-tokens", s.authenticated(s.postUserTokens))
	api("GET", "user-token/{token}", s.authenticated(s.getUserToken))

	mux.HandleFunc("GET /sign/{path...}", s.sign)
	mux.HandleFunc("POST /sign/{uuid}", ownPages(s.signForm))
	mux.HandleFunc("POST /phone/{uuid}/{act}", ownPages(s.phone))
	mux.HandleFunc("GET /phone/misbehaviours", s.forSites(s.listMisbehaviours))

	mux.HandleFunc("POST /ledger", s.node)
	mux.HandleFunc("POST /ledger/{$}", s.node) // as the RPC client of xrpl-go has it
	mux.HandleFunc("GET /explorer/{network}/{hash}", s.explorer)

	mux.HandleFunc("GET /faults", s.forSites(s.listFaults))
	mux.HandleFunc("PUT /faults/{of}", s.forSites(s.putFaults))
	mux.HandleFunc("OPTIONS /faults/{of}", s.forSites(mayPut))
	mux.HandleFunc("GET /wire/{uuid}", s.forSites(s.watch))

	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /assets/{file}", s.asset)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	mux.HandleFunc("/", s.noPage)
	return mux
}

// ServeHTTP implements [http.Handler].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.life.enter() {
		http.Error(w, "the sandbox is shutting down", http.StatusServiceUnavailable)
		return
	}
	defer s.life.wg.Done()
	if !s.ownHost(r) {
		complain(w, http.StatusMisdirectedRequest, "wrong-host", "The sandbox answers to its own address only.")
		return
	}
	if (strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/sign/")) && s.faults.down(time.Now()) {
		panic(http.ErrAbortHandler) // cuts the connection
	}
	s.routes.ServeHTTP(w, r)
}

// Close ends every socket and timer, waits for all goroutines and closes the file. Calls that come later are answered
// with 503. It may be called again.
func (s *Sandbox) Close() error {
	s.life.end()
	return s.core.close()
}

// origin is what the URLs in the answer to a request begin with.
func (s *Sandbox) origin(r *http.Request) string {
	switch {
	case s.base != "":
		return s.base
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// short is what a log may say of a uuid, which whoever knows may listen to.
func short(uuid string) string { return uuid[:min(len(uuid), 8)] }

func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
