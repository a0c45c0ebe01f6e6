package sandbox

import (
	"net/http"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
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
func (s *Sandbox) explorer(w http.ResponseWriter, r *http.Request) {
	on, ok := networkFor(r.PathValue("network"))
	var view transactionView
	found := false
	s.look(func(e *engine.Engine, now time.Time) {
		e.Ledger.Advance(now)
		included := e.Ledger.Transaction(strings.ToUpper(r.PathValue("hash")))
		if found = included != nil && ok && on == networks[0]; found {
			view = viewOf(e.Ledger, included)
		}
	})
	if !found {
		s.render(w, http.StatusNotFound, "nowhere.html", nil)
		return
	}
	s.render(w, http.StatusOK, "explorer.html", view)
}

func viewOf(l *engine.Ledger, e *engine.Included) transactionView {
	tx := contentOf(e)
	v := transactionView{
		Hash: e.Hash, Title: title(tx.Text("TransactionType")), Network: networks[0].Key,
		From: tx.Text("Account"), To: tx.Text("Destination"), Tag: tag(tx),
		Delivered: amount(e.Delivered),
		Result:    e.Result, Success: e.Result == "tesSUCCESS", Validated: e.Ledger <= l.Newest,
		Ledger: e.Ledger, Fee: tx.Text("Fee"),
	}
	if v.Validated {
		v.Time = l.CloseTime(e.Ledger).Format("2 January 2006, 15:04:05 UTC")
	}
	return v
}
