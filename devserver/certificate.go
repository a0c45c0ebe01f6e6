package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is that of the site, in two files. Programs that renew certificates replace the files: what is in them is
// read again when they have changed, and as long as they do not fit together, what was read before stays in use.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	used   *tls.Certificate
	state  [2]fileState // of the files that were tried last
	looked time.Time
}

// fileState changes with a file's content, in all likelihood.
type fileState struct {
	changed time.Time
	size    int64
}

// Files are looked at once in this time, at most.
const lookEvery = time.Second

// certify returns what the site is served with, nil for plain HTTP.
func certify(o options, log *slog.Logger) (*tls.Config, error) {
	if o.cert == "" {
		return nil, nil
	}
	c := &certificate{cert: o.cert, key: o.key, log: log}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("read -tls-cert %s and -tls-key %s: %w", o.cert, o.key, err)
	}
	return &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}, nil
}

// current is the certificate for a connection that begins now.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookEvery {
		return c.used
	}
	c.looked = time.Now()
	if c.state == [2]fileState{stateOf(c.cert), stateOf(c.key)} {
		return c.used
	}
	if err := c.read(); err != nil {
		c.log.Error("cannot use the certificate that has changed, going on with the one before", "err", err)
	} else {
		c.log.Info("the certificate has changed", "valid until", c.used.Leaf.NotAfter)
	}
	return c.used
}

// read is for who holds the lock. A file that changes while it is read is read again later, as its state was noted
// before.
func (c *certificate) read() error {
	c.state = [2]fileState{stateOf(c.cert), stateOf(c.key)}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err == nil {
		c.used = &pair
	}
	return err
}

// stateOf is the zero state for a file that is not there.
func stateOf(file string) fileState {
	info, err := os.Stat(file)
	if err != nil {
		return fileState{}
	}
	return fileState{info.ModTime(), info.Size()}
}
