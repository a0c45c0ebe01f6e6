package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
)

const webhook = "/api/webhook"

func (v *visit) platform(ctx context.Context) []Finding {
	f := Finding{About: "credentials"}
	if v.Platform == nil {
		f.Says = "There are none, so the sandbox would take the platform's place: set XAMAN_API_KEY and XAMAN_API_SECRET " +
			"to what the platform's console shows."
		return []Finding{f}
	}
	before := time.Now()
	pong, err := v.Platform.Ping(ctx)
	if err != nil {
		f.Says = refused(err)
		return []Finding{f}
	}
	v.hears(pong.Date, before, time.Now())
	f.Well, f.Says = true, fmt.Sprintf("The platform takes them, as those of %q.", pong.Name)
	return []Finding{f, v.console(pong)}
}

// refused says why the platform does not take credentials.
func refused(err error) string {
	e, ok := errors.AsType[*xaman.Error](err)
	switch {
	case ok && e.Code == 810:
		return "The platform has disabled the application: ask its support why."
	case ok && e.Code == 811:
		return "The platform does not know the API key: compare it with what the platform's console shows."
	case ok && (e.Code == 812 || e.Code == 813):
		return "The platform does not take the API secret: make a new one in the platform's console if it is lost."
	case errors.Is(err, xaman.ErrRateLimited):
		return "The platform wants fewer calls: try again in a minute."
	}
	return fmt.Sprintf("The platform does not answer: look whether this machine reaches it (%v).", err)
}

// console compares the webhook's address that the platform has.
func (v *visit) console(pong xaman.Pong) Finding {
	f := Finding{About: "webhook in the console"}
	want := v.Origin + webhook
	switch {
	case v.Origin == "":
		f.Says = "The site has no public origin, so the platform cannot reach it: say it with -origin."
	case pong.Webhook == "":
		f.Says = fmt.Sprintf("The platform has no address for webhooks: enter %s in its console.", want)
	case strings.TrimSuffix(pong.Webhook, "/") != want:
		f.Says = fmt.Sprintf("The platform sends webhooks to %s: enter %s in its console.", pong.Webhook, want)
	default:
		f.Well, f.Says = true, "The platform sends webhooks to "+want+"."
	}
	return f
}

// webhook finds out whether the server answers at the public origin. Without a signature it has to refuse.
func (v *visit) webhook(ctx context.Context) []Finding {
	f := Finding{About: "webhook"}
	switch {
	case v.Origin == "":
		f.Says = "The site has no public origin: say it with -origin, as in https://shop.example."
		return []Finding{f}
	case loopback(v.Origin):
		f.Says = v.Origin + " is of this machine alone, so the platform cannot reach it: say the public one with -origin."
		return []Finding{f}
	case !strings.HasPrefix(v.Origin, "https:"):
		f.Says = v.Origin + " is without TLS, so anybody on the way can read and change what is sent: put a proxy with TLS " +
			"before the server, or give it a certificate."
		return []Finding{f}
	}
	status, body, err := v.post(ctx, v.Origin+webhook)
	var answer struct {
		Error struct{ Code string }
	}
	_ = json.Unmarshal(body, &answer)
	switch {
	case err != nil:
		f.Says = fmt.Sprintf("Nothing answers at %s: start the server, and have the proxy lead to it (%v).", v.Origin+webhook,
			err)
	case status != http.StatusUnauthorized || answer.Error.Code != "unauthorized":
		f.Says = fmt.Sprintf("%s answers with status %d, and not as this server does: have the proxy pass the calls on as "+
			"they are.", v.Origin+webhook, status)
	default:
		f.Well = true
		f.Says = v.Origin + webhook + " answers as it should. Whether the platform reaches it from outside cannot be known " +
			"from here: the platform's console lists the webhooks that failed."
	}
	return []Finding{f}
}

// loopback reports whether an origin is one that no other machine reaches.
func loopback(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// cause is an error without the URL that it is about, which may have a secret in it.
func cause(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return outer.Err
	}
	return err
}

// post sends an empty object that nobody has signed.
func (v *visit) post(ctx context.Context, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := v.http.Do(req)
	if err != nil {
		return 0, nil, cause(err)
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, 1<<16))
	return res.StatusCode, body, err
}
