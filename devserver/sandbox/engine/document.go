package engine

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// The documents of the REST API and the socket. Their fields are in the platform's order, and all of them are always
// present: null and "" mean different things to its clients.

// Created is the answer to a creation.
type Created struct {
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

// Document is the answer to a GET of a payload.
type Document struct {
	Meta        metaDoc        `json:"meta"`
	Application applicationDoc `json:"application"`
	Payload     requestDoc     `json:"payload"`
	Response    responseDoc    `json:"response"`
	CustomMeta  CustomMeta     `json:"custom_meta"`
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

// Cancellation is the answer to a DELETE of a payload.
type Cancellation struct {
	Result     cancelResult `json:"result"`
	Meta       metaDoc      `json:"meta"`
	CustomMeta CustomMeta   `json:"custom_meta"`
}

type cancelResult struct {
	Cancelled bool   `json:"cancelled"`
	Reason    string `json:"reason"`
}

// Resolution is the message that announces an outcome.
type Resolution struct {
	outcomeDoc
	OpenedByDeeplink *bool      `json:"opened_by_deeplink"`
	CustomMeta       CustomMeta `json:"custom_meta"`
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

type webhookDoc struct {
	Meta       webhookMeta   `json:"meta"`
	CustomMeta CustomMeta    `json:"custom_meta"`
	Response   outcomeDoc    `json:"payloadResponse"`
	UserToken  *webhookToken `json:"userToken"`
}

type webhookMeta struct {
	URL              string `json:"url"`
	ApplicationUUID  string `json:"application_uuidv4"`
	PayloadUUID      string `json:"payload_uuidv4"`
	OpenedByDeeplink *bool  `json:"opened_by_deeplink"`
}

type webhookToken struct {
	UserToken  string `json:"user_token"`
	Issued     int64  `json:"token_issued"`
	Expiration int64  `json:"token_expiration"`
}

// userID identifies the phone's user to applications.
const userID = "5a6d0c1e-0000-4000-8000-0000000000bb"

// CreatedDocument is the answer to the creation of a payload; origin is that of the links in it.
func (pl *Payload) CreatedDocument(origin string) Created {
	page := origin + "/sign/" + pl.UUID
	doc := Created{
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

// Document is a payload as the database shows it at now; origin is that of the links in it.
func (e *Engine) Document(now time.Time, pl *Payload, origin string) Document {
	app := e.App(pl.App)
	doc := Document{
		Meta: e.meta(now, pl),
		Application: applicationDoc{
			Name:        app.Name,
			Description: app.Description,
			UUIDv4:      app.Key,
			IconURL:     origin + app.Icon,
		},
		Payload: requestDoc{
			TxType:           pl.Type(),
			TxDestination:    pl.Tx.Text("Destination"),
			RequestJSON:      pl.Template,
			CreatedAt:        Timestamp(pl.Created),
			ExpiresAt:        Timestamp(pl.Expires),
			ExpiresInSeconds: secondsUntil(pl.Expires, now),
		},
		Response:   pl.response(now),
		CustomMeta: pl.Meta,
	}
	// The platform shows tag 0 as null.
	if tag, ok := pl.Tx.Integer("DestinationTag"); ok && tag != 0 {
		doc.Payload.TxDestinationTag = &tag
	}
	if o := pl.Recorded(now); o != nil {
		doc.Payload.OriginType = &o.Origin
		if o.Signed {
			doc.Payload.SignMethod = ptr("PIN")
		}
		// The platform keeps no token on older payloads.
		if e.issued[pl.App] == pl.UUID {
			doc.Application.IssuedUserToken = &o.Token.Value
		}
	}
	return doc
}

func (e *Engine) meta(now time.Time, pl *Payload) metaDoc {
	o := pl.Recorded(now)
	m := metaDoc{
		Exists:              true,
		UUID:                pl.UUID,
		Multisign:           pl.Options.Multisign,
		Submit:              pl.Options.Submit,
		Pathfinding:         pl.Options.Pathfinding,
		PathfindingFallback: pl.Options.PathfindingFallback,
		Destination:         pl.Tx.Text("Destination"),
		ResolvedDestination: cmp.Or(e.config.Names[pl.Tx.Text("Destination")], pl.Tx.Text("Destination")),
		Resolved:            o != nil,
		Signed:              o != nil && o.Signed,
		Cancelled:           pl.Cancelled,
		Expired:             pl.Expired(now),
		Pushed:              pl.Pushed,
		AppOpened:           pl.Opened,
		OpenedByDeeplink:    pl.OpenedByDeeplink,
		Immutable:           pl.Options.Immutable,
		ForceAccount:        pl.Options.ForceAccount,
		ReturnURLApp:        pl.ReturnURL(pl.Options.ReturnApp, o),
		ReturnURLWeb:        pl.ReturnURL(pl.Options.ReturnWeb, o),
		Signers:             pl.Options.Signers,
	}
	if pl.Options.ForceNetwork != "" {
		m.ForceNetwork = &pl.Options.ForceNetwork
	}
	return m
}

func (pl *Payload) response(now time.Time) responseDoc {
	o := pl.Recorded(now)
	if o == nil {
		var r responseDoc
		if account := pl.Tx.Text("Account"); account != "" {
			r.Account = &account
		}
		return r
	}
	empty := ptr("")
	r := responseDoc{
		Hex: empty, TxID: empty, ResolvedAt: ptr(Timestamp(o.At)),
		DispatchedTo: empty, DispatchedNodeType: empty, DispatchedResult: empty,
		EnvironmentNodeURI: empty, EnvironmentNodeType: empty,
		MultisignAccount: empty, Account: empty, Signer: empty, SignerPubkey: empty, User: empty,
	}
	if !o.Signed {
		return r
	}
	s, on := o.Signature, o.Network
	r.Hex, r.TxID = &s.Blob, &s.TxID
	r.EnvironmentNodeURI, r.EnvironmentNodeType, r.EnvironmentNetworkID = &on.Node, &on.Key, &on.ID
	r.MultisignAccount, r.Account, r.Signer, r.SignerPubkey = &s.MultisignAccount, &s.Account, &s.Signer, &s.PublicKey
	r.User = ptr(userID)
	if o.Dispatched != "" {
		r.DispatchedTo, r.DispatchedNodeType, r.DispatchedResult = &on.Node, &on.Key, &o.Dispatched
		r.DispatchedToNode = true
	}
	return r
}

// Resolution is the message that announces an outcome of the payload, which need not be its own.
func (pl *Payload) Resolution(o *Outcome) Resolution {
	return Resolution{pl.outcome(o), pl.OpenedByDeeplink, pl.Meta}
}

func (pl *Payload) outcome(o *Outcome) outcomeDoc {
	doc := outcomeDoc{
		PayloadUUIDv4:       pl.UUID,
		ReferenceCallUUIDv4: o.CallRef,
		Signed:              o.Signed,
		UserToken:           o.Signed,
		ReturnURL: returnURLDoc{
			pl.ReturnURL(pl.Options.ReturnApp, o), pl.ReturnURL(pl.Options.ReturnWeb, o),
		},
	}
	if o.Signed {
		doc.TxID = &o.Signature.TxID
	}
	return doc
}

// Timestamp is a time as the platform writes it.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func ptr[T any](v T) *T { return &v }
