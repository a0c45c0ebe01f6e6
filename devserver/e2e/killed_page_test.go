//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// newMachine starts a dev server with its own sandbox.
func newMachine(t *testing.T) *process {
	addr, sandboxAddr := freeAddr(t), freeAddr(t)
	p := newProcess(t, addr, t.TempDir(), "http://"+sandboxAddr)
	p.args = []string{"-addr", addr, "-sandbox-addr", sandboxAddr, "-data", p.data, "-site", "../../site"}
	p.env = nil
	p.start(t)
	return p
}

// newServer starts a dev server that uses another one's sandbox, with the real site.
func newServer(t *testing.T, platform *process) *process {
	p := newProcess(t, freeAddr(t), t.TempDir(), platform.sandbox)
	p.args = append(p.args, "-site", "../../site")
	p.start(t)
	return p
}

// acceptSlowly is a person at the phone's page, where signing takes its time.
func (j *journey) acceptSlowly() {
	j.t.Helper()
	form := url.Values{"act": {"accept"}}
	res, err := (&http.Client{Transport: transport(j.t)}).PostForm(j.sandbox+"/sign/"+string(j.uuid), form)
	if err != nil {
		j.t.Fatal(err)
	}
	res.Body.Close()
}

// holdQuestions keeps what the page asks the backend from leaving it until it calls letGo. The test itself calls ask.
const holdQuestions = `{
	const { promise: held, resolve } = Promise.withResolvers();
	window.ask = fetch;
	window.letGo = resolve;
	window.fetch = (...args) => held.then(() => ask(...args));
}`

// TestEndToEndKilled kills servers while a page is open, which is never loaded again.
func TestEndToEndKilled(t *testing.T) {
	t.Parallel()
	stages := []struct {
		name  string
		fault string
		reach func(*journey)
		then  []string // what the phone does afterwards
	}{
		{"waiting", "", live, []string{"open", "accept"}},
		{"waiting, and declined", "", live, []string{"open", "reject"}},
		{"opened", "", func(j *journey) {
			j.awaitLive()
			j.phone(j.t, j.uuid, "open")
			j.awaitPhase(payload.PhaseOpened)
		}, []string{"accept"}},
		{"signing", "", func(j *journey) {
			j.awaitLive()
			j.acceptSlowly()
			j.awaitPhase(payload.PhaseSigning)
		}, nil},
		{"signed and not verified", "", func(j *journey) {
			signed(j)
			j.awaitPhase(payload.PhaseSigned)
		}, nil},
		{"verified and not told", "no-resolved", func(j *journey) {
			j.awaitLive()
			j.eval(holdQuestions, nil)
			j.phone(j.t, j.uuid, "open", "accept")
			j.eval(fmt.Sprintf(`(async () => {
				for (let verdict; verdict !== 'verified'; await new Promise((resolve) => setTimeout(resolve, 100)))
					({ verdict } = await (await ask('/api/sign-requests/%s')).json());
			})()`, j.uuid), nil)
		}, nil},
	}
	victims := []struct {
		name   string
		deploy func(t *testing.T) (site, victim *process)
	}{
		{"both in one process", func(t *testing.T) (site, victim *process) {
			m := newMachine(t)
			return m, m
		}},
		{"dev server", func(t *testing.T) (site, victim *process) {
			shop := newServer(t, newMachine(t))
			return shop, shop
		}},
		{"sandbox", func(t *testing.T) (site, victim *process) {
			platform := newMachine(t)
			return newServer(t, platform), platform
		}},
	}
	for _, victim := range victims {
		for _, stage := range stages {
			t.Run(victim.name+"/"+stage.name, func(t *testing.T) {
				t.Parallel()
				site, killed := victim.deploy(t)
				j := &journey{tab: newVisitor(t, site.devserver), faultJourney: faultJourney{
					demo: "pay", want: payload.PhaseVerified, within: 20 * time.Second,
					codes:   append([]string{string(payload.BackendUnreachable)}, unavailable...),
					excuses: append([]string{"WebSocket connection to", "net::ERR_"}, unavailableExcuses...),
				}}
				if len(stage.then) > 0 && stage.then[len(stage.then)-1] == "reject" {
					j.want = payload.PhaseRejected
				}
				j.before(recordSockets)
				j.open("/")
				j.uuid = j.create(j.demo)
				if stage.fault != "" {
					j.faults(j.uuid, stage.fault)
				}
				j.show()
				stage.reach(j)
				if got := j.settled(); len(got) > 0 {
					t.Fatalf("settled as %q already", got)
				}
				killed.kill(t)
				j.eval(`window.letGo?.()`, nil)
				// The phone does not wait for a server that it has nothing to do with.
				if victim.name == "dev server" {
					j.phone(t, j.uuid, stage.then...)
					killed.start(t)
				} else {
					killed.start(t)
					j.phone(t, j.uuid, stage.then...)
				}
				j.wantEnd()
				j.wantNoProblems(j.excuses...)
			})
		}
	}
}
