package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// certified are files with a certificate for 127.0.0.1.
type certified struct{ cert, key string }

func newCertified(t *testing.T) certified {
	dir := t.TempDir()
	return certified{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

// renew writes another certificate and its key, as programs that renew do, and returns the certificate.
func (c certified) renew(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, &x509.Certificate{SerialNumber: serial}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, c.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	replace(t, c.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func replace(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	files := newCertified(t)
	first := files.renew(t)
	var log strings.Builder
	synctest.Test(t, func(t *testing.T) {
		config, err := certify(options{cert: files.cert, key: files.key}, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		want := func(when string, want *x509.Certificate) {
			t.Helper()
			time.Sleep(lookEvery)
			got, err := config.GetCertificate(nil)
			if err != nil || !got.Leaf.Equal(want) {
				t.Errorf("%s: got another certificate, %v", when, err)
			}
		}
		want("at first", first)
		second := files.renew(t)
		want("renewed", second)
		if n := strings.Count(log.String(), "the certificate has changed"); n != 1 {
			t.Errorf("got %d lines that say so, want one: %s", n, &log)
		}
		third := files.renew(t)
		key, err := os.ReadFile(files.key)
		if err != nil {
			t.Fatal(err)
		}
		replace(t, files.key, []byte("no key yet"))
		want("key that is not there yet", second)
		want("key that is still not there", second)
		if n := strings.Count(log.String(), "going on with the one before"); n != 1 {
			t.Errorf("got %d lines that say so, want one: %s", n, &log)
		}
		if err := os.Remove(files.key); err != nil {
			t.Fatal(err)
		}
		want("key that was removed", second)
		replace(t, files.key, key)
		want("complete again", third)
	})
}

func TestServesTLS(t *testing.T) {
	t.Parallel()
	files := newCertified(t)
	first := files.renew(t)
	d := start(t, nil, "-tls-cert", files.cert, "-tls-key", files.key)
	if !strings.HasPrefix(d.site, "https://127.0.0.1:") {
		t.Fatalf("got %s, want https:", d.site)
	}
	served := func(trusted *x509.Certificate) error {
		pool := x509.NewCertPool()
		pool.AddCert(trusted)
		tr := transport(t)
		tr.TLSClientConfig = &tls.Config{RootCAs: pool}
		tr.ForceAttemptHTTP2 = true
		res, err := (&http.Client{Transport: tr}).Get(d.site + "/")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if session := res.Header.Get("Set-Cookie"); res.ProtoMajor != 2 || !strings.HasPrefix(session, "__Host-") ||
			!strings.Contains(session, "Secure") {
			t.Errorf("got %s and the cookie %q, want HTTP/2 and one that is secure", res.Proto, session)
		}
		return nil
	}
	if err := served(first); err != nil {
		t.Fatal(err)
	}
	second := files.renew(t)
	deadline := time.After(10 * time.Second)
	for served(second) != nil {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			t.Fatal("got the old certificate, want the new one")
		}
	}
}
