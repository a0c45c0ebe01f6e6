package sandbox

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// The documents of the REST API and the socket. Their fields are in the platform's order, and all
// of them are always present: null and "" mean different things to its clients.

type createdDoc struct {
	UUID   string  `json:"uuid"`
	Next   nextDoc `json:"next"`
	Refs   refsDoc `json:"refs"`
	Pushed bool    `json:"pushed"`
}

type nextDoc struct {
	Always            string `json:"always"`
	NoPushMsgReceived string `json:"no_push_msg_received,omitempty"` // only when pushed
}

type refsDoc struct {
	QRPNG            string   `json:"qr_png"`
	QRMatrix         string   `json:"qr_matrix"`
	QRURIQualityOpts []string `json:"qr_uri_quality_opts"`
	WebsocketStatus  string   `json:"websocket_status"`
}

type payloadDoc struct {
	Meta        metaDoc        `json:"meta"`
	Application applicationDoc `json:"application"`
	Payload     requestDoc     `json:"payload"`
	Response    responseDoc    `json:"response"`
	CustomMeta  customMeta     `json:"custom_meta"`
}

type metaDoc struct {
	Exists              bool     `json:"exists"`
	UUID                string   `json:"uuid"`
	Multisign           bool     `json:"multisign"`
	Submit              bool     `json:"submit"`
	Pathfinding         bool     `json:"pathfinding"`
	PathfindingFallback bool     `json:"pathfinding_fallback"`
	ForceNetwork        *string  `json:"force_network"`
	Destination         string   `json:"destination"`
	ResolvedDestination string   `json:"resolved_destination"`
	Resolved            bool     `json:"resolved"`
	Signed              bool     `json:"signed"`
	Cancelled           bool     `json:"cancelled"`
	Expired             bool     `json:"expired"`
	Pushed              bool     `json:"pushed"`
	AppOpened           bool     `json:"app_opened"`
	OpenedByDeeplink    *bool    `json:"opened_by_deeplink"`
	Immutable           bool     `json:"immutable"`
	ForceAccount        bool     `json:"forceAccount"`
	ReturnURLApp        *string  `json:"return_url_app"`
	ReturnURLWeb        *string  `json:"return_url_web"`
	IsXApp              bool     `json:"is_xapp"`
	Signers             []string `json:"signers"`
}

type applicationDoc struct {
	Name            string  `json:"name"`
	Description     string  `json:"description"`
	Disabled        int     `json:"disabled"`
	UUIDv4          string  `json:"uuidv4"`
	IconURL         string  `json:"icon_url"`
	IssuedUserToken *string `json:"issued_user_token"`
}

type requestDoc struct {
	TxType           string          `json:"tx_type"`
	TxDestination    string          `json:"tx_destination"`
	TxDestinationTag *uint32         `json:"tx_destination_tag"`
	RequestJSON      json.RawMessage `json:"request_json"`
	OriginType       *string         `json:"origintype"`
	SignMethod       *string         `json:"signmethod"`
	CreatedAt        string          `json:"created_at"`
	ExpiresAt        string          `json:"expires_at"`
	ExpiresInSeconds int             `json:"expires_in_seconds"`
}

type responseDoc struct {
	Hex                  *string `json:"hex"`
	TxID                 *string `json:"txid"`
	ResolvedAt           *string `json:"resolved_at"`
	DispatchedTo         *string `json:"dispatched_to"`
	DispatchedNodeType   *string `json:"dispatched_nodetype"`
	DispatchedResult     *string `json:"dispatched_result"`
	DispatchedToNode     bool    `json:"dispatched_to_node"`
	EnvironmentNodeURI   *string `json:"environment_nodeuri"`
	EnvironmentNodeType  *string `json:"environment_nodetype"`
	EnvironmentNetworkID *int    `json:"environment_networkid"`
	MultisignAccount     *string `json:"multisign_account"`
	Account              *string `json:"account"`
	Signer               *string `json:"signer"`
	SignerPubkey         *string `json:"signer_pubkey"`
	User                 *string `json:"user"`
}

type cancelDoc struct {
	Result     cancelResult `json:"result"`
	Meta       metaDoc      `json:"meta"`
	CustomMeta customMeta   `json:"custom_meta"`
}

type cancelResult struct {
	Cancelled bool   `json:"cancelled"`
	Reason    string `json:"reason"`
}

type resolvedDoc struct {
	outcomeDoc
	OpenedByDeeplink *bool      `json:"opened_by_deeplink"`
	CustomMeta       customMeta `json:"custom_meta"`
}

type outcomeDoc struct {
	PayloadUUIDv4       string       `json:"payload_uuidv4"`
	ReferenceCallUUIDv4 string       `json:"reference_call_uuidv4"`
	Signed              bool         `json:"signed"`
	UserToken           bool         `json:"user_token"`
	ReturnURL           returnURLDoc `json:"return_url"`
	TxID                *string      `json:"txid,omitempty"` // absent on rejection
}

type returnURLDoc struct {
	App *string `json:"app"`
	Web *string `json:"web"`
}

func (p *Platform) created(pl *payload) createdDoc {
	page := p.base + "/sign/" + pl.UUID
	doc := createdDoc{
		UUID: pl.UUID,
		Next: nextDoc{Always: page},
		Refs: refsDoc{
			QRPNG:            page + "_q.png",
			QRMatrix:         page + "_q.json",
			QRURIQualityOpts: []string{"m", "q", "h"},
			WebsocketStatus:  "ws" + strings.TrimPrefix(page, "http"),
		},
		Pushed: pl.Pushed,
	}
	if pl.Pushed {
		doc.Next.NoPushMsgReceived = page + "/qr"
	}
	return doc
}

// document is the payload as the database shows it at now. The platform keeps no token on older
// payloads: tokenIssued tells whether this one is the last that issued it.
func (pl *payload) document(now time.Time, base string, tokenIssued bool) payloadDoc {
	doc := payloadDoc{
		Meta: pl.metaDoc(now),
		Application: applicationDoc{
			Name:        pl.app.name,
			Description: pl.app.description,
			UUIDv4:      pl.app.key,
			IconURL:     base + "/assets/shop.svg",
		},
		Payload: requestDoc{
			TxType:           pl.txType,
			TxDestination:    pl.tx.text("Destination"),
			RequestJSON:      pl.Template,
			CreatedAt:        timestamp(pl.Created),
			ExpiresAt:        timestamp(pl.Expires),
			ExpiresInSeconds: secondsUntil(pl.Expires, now),
		},
		Response:   pl.responseDoc(now),
		CustomMeta: pl.Meta,
	}
	// The platform shows tag 0 as null.
	if tag, ok := pl.tx.integer("DestinationTag"); ok && tag != 0 {
		doc.Payload.TxDestinationTag = &tag
	}
	if o := pl.recorded(now); o != nil {
		doc.Payload.OriginType = &o.Origin
		if o.Signed {
			doc.Payload.SignMethod = ptr("PIN")
		}
		if tokenIssued {
			doc.Application.IssuedUserToken = &o.Token.Value
		}
	}
	return doc
}

func (pl *payload) metaDoc(now time.Time) metaDoc {
	o := pl.recorded(now)
	m := metaDoc{
		Exists:              true,
		UUID:                pl.UUID,
		Multisign:           pl.Options.Multisign,
		Submit:              pl.Options.Submit,
		Pathfinding:         pl.Options.Pathfinding,
		PathfindingFallback: pl.Options.PathfindingFallback,
		Destination:         pl.tx.text("Destination"),
		ResolvedDestination: pl.tx.text("Destination"),
		Resolved:            o != nil,
		Signed:              o != nil && o.Signed,
		Cancelled:           pl.Cancelled,
		Expired:             pl.expired(now),
		Pushed:              pl.Pushed,
		AppOpened:           pl.Opened,
		OpenedByDeeplink:    pl.OpenedByDeeplink,
		Immutable:           pl.Options.Immutable,
		ForceAccount:        pl.Options.ForceAccount,
		ReturnURLApp:        pl.returnURL(pl.Options.ReturnApp, o),
		ReturnURLWeb:        pl.returnURL(pl.Options.ReturnWeb, o),
		Signers:             pl.Options.Signers,
	}
	if pl.Options.ForceNetwork != "" {
		m.ForceNetwork = &pl.Options.ForceNetwork
	}
	return m
}

func (pl *payload) responseDoc(now time.Time) responseDoc {
	o := pl.recorded(now)
	if o == nil {
		var r responseDoc
		if account := pl.tx.text("Account"); account != "" {
			r.Account = &account
		}
		return r
	}
	empty := ptr("")
	r := responseDoc{
		Hex: empty, TxID: empty, ResolvedAt: ptr(timestamp(o.At)),
		DispatchedTo: empty, DispatchedNodeType: empty, DispatchedResult: empty,
		EnvironmentNodeURI: empty, EnvironmentNodeType: empty,
		MultisignAccount: empty, Account: empty, Signer: empty, SignerPubkey: empty, User: empty,
	}
	if !o.Signed {
		return r
	}
	s := o.Signature
	r.Hex, r.TxID = &s.Blob, &s.TxID
	r.EnvironmentNodeURI, r.EnvironmentNodeType, r.EnvironmentNetworkID = &o.Network.Node, &o.Network.Key, &o.Network.ID
	r.MultisignAccount, r.Account, r.Signer, r.SignerPubkey = &s.MultisignAccount, &s.Account, &s.Signer, &s.PublicKey
	r.User = ptr(userID)
	if o.Dispatched != "" {
		r.DispatchedTo, r.DispatchedNodeType, r.DispatchedResult = &o.Network.Node, &o.Network.Key, &o.Dispatched
		r.DispatchedToNode = true
	}
	return r
}

// resolved is the message that announces an outcome.
func (pl *payload) resolved(o *outcome) resolvedDoc {
	return resolvedDoc{pl.outcomeDoc(o), pl.OpenedByDeeplink, pl.Meta}
}

func (pl *payload) outcomeDoc(o *outcome) outcomeDoc {
	doc := outcomeDoc{
		PayloadUUIDv4:       pl.UUID,
		ReferenceCallUUIDv4: o.CallRef,
		Signed:              o.Signed,
		UserToken:           o.Signed,
		ReturnURL:           returnURLDoc{pl.returnURL(pl.Options.ReturnApp, o), pl.returnURL(pl.Options.ReturnWeb, o)},
	}
	if o.Signed {
		doc.TxID = &o.Signature.TxID
	}
	return doc
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func ptr[T any](v T) *T { return &v }

// marshal encodes what can always be encoded. Unlike json.Marshal it leaves <, > and & as they are,
// as the platform does.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
