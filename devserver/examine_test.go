package main

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// examined returns what the doctor says of a server with these options, without the words behind the first few.
func examined(t *testing.T, env map[string]string, args ...string) (said []string, err error) {
	t.Helper()
	var out strings.Builder
	err = run(t.Context(), append([]string{"doctor"}, args...), func(name string) string { return env[name] }, nil, &out,
		io.Discard)
	for line := range strings.Lines(out.String()) {
		about, _, _ := strings.Cut(line, ": ")
		said = append(said, strings.Join(strings.Fields(about), " "))
	}
	return said, err
}

func TestDoctor(t *testing.T) {
	d := start(t, nil)
	host := strings.TrimPrefix(d.sandbox, "http://")
	env := map[string]string{
		"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret, "BOOK": strings.Repeat("a", 64),
	}
	file := written(t, `
		[networks.TESTNET]
		nodes = ["`+d.sandbox+`/ledger"]
		[callbacks.book]
		url = "http://127.0.0.1:1/book?token=hunter2"
		secrets = [{ env = "BOOK" }]
	`)
	said, err := examined(t, env, "-config", file, "-platform", d.sandbox, "-data", filepath.Join(t.TempDir(), "new"))
	want := []string{
		"ok credentials", "wrong webhook in the console", "ok node " + host + " of TESTNET", "ok network TESTNET",
		"ok record", "wrong webhook", "wrong callback book", "ok clock",
	}
	if !slices.Equal(said, want) || err == nil || err.Error() != "3 things are wrong" {
		t.Errorf("got %q, %v, want %q", said, err, want)
	}
	said, err = examined(t, nil, "-origin", "http://shop.example", "-data", t.TempDir())
	want = []string{"wrong credentials", "ok record", "wrong webhook", "wrong clock"}
	if !slices.Equal(said, want) || err == nil {
		t.Errorf("got %q, %v, want %q", said, err, want)
	}
	if _, err := examined(t, nil, "-port", "1"); err == nil || !strings.Contains(err.Error(), "-port") {
		t.Errorf("got %v, want it to refuse the flag", err)
	}
	if said, err := examined(t, nil, "-h"); err != nil || said != nil {
		t.Errorf("got %q, %v, want help", said, err)
	}
}
