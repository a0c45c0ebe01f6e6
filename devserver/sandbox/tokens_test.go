package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// The body is an object; the platform's Python SDK 1.0.4 sends the bare array, which no documentation has.
func TestUserTokensRefusals(t *testing.T) {
	tests := []struct {
		name, body   string
		status, code int
	}{
		{"nothing", "", 400, 599},
		{"null", "null", 400, 599},
		{"array", `["` + tokenMark + `"]`, 400, 599},
		{"no tokens", `{}`, 200, 0},
		{"tokens are no array", `{"tokens":"` + tokenMark + `"}`, 200, 0},
		{"one is no token", `{"tokens":[17]}`, 200, 0},
		{"not JSON", `{`, 500, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				a := w.api("POST", "user-tokens", strings.ReplaceAll(tt.body, tokenMark, w.token()))
				checkError(t, a, tt.status, tt.code)
				if a.status == 200 && a.body != `{"tokens":[]}` {
					t.Errorf("got %s, want none", a.body)
				}
			})
		})
	}
}

func TestUserTokenIsIssuedOnSigning(t *testing.T) {
	inWorld(t, func(w world) {
		token := func(uuid string) any { return w.get(uuid)["application"].(map[string]any)["issued_user_token"] }
		rejected, first, second := w.create(signIn), w.create(signIn), w.create(signIn)
		w.must(rejected, "reject")
		time.Sleep(time.Second)
		if got := token(rejected); got != nil {
			t.Errorf("after rejecting: got %v, want null", got)
		}
		w.must(first, "accept")
		time.Sleep(time.Second)
		issued := token(first)
		if !uuidV4.MatchString(fmt.Sprint(issued)) {
			t.Errorf("after signing: got %v, want a token", issued)
		}
		w.must(second, "accept")
		time.Sleep(time.Second)
		if got := token(first); got != nil {
			t.Errorf("the first, after signing the second: got %v, want null", got)
		}
		if got := token(second); got != issued {
			t.Errorf("the second: got %v, want the same token %v", got, issued)
		}
	})
}

func TestUserTokenPushes(t *testing.T) {
	tests := []struct {
		name        string
		wait        time.Duration
		key, secret string
		pushed      bool
	}{
		{"at once", 0, Key, Secret, true},
		{"after 30 days", engine.TokenLife, Key, Secret, false},
		{"of another application", 0, apps("")[1].Key, apps("")[1].Secret, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				token := w.token()
				time.Sleep(tt.wait)
				a := w.do("POST", "/api/v1/platform/payload", `{"txjson":{"TransactionType":"SignIn"},"user_token":"`+token+`"}`, credentials(tt.key, tt.secret))
				next := a.json["next"].(map[string]any)
				if _, qr := next["no_push_msg_received"]; a.json["pushed"] != tt.pushed || qr != tt.pushed {
					t.Errorf("got %s, want pushed %v", a.body, tt.pushed)
				}
			})
		})
	}
}

func TestUserTokenOrigin(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{"txjson":{"TransactionType":"SignIn"},"user_token":"` + w.token() + `"}`)
		w.must(uuid, "accept")
		time.Sleep(time.Second)
		if got := w.get(uuid)["payload"].(map[string]any)["origintype"]; got != "PUSH_NOTIFICATION" {
			t.Errorf("got %v", got)
		}
	})
}

func TestUserTokenValidity(t *testing.T) {
	inWorld(t, func(w world) {
		token := w.token()
		issued := time.Now().Unix()
		time.Sleep(time.Hour)
		w.token() // prolongs it
		active := fmt.Sprintf(`{"user_token":"%s","active":true,"issued":%d,"expires":%d}`, token, issued, time.Now().Add(engine.TokenLife).Unix())
		unknown := `{"user_token":"nonsense","active":false}`
		for _, tt := range []struct{ name, method, path, body, want string }{
			{"one", "GET", "user-token/" + token, "", `{"tokens":[` + active + `]}`},
			{"an unknown one", "GET", "user-token/nonsense", "", `{"tokens":[` + unknown + `]}`},
			{"several", "POST", "user-tokens", `{"tokens":["nonsense","` + token + `"]}`, `{"tokens":[` + unknown + `,` + active + `]}`},
			{"none", "POST", "user-tokens", `{}`, `{"tokens":[]}`},
		} {
			if a := w.api(tt.method, tt.path, tt.body); a.status != http.StatusOK || a.body != tt.want {
				t.Errorf("%s: got %d %s, want %s", tt.name, a.status, a.body, tt.want)
			}
		}
		if a := w.api("POST", "user-tokens", "{"); a.status != http.StatusInternalServerError {
			t.Errorf("not JSON: got %d", a.status)
		}
	})
}
