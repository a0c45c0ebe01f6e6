package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// transactionView is what the explorer shows.
type transactionView struct {
	Hash, Title, Network string
	From, To, Tag        string
	Delivered            *amountView
	Result               string
	Success, Validated   bool
	Ledger               uint32
	Fee, Time            string
}

// explorer shows a transaction as the ledger has it. The real platform redirects to an explorer of the
// network.
func (p *Platform) explorer(w http.ResponseWriter, r *http.Request) {
	on, ok := networkFor(r.PathValue("network"))
	p.mu.Lock()
	p.ledger.advance(time.Now())
	e := p.ledger.entries[strings.ToUpper(r.PathValue("hash"))]
	if e == nil || !ok || on != networks[0] {
		p.mu.Unlock()
		p.render(w, http.StatusNotFound, "nowhere.html", nil)
		return
	}
	view := p.ledger.view(e)
	p.mu.Unlock()
	p.render(w, http.StatusOK, "explorer.html", view)
}

func (l *ledger) view(e *entry) transactionView {
	tx := e.transaction()
	v := transactionView{
		Hash: e.hash, Title: title(tx.text("TransactionType")), Network: networks[0].Key,
		From: tx.text("Account"), To: tx.text("Destination"), Tag: tx.tag(),
		Delivered: amount(e.Delivered),
		Result:    e.Result, Success: e.Result == "tesSUCCESS", Validated: e.Ledger <= l.Newest,
		Ledger: e.Ledger, Fee: tx.text("Fee"),
	}
	if v.Validated {
		v.Time = l.closeTime(e.Ledger).Format("2 January 2006, 15:04:05 UTC")
	}
	return v
}
