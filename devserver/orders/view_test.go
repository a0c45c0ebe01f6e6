package orders

import (
	"encoding/json"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
)

// What comes from elsewhere stays inside of its attribute.
func TestElementIsEscaped(t *testing.T) {
	const bad = `"><script>alert('1')</script>&`
	created, err := json.Marshal(map[string]any{
		"next": map[string]string{"always": "https://a.example/?a=1&b=" + bad}, "refs": map[string]string{"qr_png": bad},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := element(record.Entry{Order: verify.Order{UUID: bad}, Created: created}, bad, bad)
	const safe = `&#34;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;`
	const want = `<xaman-sign-request uuid="` + safe + `" view-key="` + safe + `" backend="` + safe + `">` +
		`<a href="https://a.example/?a=1&amp;b=` + safe + `">Open in Xaman</a><img src="` + safe +
		`" alt="QR code of the link"></xaman-sign-request>`
	if err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestElementOfAnOrder(t *testing.T) {
	w := newWorld(t)
	o := w.order(testOrder)
	link := w.platform + "/sign/" + string(o.UUID)
	want := `<xaman-sign-request uuid="` + string(o.UUID) + `" view-key="` + o.ViewKey +
		`" backend="` + w.site + `/api"><a href="` + link + `">Open in Xaman</a>` +
		`<img src="` + link + `_q.png" alt="QR code of the link"></xaman-sign-request>`
	if o.HTML != want {
		t.Errorf("got %s, want %s", o.HTML, want)
	}
	if _, err := element(record.Entry{Created: json.RawMessage(`{`)}, "", ""); err == nil {
		t.Error("a create response that cannot be read makes an element")
	}
}
