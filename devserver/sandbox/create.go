package sandbox

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const (
	// maxExpire is the sandbox's own: the real platform is not known to have a maximum.
	maxExpire = 10 * 365 * 24 * time.Hour

	maxIdentifier  = 40
	maxInstruction = 280
	maxBlob        = 1500
	minTxBlob      = 10
	maxReturnURL   = 250 // characters of the column in the platform's database
)

// parseCreation reads the decoded body of a POST: what the developer asked for. An error is one of the platform's.
func parseCreation(body any) (engine.Request, error) {
	in, ok := body.(map[string]any)
	if !ok || len(in) == 0 {
		return engine.Request{}, errNoBody
	}
	opts, _ := in["options"].(map[string]any)
	c := engine.Request{Options: parseOptions(opts)}
	c.UserToken, _ = in["user_token"].(string)

	var err error
	switch {
	case in["txjson"] == nil && in["txblob"] == nil:
		err = errNoTemplate
	case in["txjson"] != nil && in["txblob"] != nil:
		err = errTwoTemplates
	case in["txblob"] != nil:
		c.Tx, err = parseTxBlob(in["txblob"])
	default:
		c.Tx, err = parseTemplate(in["txjson"])
	}
	if err != nil {
		return engine.Request{}, err
	}
	if c.Tx.Text("TransactionType") == "SignIn" {
		c.Options.Submit, c.Options.Multisign = false, false
		c.Tx["SignIn"] = true
	}
	if c.Tx.Text("Destination") == scammer {
		return engine.Request{}, errScam
	}
	if id, ok := c.Tx.Integer("NetworkID"); ok {
		c.Options.ForceNetwork = networkKey(id)
	}
	for _, signer := range c.Options.Signers {
		if !isClassicAddress(signer) {
			return engine.Request{}, errNotEncodable
		}
	}
	meta, _ := in["custom_meta"].(map[string]any)
	if c.Meta, err = parseCustomMeta(meta); err != nil {
		return engine.Request{}, err
	}
	if max(runes(&c.Options.ReturnApp), runes(&c.Options.ReturnWeb)) > maxReturnURL {
		return engine.Request{}, errInternal // what cannot be stored
	}
	return c, nil
}

func parseTxBlob(v any) (engine.Transaction, error) {
	blob, _ := v.(string)
	if len(blob) < minTxBlob || !upperHex.MatchString(blob) {
		return nil, errBadBlob
	}
	tx, err := decodeBlob(blob)
	if err != nil {
		return nil, errBadBlob
	}
	if !isTransactionType(engine.Transaction(tx).Text("TransactionType")) {
		return nil, errUnknownTransaction
	}
	return tx, nil
}

func parseOptions(in map[string]any) engine.Options {
	o := engine.Options{
		Submit:              flag(in["submit"], true),
		Multisign:           flag(in["multisign"], false),
		Expire:              expiry(in["expire"]),
		Pathfinding:         flag(in["pathfinding"], false),
		PathfindingFallback: flag(in["pathfinding_fallback"], false),
		Immutable:           flag(in["immutable"], false),
		ForceAccount:        flag(in["forceAccount"], false),
	}
	o.ForceNetwork, _ = in["force_network"].(string)
	if signers, ok := in["signers"].([]any); ok {
		for _, v := range signers {
			signer, _ := v.(string)
			o.Signers = append(o.Signers, signer)
		}
	} else if signer, ok := in["signer"].(string); ok {
		o.Signers = []string{signer}
	}
	urls, _ := in["return_url"].(map[string]any)
	o.ReturnApp, _ = urls["app"].(string)
	o.ReturnWeb, _ = urls["web"].(string)
	return o
}

// flag reads a boolean as leniently as the platform: numbers and strings count too.
func flag(v any, otherwise bool) bool {
	switch v := v.(type) {
	case bool:
		return v
	case json.Number:
		n, err := v.Float64()
		return err == nil && n != 0
	case string:
		if b, err := strconv.ParseBool(v); err == nil {
			return b
		}
	}
	return otherwise
}

// expiry reads a number of minutes; what is not a positive number leaves the default.
func expiry(v any) time.Duration {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = strings.TrimSpace(v)
	}
	minutes, err := strconv.ParseFloat(text, 64)
	if err != nil || !(minutes >= 1) {
		return engine.DefaultExpire
	}
	return time.Duration(math.Min(math.Floor(minutes), maxExpire.Minutes())) * time.Minute
}

var (
	upperHex = regexp.MustCompile(`^([0-9A-F]{2})+$`)
	blanks   = regexp.MustCompile(`[ \t]+`)
)

func parseCustomMeta(in map[string]any) (engine.CustomMeta, error) {
	var m engine.CustomMeta
	switch v := in["identifier"].(type) {
	case string:
		if v != "" {
			m.Identifier = &v
		}
	case json.Number:
		s := v.String()
		m.Identifier = &s
	}
	if v, ok := in["instruction"].(string); ok {
		v = strings.TrimSpace(blanks.ReplaceAllString(v, " "))
		m.Instruction = &v
	}
	switch v := in["blob"].(type) {
	case map[string]any, []any:
		m.Blob = engine.JSON(v)
	}
	long := runes(m.Identifier) > maxIdentifier || runes(m.Instruction) > maxInstruction
	if long || utf8.RuneCount(m.Blob) > maxBlob {
		return engine.CustomMeta{}, errMetaTooLong
	}
	return m, nil
}

func runes(s *string) int {
	if s == nil {
		return 0
	}
	return utf8.RuneCountInString(*s)
}
