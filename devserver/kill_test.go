package main

import (
	"bufio"
	"maps"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// process is a dev server in a process of its own, which can be killed and started again where it was.
type process struct {
	devserver
	data string
	args []string
	env  map[string]string
	cmd  *exec.Cmd
	log  logbook // of all its lives
}

// logbook is a log that can be waited for.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.more)
	l.more = make(chan struct{})
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) await(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		l.mu.Lock()
		more := l.more
		l.mu.Unlock()
		if strings.Contains(l.String(), text) {
			return
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("got no %q in the log", text)
		}
	}
}

// newProcess is a dev server that uses another one's sandbox.
func newProcess(t *testing.T, addr, data, platform string) *process {
	p := &process{data: data, env: sandboxCredentials, log: logbook{more: make(chan struct{})}, args: []string{
		"-addr", addr, "-data", data, "-site", t.TempDir(), "-platform", platform, "-ledger", platform + "/ledger",
	}}
	p.site, p.sandbox = "http://"+addr, platform
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the server:\n%s", p.log.String())
		}
	})
	return p
}

func (p *process) start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command(os.Args[0], p.args...)
	p.cmd.Env = append(os.Environ(), asServer+"=1")
	for name, value := range p.env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := p.cmd
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "Open ") {
		t.Fatalf("start: got %q, %v", line, err)
	}
}

// kill gives the process no chance to do anything more.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
}

// sale is one payment at a server that is killed again and again.
type sale struct {
	*process
	t       *testing.T
	visitor api.Client
	uuid    payload.UUID
}

func (s *sale) crash() {
	s.kill(s.t)
	s.start(s.t)
}

func (s *sale) open() { s.phone(s.t, s.uuid, "open") }
func (s *sale) pay()  { s.accept(s.t, s.uuid, everyday) }

// awaits asks until the answer is as wanted.
func (s *sale) awaits(want func(payload.Answer) bool) payload.Answer {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := s.visitor.Get(s.t.Context(), s.uuid)
		if err != nil {
			s.t.Fatal(err)
		}
		if want(r.Answer) {
			return r.Answer
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("got %+v, want something else", r.Answer)
		}
	}
}

func (s *sale) seesOpened() {
	s.awaits(func(a payload.Answer) bool { return a.Status == payload.StatusOpened })
}
func (s *sale) seesChecking() {
	s.awaits(func(a payload.Answer) bool { return a.Verdict == payload.VerdictChecking })
}
func (s *sale) seesVerdict() payload.Answer { return s.awaits(payload.Answer.Final) }

// bookings reads the store that the last process left.
func (s *sale) bookings(bucket []byte) map[string]string {
	s.t.Helper()
	records := newTestStore(s.t, s.data, maxRecords)
	defer records.close()
	all := map[string]string{}
	if err := records.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(k, v []byte) error {
			all[string(k)] = string(v)
			return nil
		})
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// However the server ends, the session that made a payment gets its verdict, and it is booked once.
func TestKilled(t *testing.T) {
	tests := []struct {
		name string
		act  func(s *sale)
	}{
		{"created", func(s *sale) { s.crash(); s.open(); s.pay() }},
		{"opened", func(s *sale) { s.open(); s.seesOpened(); s.crash(); s.pay() }},
		{"signed, and nobody has asked", func(s *sale) { s.open(); s.pay(); s.crash() }},
		{"signed while there is no server", func(s *sale) { s.open(); s.kill(s.t); s.pay(); s.start(s.t) }},
		{"webhook taken", func(s *sale) { s.open(); s.pay(); s.log.await(s.t, "msg=webhook"); s.crash() }},
		{"ledger pending", func(s *sale) {
			s.open()
			setFaults(s.t, s.sandbox, "node", "busy")
			s.pay()
			s.seesChecking()
			s.kill(s.t)
			setFaults(s.t, s.sandbox, "node")
			s.start(s.t)
		}},
		{"again and again", func(s *sale) {
			s.open()
			s.pay()
			for n := range 8 {
				<-time.After(time.Duration(n) * 15 * time.Millisecond)
				s.crash()
			}
		}},
		{"verified", func(s *sale) { s.open(); s.pay(); s.seesVerdict(); s.crash() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			free, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			addr := free.Addr().String()
			free.Close()
			p := newProcess(t, addr, t.TempDir(), startPlatform(t, sandbox.Config{
				CloseEvery: 300 * time.Millisecond, Lag: 20 * time.Millisecond, WebhookURL: "http://" + addr + "/api/webhook",
			}))
			p.start(t)
			s := &sale{process: p, t: t, visitor: p.visitor(t)}
			made, err := s.visitor.Create(t.Context(), "pay", "")
			if err != nil {
				t.Fatal(err)
			}
			s.uuid = made.UUID
			tt.act(s)

			a := s.seesVerdict()
			if a.Verdict != payload.VerdictVerified || a.Result.TxID == "" || a.Summary != made.Summary {
				t.Errorf("got %+v, want it verified", a)
			}
			if other, err := p.visitor(t).Get(t.Context(), s.uuid); err == nil {
				t.Errorf("another session: got %+v, want an error", other)
			}
			p.kill(t)
			if got, want := s.bookings(usesBucket), map[string]string{string(s.uuid): a.Result.TxID}; !maps.Equal(got, want) {
				t.Errorf("got uses %v, want %v", got, want)
			}
			if got, want := s.bookings(txidsBucket), map[string]string{a.Result.TxID: string(s.uuid)}; !maps.Equal(got, want) {
				t.Errorf("got transactions %v, want %v", got, want)
			}
		})
	}
}
