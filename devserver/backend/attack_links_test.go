package backend

import (
	"errors"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/qr"
)

// createdSample is what the platform answers on creation, with every link that it may have.
const createdSample = `{"uuid":"` + testUUID + `","next":{"always":"https://xumm.app/sign/` + testUUID + `",` +
	`"no_push_msg_received":"https://xumm.app/sign/` + testUUID + `/qr"},` +
	`"refs":{"qr_png":"https://xumm.app/sign/` + testUUID + `_q.png",` +
	`"websocket_status":"wss://xumm.app/sign/` + testUUID + `"},"pushed":false}`

// linkAttacks bring links into the answer that a page is to show: by a platform, a proxy or a backend that lies, or by
// whoever may write into the site's database.
func linkAttacks() []attack {
	const (
		always = `"always":"https://xumm.app/sign/` + testUUID + `"`
		image  = `"qr_png":"https://xumm.app/sign/` + testUUID + `_q.png"`
		noPush = `"no_push_msg_received":"https://xumm.app/sign/` + testUUID + `/qr"`
		socket = `"websocket_status":"wss://xumm.app/sign/` + testUUID + `"`
		other  = "00000000-0000-4000-8000-000000000000"
	)
	rows := []struct {
		name, how string
		old, new  string // in the sample; {uuid} in new stands for the request's
		want      payload.Code
	}{
		{"script-link", "The link runs a script.",
			always, `"always":"javascript:alert('{uuid}')"`, payload.UnsafeLink},
		{"data-link", "The link is a page of its own.",
			always, `"always":"data:text/html,{uuid}"`, payload.UnsafeLink},
		{"plain-link", "The link is not encrypted.",
			always, `"always":"http://xumm.app/sign/{uuid}"`, payload.UnsafeLink},
		{"user-in-link", "The platform's name is a user's, at another host.", always,
			`"always":"https://xumm.app@evil.example/sign/{uuid}"`, payload.UnsafeLink},
		{"backslash-in-link", "A browser reads the backslash as a slash.", always,
			`"always":"https://evil.example\\@xumm.app/sign/{uuid}"`, payload.UnsafeLink},
		{"name-in-front", "The host begins with the platform's name.", always,
			`"always":"https://xumm.app.evil.example/sign/{uuid}"`, payload.UnsafeLink},
		{"name-at-the-end", "The host ends with the platform's name.", always,
			`"always":"https://evilxumm.app/sign/{uuid}"`, payload.UnsafeLink},
		{"subdomain", "The host is below the platform's.",
			always, `"always":"https://evil.xumm.app/sign/{uuid}"`, payload.UnsafeLink},
		{"cyrillic-host", "One letter of the host is Cyrillic.",
			always, `"always":"https://x\u0430man.app/sign/{uuid}"`, payload.UnsafeLink},
		{"punycode-host", "The same, as browsers spell it.",
			always, `"always":"https://xn--xman-83d.app/sign/{uuid}"`, payload.UnsafeLink},
		{"foreign-port", "The port is another server's.",
			always, `"always":"https://xumm.app:8443/sign/{uuid}"`, payload.UnsafeLink},
		{"newline-in-link", "Browsers drop the line break in the scheme.",
			always, `"always":"java\nscript:alert('{uuid}')"`, payload.UnsafeLink},
		{"no-scheme", "The link takes the page's scheme.",
			always, `"always":"//evil.example/sign/{uuid}"`, payload.UnsafeLink},
		{"loopback-link", "The link leads to this very machine.",
			always, `"always":"http://127.0.0.1:1/sign/{uuid}"`, payload.UnsafeLink},
		{"link-of-another-request", "The link opens a request of somebody else.", always,
			`"always":"https://xumm.app/sign/` + other + `"`, payload.UnsafeLink},
		{"image-of-another-request", "The code shows a request of somebody else.", image,
			`"qr_png":"https://xumm.app/sign/` + other + `_q.png"`, payload.UnsafeLink},
		{"image-elsewhere", "The image tells another host who visits.",
			image, `"qr_png":"https://evil.example/{uuid}_q.png"`, payload.UnsafeLink},
		{"page-elsewhere", "The page for a lost push is another's.", noPush,
			`"no_push_msg_received":"https://evil.example/{uuid}"`, payload.UnsafeLink},
		{"plain-socket", "The socket is not encrypted.",
			socket, `"websocket_status":"ws://xumm.app/sign/{uuid}"`, payload.InsecureSocket},
		{"socket-elsewhere", "Another host tells what happens.",
			socket, `"websocket_status":"wss://evil.example/sign/{uuid}"`, payload.InsecureSocket},
		{"socket-is-a-link", "The socket is no socket.",
			socket, `"websocket_status":"https://xumm.app/sign/{uuid}"`, payload.InsecureSocket},
		{"uuid-is-a-path", "The UUID leads out of the folder.",
			`"uuid":"` + testUUID + `"`, `"uuid":"../../admin"`, payload.BadUUID},
	}
	allowed := []struct {
		name, how string
		origin    string // allowed besides the platform's
		link      string
	}{
		{"origin-with-a-tail", "An allowed origin is the beginning of another.",
			"https://shop.example", "https://shop.example.evil.example"},
		{"origin-with-a-star", "An allowed origin is meant for many.", "https://*.example", "https://evil.example"},
		{"origin-of-anybody", "An allowed origin is only a scheme.", "https://", "https://evil.example"},
		{"origin-that-is-empty", "An allowed origin is empty.", "", "https://evil.example"},
		{"origin-with-a-user", "An allowed origin is a user's name at another host.",
			"https://shop.example", "https://shop.example@evil.example"},
		{"origin-in-the-clear", "An allowed origin is not encrypted, nor this machine.",
			"http://shop.example", "http://shop.example"},
		{"allowed-on-another-port", "An allowed origin is on another port.",
			"http://127.0.0.1:8081", "http://127.0.0.1:8082"},
		{"origin-that-is-a-script", "An allowed origin is a script.", "javascript:", "javascript:alert(1)//"},
	}
	all := []attack{{"text-in-the-code", "The link closes the attribute that the QR code is drawn in.", func(a *attempt) {
		m, err := qr.Encode(`https://xumm.app/"/><script>alert(1)</script>`, qr.Medium)
		if err != nil {
			a.Fatal(err)
		}
		path := m.Path()
		a.holds(strings.Trim(path, "mhvz-0123456789 ") == "", "the path holds more than a path: %.80s", path)
	}}}
	for _, row := range allowed {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			if _, err := payload.ParseCreated([]byte(createdSample), row.origin); err != nil {
				a.Fatalf("without the attack: %v", err)
			}
			text := strings.Replace(createdSample, "https://xumm.app", row.link, 1)
			_, err := payload.ParseCreated([]byte(text), row.origin)
			var e *payload.Error
			a.holds(errors.As(err, &e) && e.Code == payload.UnsafeLink, "got %v", err)
		}})
	}
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			if _, err := payload.ParseCreated([]byte(createdSample)); err != nil || strings.Count(createdSample, row.old) != 1 {
				a.Fatalf("without the attack: %v", err)
			}
			text := strings.Replace(createdSample, row.old, strings.ReplaceAll(row.new, "{uuid}", testUUID), 1)
			_, err := payload.ParseCreated([]byte(text))
			var e *payload.Error
			a.holds(errors.As(err, &e) && e.Code == row.want, "got %v, want it refused with %s", err, row.want)
		}})
	}
	return all
}
