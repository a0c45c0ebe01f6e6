package orders

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// maxBody leaves room for a template of 64 KiB, which is the most that can be verified.
const maxBody = 128 << 10

// How many of a list an answer has. For each order the platform may have to be asked.
const (
	maxListed = 100
	maxOrders = 20
)

func body(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	return data, nil
}

// create makes an order, or finds the one that the idempotency key has made.
func (h handler) create(w http.ResponseWriter, r *http.Request) error {
	data, err := body(r)
	if err != nil {
		return err
	}
	o, err := readOrder(data)
	if err != nil {
		return err
	}
	key, err := backend.IdempotencyKey(r)
	if err != nil {
		return err
	}
	wanted, sum := o.wanted(), sha256.Sum256(data)
	wanted.Asked = hex.EncodeToString(sum[:])
	e, made, err := h.Backend.Create(r.Context(), wanted, key)
	if err != nil {
		return err
	}
	s, err := h.show(e, o.View)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	return write(w, status, struct {
		backend.Report
		Created json.RawMessage `json:"created"`
		shown
	}{backend.NewReport(e), e.Created, s})
}

// find returns what is known of the request that a call names.
func (h handler) find(r *http.Request) (record.Entry, error) {
	uuid, err := payload.ParseUUID(r.PathValue("uuid"))
	if err != nil {
		return record.Entry{}, badRequest("What follows %s/ is not the UUID of an order.", all)
	}
	return h.Backend.Lookup(r.Context(), uuid)
}

// told is an order with what callbacks were told of it.
type told struct {
	backend.Report
	Deliveries []delivery `json:"deliveries"`
}

func (h handler) get(w http.ResponseWriter, r *http.Request) error {
	e, err := h.find(r)
	if err != nil {
		return err
	}
	all, err := h.Record.Deliveries(r.Context(), e.Order.UUID, "", maxListed)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, told{backend.NewReport(e), described(all)})
}

// list finds the orders of a reference, the newest first.
func (h handler) list(w http.ResponseWriter, r *http.Request) error {
	reference := r.URL.Query().Get("reference")
	if reference == "" {
		return badRequest("Say of which reference, as in %s?reference=117.", all)
	}
	uuids, err := h.Record.ByReference(r.Context(), reference, maxOrders)
	if err != nil {
		return err
	}
	list := struct {
		Orders []backend.Report `json:"orders"`
	}{[]backend.Report{}}
	for _, uuid := range uuids {
		e, err := h.Backend.Lookup(r.Context(), uuid)
		if e, ok := errors.AsType[*api.Error](err); ok && e.Code == api.NotFound {
			continue // it was dropped meanwhile
		}
		if err != nil {
			return err
		}
		list.Orders = append(list.Orders, backend.NewReport(e))
	}
	return write(w, http.StatusOK, list)
}

func (h handler) cancel(w http.ResponseWriter, r *http.Request) error {
	uuid, err := payload.ParseUUID(r.PathValue("uuid"))
	if err != nil {
		return badRequest("What follows %s/ is not the UUID of an order.", all)
	}
	e, c, err := h.Backend.Stop(r.Context(), uuid)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, struct {
		backend.Report
		Cancelled bool   `json:"cancelled"`
		Reason    string `json:"reason"` // the platform's
	}{backend.NewReport(e), c.Cancelled, c.Reason})
}
