package orders

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
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

// Whoever asks late gets a key that is good all the same.
func TestViewKeyOfAnOldOrder(t *testing.T) {
	w := newWorld(t)
	e, err := w.record.Get(t.Context(), w.order(testOrder).UUID)
	if err != nil {
		t.Fatal(err)
	}
	e.Order.UUID, e.Answer.UUID, e.Key = unknownUUID, unknownUUID, ""
	e.Answer.Status, e.Answer.Verdict = payload.StatusSigned, payload.VerdictVerified
	e.Deadline = time.Now().Add(-49 * time.Hour)
	if err := w.record.Add(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	var got ordered
	w.read(w.program("POST", "/api/orders/"+unknownUUID+"/view-keys", ""), &got, 201)
	if left := time.Until(got.Expires); left > afterwards || left < afterwards-time.Minute {
		t.Errorf("got a key for %v, want one for %v", left, afterwards)
	}
	w.read(w.call("GET", w.site+"/api/sign-requests/"+unknownUUID, "", api.ViewKey, got.ViewKey), new(any), 200)
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
