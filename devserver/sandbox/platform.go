package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Key and Secret are the credentials of the sandbox's main application.
const (
	Key    = "5a6d0c1e-0000-4000-8000-000000000001"
	Secret = "5a6d0c1e-0000-4000-8000-000000000002"
)

// Config configures a [Platform]. Only BaseURL is required.
type Config struct {
	// BaseURL is the origin the platform is reached at, without a trailing slash. Every URL it
	// hands out begins with it, with ws for http on the status socket.
	BaseURL string
	// Log receives one line per call, phone act and fault; nil discards them.
	Log *slog.Logger
	// KeepAlive is the time between two expires_in_seconds messages; 0 means 15 seconds.
	KeepAlive time.Duration
	// Lag is how long the database trails the resolved message; 0 means 150 milliseconds.
	Lag time.Duration
	// Data is the path of a file for what the platform must not lose: the payloads, the ledger, user
	// tokens and webhooks. It is made if it is not there; only one platform at a time can have it. Empty
	// means that everything is lost with the process.
	Data string
	// CloseEvery is the time between two ledgers; 0 means 3 seconds.
	CloseEvery time.Duration
	// WebhookURL is where the main application's webhooks go; empty means nowhere.
	WebhookURL string
	// WebhookWaits are the times between one attempt to deliver a webhook and the next; nil means
	// those of the platform, 10 seconds, 1, 10 and 10 minutes.
	WebhookWaits []time.Duration
}

// Platform is the simulated platform, an [http.Handler] for its whole origin. Make one with [New].
type Platform struct {
	base         string
	log          *slog.Logger
	keepAlive    time.Duration
	lag          time.Duration
	webhookURL   string
	webhookWaits []time.Duration
	webhooks     *http.Client
	routes       http.Handler

	ctx    context.Context // every socket and every pause of the phone ends with it
	cancel context.CancelFunc
	wg     sync.WaitGroup

	db *bbolt.DB // nil without Config.Data

	mu         sync.Mutex // guards all that follows, and the payloads and sockets in it
	closed     bool
	store      store
	ledger     *ledger
	limits     map[string]*limiter
	sockets    map[string]map[*socket]struct{}
	faults     map[string][]fault // by uuid, or nextPayload
	nodeFaults []nodeFault
	downUntil  time.Time            // the API and all that belongs to a payload cannot be reached
	earlier    map[string]signature // by transaction type, what the phone signed last
	notFounds  []time.Time          // when deliveries of webhooks ended in 404
}

// New returns a platform that is ready to serve, and goes on with what an earlier one with the same
// Data left undone.
func New(c Config) (*Platform, error) {
	p := &Platform{
		base:         strings.TrimRight(c.BaseURL, "/"),
		log:          c.Log,
		keepAlive:    c.KeepAlive,
		lag:          c.Lag,
		webhookURL:   c.WebhookURL,
		webhookWaits: c.WebhookWaits,
		// A connection for each attempt leaves none behind.
		webhooks: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		store:    newStore(),
		limits:   map[string]*limiter{},
		sockets:  map[string]map[*socket]struct{}{},
		faults:   map[string][]fault{},
		earlier:  map[string]signature{},
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.keepAlive == 0 {
		p.keepAlive = 15 * time.Second
	}
	if p.lag == 0 {
		p.lag = 150 * time.Millisecond
	}
	if p.webhookWaits == nil {
		p.webhookWaits = webhookWaits
	}
	if c.CloseEvery == 0 {
		c.CloseEvery = usualClose
	}
	p.ledger = newLedger(c.CloseEvery, time.Now())
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.routes = p.mux()
	if c.Data == "" {
		return p, nil
	}
	if err := p.openData(c.Data); err != nil {
		p.cancel()
		return nil, err
	}
	if p.ledger.Every != c.CloseEvery {
		p.ledger.pace(c.CloseEvery, time.Now())
	}
	p.resume()
	return p, nil
}

// resume goes on with what was under way when the platform ended.
func (p *Platform) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pl := range p.store.order {
		p.deliverAll(pl)
		if pl.Signing != nil {
			a := p.attempt(pl)
			p.wg.Go(func() { p.carryOut(a, func() { p.wait(stagePause) }) })
		}
	}
}

func (p *Platform) mux() http.Handler {
	mux := http.NewServeMux()

	api := func(method, path string, handle http.HandlerFunc) {
		mux.HandleFunc(method+" /api/v1/platform/"+path, handle)
		mux.HandleFunc(method+" /api/v1/platform/"+path+"/{$}", handle) // as the platform's Python SDK has it
	}
	mux.HandleFunc("/api/", p.unknownRoute)
	api("GET", "ping-noauth", p.pingNoAuth)
	api("GET", "ping", p.authenticated(p.ping))
	api("POST", "ping", p.authenticated(p.ping))
	api("POST", "payload", p.authenticated(p.createPayload))
	api("GET", "payload/{uuid}", p.byUUID(p.getPayload))
	api("GET", "payload/ci/{identifier}", p.authenticated(p.getPayloadByIdentifier))
	api("DELETE", "payload/{uuid}", p.byUUID(p.deletePayload))
	api("POST", "user-tokens", p.authenticated(p.postUserTokens))
	api("GET", "user-token/{token}", p.authenticated(p.getUserToken))

	mux.HandleFunc("GET /sign/{path...}", p.sign)
	mux.HandleFunc("POST /sign/{uuid}", ownPages(p.signForm))
	mux.HandleFunc("POST /phone/{uuid}/{act}", ownPages(p.phone))
	mux.HandleFunc("GET /phone/misbehaviours", p.listMisbehaviours)

	mux.HandleFunc("POST /ledger", p.node)
	mux.HandleFunc("GET /explorer/{network}/{hash}", p.explorer)

	mux.HandleFunc("GET /faults", p.listFaults)
	mux.HandleFunc("PUT /faults/{of}", ownPages(p.putFaults))

	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("GET /assets/{file}", p.asset)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", p.noPage)
	return mux
}

// ServeHTTP implements [http.Handler].
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	closed, down := p.closed, time.Now().Before(p.downUntil)
	if !closed {
		p.wg.Add(1)
	}
	p.mu.Unlock()
	if closed {
		http.Error(w, "the sandbox is shutting down", http.StatusServiceUnavailable)
		return
	}
	defer p.wg.Done()
	if !p.ownHost(r) {
		complain(w, http.StatusMisdirectedRequest, "wrong-host", "The sandbox answers to its own address only.")
		return
	}
	if down && (strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/sign/")) {
		panic(http.ErrAbortHandler) // cuts the connection
	}
	p.routes.ServeHTTP(w, r)
}

// Close ends every socket and timer and waits for all goroutines. Calls that come later are
// answered with 503.
func (p *Platform) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.wg.Wait()
	if p.db == nil {
		return nil
	}
	return p.db.Close()
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
