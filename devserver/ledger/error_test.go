package ledger

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A provider's key is in the path or the query of a node's URL, and errors are logged.
func TestErrorsNameTheHostAlone(t *testing.T) {
	fails := transport(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	for _, tt := range []struct {
		name, url string
		want      string
		is        error
	}{
		{"path", "http://node.test:1/v2/s3cr3t", "node.test:1", ErrUnavailable},
		{"query", "http://node.test:1/?key=s3cr3t", "node.test:1", ErrUnavailable},
		{"user", "http://s3cr3t:s3cr3t@node.test:1/", "node.test:1", ErrUnavailable},
		{"not a URL", "http://node.test:1/s3cr3t/%zz", "the node", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewClient(tt.url, fails).Server(t.Context())
			if text := fmt.Sprint(err); strings.Contains(text, "s3cr3t") || !strings.Contains(text, tt.want) {
				t.Errorf("got %q, want %s in it and nothing that is secret", text, tt.want)
			}
			if tt.is != nil && (!errors.Is(err, tt.is) || !errors.Is(err, io.ErrUnexpectedEOF)) {
				t.Errorf("got %v, want %v and the cause", err, tt.is)
			}
		})
	}
}
