package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// transactionView is what the explorer shows.
type transactionView struct {
	Hash, Title, Network string
	Delivered            *amountView
	Result               string
	Success, Validated   bool
	Facts                []fact
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
	if !view.Validated {
		w.Header().Set("Refresh", "1")
	}
	s.render(w, http.StatusOK, "explorer.html", view)
}

func viewOf(l *engine.Ledger, e *engine.Included) transactionView {
	tx := contentOf(e)
	v := transactionView{
		Hash: e.Hash, Title: title(tx.Text("TransactionType")), Network: networks[0].Key,
		Delivered: amount(e.Delivered),
		Result:    e.Result, Success: e.Result == "tesSUCCESS", Validated: e.Ledger <= l.Newest,
	}
	v.Facts = slices.Concat(
		[]fact{{"From", tx.Text("Account"), "code"}}, partiesOf(tx), partsOf(tx), memosOf(tx), feeOf(tx, ""), invoiceOf(tx),
		[]fact{{"Ledger", fmt.Sprint(e.Ledger), ""}},
	)
	if v.Validated {
		v.Facts = append(v.Facts, fact{"Closed", l.CloseTime(e.Ledger).Format("2 January 2006, 15:04:05 UTC"), ""})
	}
	v.Facts = append(v.Facts, fact{"Hash", e.Hash, "code"})
	return v
}
