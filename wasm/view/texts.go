package view

import (
	"fmt"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// phrase is the heading of a card and the sentence below it.
type phrase struct{ title, line string }

// texts is one language. A test fails if a field is empty.
type texts struct {
	loading, waiting, waitingOnce, waitingTouch, pushed, opened, signing, submitting, signed, signedAlone, verified, signedIn, paid, unverified, notSignedIn,
	silentBefore, rejected, expired, gone, expiredLate, cancelled, notFound, elsewhere phrase

	badPayload, insecure, unreachable, busy, broken phrase

	tryingNew, tryingKnown string // while it is tried again, below the title of the failure
	silentAfter            string // the backend is not heard, and something may be signed already
	kept                   map[Kept]string

	guide                                                     [3]string
	alone, qrLabel                                            string
	open, openHere, copyLink, reveal, conceal, noPush, cancel string
	again, retry, newCode, recheck                            string
	explorer, failedCheck                                     string
	timeLeft, site, amount, to, network, account, code        string
	stepOpen, stepSign, stepSubmit, stepConfirm               string
	reconnecting, polling, offline                            string
	copied                                                    string
	checks                                                    map[string]string
	outcomes                                                  map[payload.Outcome]string
}

var english = texts{
	loading:      phrase{"Preparing your request", "One moment."},
	waiting:      phrase{"Scan with Xaman", "You can get a new code if the time runs out."},
	waitingOnce:  phrase{"Scan with Xaman", "Then review the request on your phone."},
	waitingTouch: phrase{"Continue in Xaman", "Xaman opens. Come back to this page when you are done."},
	pushed:       phrase{"Check your phone", "We sent the request to Xaman on your phone."},
	opened:       phrase{"Opened on your phone", "Review it in Xaman."},
	signing:      phrase{"Waiting for your approval", "You are signing in Xaman."},
	submitting:   phrase{"Sending to the XRP Ledger", "This takes a few seconds."},
	signed:       phrase{"Signed", "Confirming. Keep this page open."},
	silentBefore: phrase{"Do not sign yet", "This site cannot confirm anything right now. We keep trying."},
	signedAlone:  phrase{"Signed, says Xaman", "Nobody has verified it: this page has no server."},
	verified:     phrase{"Done", "Your signature was checked and is confirmed."},
	signedIn:     phrase{"Signed in", "It is confirmed that this account is yours."},
	paid:         phrase{"Paid", "%s %s has arrived."},
	unverified:   phrase{"We could not confirm this", "Do not pay again. Contact the site and name the code below."},
	notSignedIn:  phrase{"We could not confirm this", "You are not signed in. Nothing was sent."},
	rejected:     phrase{"Request declined", "You declined it in Xaman. Nothing was sent."},
	expired:      phrase{"This code has expired", "Nothing was signed."},
	gone:         phrase{"This code has expired", "It ran out, or it was used already."},
	expiredLate:  phrase{"Code expired", "You already opened it: you can still finish in Xaman."},
	cancelled:    phrase{"Request cancelled", "Nothing was signed."},
	notFound:     phrase{"Request not found", "It may be too old, or was made in another browser."},
	elsewhere: phrase{"Go back to where you started",
		"You began in another browser or on another device. The result is shown there."},

	badPayload:  phrase{"This request cannot be shown", "The site made a mistake. Please tell its owner; trying again will not help."},
	insecure:    phrase{"This request is not safe to open", "Its link is not one of Xaman’s. Do not continue, and tell the site’s owner."},
	unreachable: phrase{"The site does not answer", "Check your connection and try again."},
	busy:        phrase{"Xaman is busy", "Try again in a minute."},
	broken:      phrase{"Something went wrong on this page", "Nothing more can be shown here. Reload the page to try again."},

	tryingNew:   "We keep trying. You do not have to do anything.",
	tryingKnown: "We keep trying. If you have signed in Xaman already, do not sign again.",
	silentAfter: "Not confirmed yet: this site cannot check it right now. Do not sign again. We keep trying, " +
		"and you can come back later.",
	kept: map[Kept]string{
		KeptOpen:   "The old request is still open on your phone. Finish or decline it there first.",
		KeptSigned: "The old request is signed already, so there is no new one.",
		KeptUnsure: "The old request could not be ended, so there is no new one yet. Try again in a moment.",
	},

	guide:   [3]string{"Open Xaman on your phone.", "Tap the scan button.", "Point the camera at this code."},
	alone:   "Not verified: this page has no server to check what Xaman reports.",
	qrLabel: "QR code for request %s. Scan it with Xaman, or use the link instead.",
	open:    "Open in Xaman", openHere: "Open on this device", copyLink: "Copy link", copied: "Copied", reveal: "Show QR code instead", conceal: "Hide QR code",
	noPush: "I did not receive it – show QR code", cancel: "Cancel",
	again: "Try again", retry: "Try again", newCode: "Get a new code", recheck: "Check now",
	explorer: "View on the ledger", failedCheck: "Check failed: %s.",
	timeLeft: "Time left", site: "Requested by", amount: "Amount", to: "To", network: "Network", account: "Signed by", code: "Request",
	stepOpen: "Open", stepSign: "Sign", stepSubmit: "Send", stepConfirm: "Confirm",
	reconnecting: "Connection lost. Reconnecting …",
	polling:      "No live updates at the moment. Checking every few seconds.",
	offline:      "Connection lost. Still watching: we check as soon as you are back.",
	checks: map[string]string{
		api.CheckResolved:  "Signed in Xaman",
		api.CheckOwner:     "Your own request",
		api.CheckNetwork:   "Right network",
		api.CheckRequest:   "What was asked for",
		api.CheckTxID:      "Transaction id",
		api.CheckSignature: "Signature",
		api.CheckSigner:    "Signer",
		api.CheckLedger:    "On the ledger",
		api.CheckDelivered: "Amount delivered",
		api.CheckSingleUse: "Used once",
	},
	outcomes: map[payload.Outcome]string{payload.Pass: "passed", payload.Fail: "failed", payload.Pending: "in progress", payload.Skipped: "not checked"},
}

var german = texts{
	loading:      phrase{"Anfrage wird vorbereitet", "Einen Moment."},
	waiting:      phrase{"Mit Xaman scannen", "Läuft die Zeit ab, gibt es einen neuen Code."},
	waitingOnce:  phrase{"Mit Xaman scannen", "Prüfen Sie die Anfrage dann auf dem Telefon."},
	waitingTouch: phrase{"Weiter in Xaman", "Xaman öffnet sich. Kehren Sie danach zu dieser Seite zurück."},
	pushed:       phrase{"Sehen Sie auf Ihr Telefon", "Wir haben die Anfrage an Xaman auf Ihrem Telefon geschickt."},
	opened:       phrase{"Auf dem Telefon geöffnet", "Prüfen Sie die Anfrage in Xaman."},
	signing:      phrase{"Ihre Zustimmung fehlt noch", "Sie unterschreiben gerade in Xaman."},
	submitting:   phrase{"Wird an den XRP Ledger gesendet", "Das dauert einige Sekunden."},
	signed:       phrase{"Unterschrieben", "Wird bestätigt. Lassen Sie diese Seite offen."},
	silentBefore: phrase{"Noch nicht unterschreiben",
		"Diese Website kann gerade nichts bestätigen. Wir versuchen es weiter."},
	signedAlone: phrase{"Unterschrieben, meldet Xaman", "Niemand hat es geprüft: Diese Seite hat keinen Server."},
	verified:    phrase{"Fertig", "Ihre Unterschrift wurde geprüft und ist bestätigt."},
	signedIn:    phrase{"Angemeldet", "Es ist bestätigt, dass dieses Konto Ihnen gehört."},
	paid:        phrase{"Bezahlt", "%s %s sind angekommen."},
	unverified:  phrase{"Das ließ sich nicht bestätigen", "Bezahlen Sie nicht noch einmal. Nennen Sie der Website den Code unten."},
	notSignedIn: phrase{"Das ließ sich nicht bestätigen", "Sie sind nicht angemeldet. Es wurde nichts gesendet."},
	rejected:    phrase{"Anfrage abgelehnt", "Sie haben in Xaman abgelehnt. Es wurde nichts gesendet."},
	expired:     phrase{"Dieser Code ist abgelaufen", "Es wurde nichts unterschrieben."},
	gone:        phrase{"Dieser Code ist abgelaufen", "Seine Zeit ist um, oder er wurde schon benutzt."},
	expiredLate: phrase{"Code abgelaufen", "Sie haben ihn schon geöffnet und können in Xaman noch abschließen."},
	cancelled:   phrase{"Anfrage abgebrochen", "Es wurde nichts unterschrieben."},
	notFound:    phrase{"Anfrage nicht gefunden", "Sie ist zu alt oder stammt aus einem anderen Browser."},
	elsewhere: phrase{"Weiter auf der Ausgangsseite",
		"Begonnen haben Sie in einem anderen Browser oder auf einem anderen Gerät. Dort steht das Ergebnis."},

	badPayload:  phrase{"Diese Anfrage lässt sich nicht anzeigen", "Der Fehler liegt bei der Website. Bitte sagen Sie ihr Bescheid; ein neuer Versuch hilft nicht."},
	insecure:    phrase{"Diese Anfrage ist nicht sicher", "Ihr Link führt nicht zu Xaman. Brechen Sie ab und sagen Sie der Website Bescheid."},
	unreachable: phrase{"Die Website antwortet nicht", "Prüfen Sie die Verbindung und versuchen Sie es noch einmal."},
	busy:        phrase{"Xaman ist gerade ausgelastet", "Versuchen Sie es in einer Minute noch einmal."},
	broken:      phrase{"Auf dieser Seite ist etwas schiefgegangen", "Laden Sie die Seite neu, um es noch einmal zu versuchen."},

	tryingNew:   "Wir versuchen es weiter. Sie müssen nichts tun.",
	tryingKnown: "Wir versuchen es weiter. Haben Sie in Xaman schon unterschrieben, tun Sie es nicht noch einmal.",
	silentAfter: "Noch nicht bestätigt: Die Website kann es gerade nicht prüfen. Unterschreiben Sie nicht noch einmal. " +
		"Wir versuchen es weiter.",
	kept: map[Kept]string{
		KeptOpen: "Die alte Anfrage ist auf Ihrem Telefon noch offen. Schließen Sie sie zuerst dort ab, " +
			"oder lehnen Sie sie ab.",
		KeptSigned: "Die alte Anfrage ist schon unterschrieben, deshalb gibt es keine neue.",
		KeptUnsure: "Die alte Anfrage ließ sich nicht beenden, deshalb gibt es noch keine neue. " +
			"Versuchen Sie es gleich noch einmal.",
	},

	guide:   [3]string{"Öffnen Sie Xaman auf dem Telefon.", "Tippen Sie auf das Scan-Symbol.", "Richten Sie die Kamera auf diesen Code."},
	alone:   "Nicht geprüft: Diese Seite hat keinen Server, der Xamans Meldungen nachprüft.",
	qrLabel: "QR-Code der Anfrage %s. Scannen Sie ihn mit Xaman, oder benutzen Sie den Link.",
	open:    "In Xaman öffnen", openHere: "Auf diesem Gerät öffnen", copyLink: "Link kopieren", copied: "Kopiert", reveal: "Stattdessen QR-Code zeigen", conceal: "QR-Code verbergen",
	noPush: "Nichts angekommen – QR-Code zeigen", cancel: "Abbrechen",
	again: "Noch einmal", retry: "Noch einmal versuchen", newCode: "Neuen Code holen", recheck: "Jetzt nachsehen",
	explorer: "Im Ledger ansehen", failedCheck: "Prüfung gescheitert: %s.",
	timeLeft: "Verbleibende Zeit", site: "Anfrage von", amount: "Betrag", to: "An", network: "Netz", account: "Unterschrieben von", code: "Anfrage",
	stepOpen: "Öffnen", stepSign: "Unterschreiben", stepSubmit: "Senden", stepConfirm: "Bestätigen",
	reconnecting: "Verbindung verloren. Neuer Versuch …",
	polling:      "Gerade keine Live-Meldungen. Wir sehen alle paar Sekunden nach.",
	offline:      "Verbindung verloren. Wir sehen nach, sobald sie wieder da ist.",
	checks: map[string]string{
		api.CheckResolved:  "In Xaman unterschrieben",
		api.CheckOwner:     "Ihre eigene Anfrage",
		api.CheckNetwork:   "Richtiges Netz",
		api.CheckRequest:   "Was verlangt war",
		api.CheckTxID:      "Transaktions-ID",
		api.CheckSignature: "Signatur",
		api.CheckSigner:    "Unterzeichner",
		api.CheckLedger:    "Im Ledger",
		api.CheckDelivered: "Gelieferter Betrag",
		api.CheckSingleUse: "Nur einmal verwendet",
	},
	outcomes: map[payload.Outcome]string{payload.Pass: "bestanden", payload.Fail: "gescheitert", payload.Pending: "läuft", payload.Skipped: "nicht geprüft"},
}

var languages = map[string]*texts{"en": &english, "de": &german}

// textsFor returns the texts of a BCP 47 language tag, of which only the language itself counts.
func textsFor(tag string) *texts {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if t, ok := languages[primary]; ok {
		return t
	}
	return &english
}

func (t *texts) phrase(in Input, phase payload.Phase) phrase {
	switch phase {
	case payload.PhasePushed:
		return t.pushed
	case payload.PhaseOpened:
		return t.opened
	case payload.PhaseSigning:
		return t.signing
	case payload.PhaseSubmitting:
		return t.submitting
	case payload.PhaseSigned:
		if in.State.Alone {
			return t.signedAlone
		}
		return t.signed
	case payload.PhaseVerified:
		return t.success(in.State.Answer)
	case payload.PhaseUnverified:
		return t.refusal(in.State.Answer)
	case payload.PhaseRejected:
		return t.rejected
	case payload.PhaseExpired:
		if in.State.MaySign() {
			return t.expiredLate
		}
		if in.State.Answer.Status != payload.StatusExpired {
			return t.gone // the backend may yet know of a signature
		}
		return t.expired
	case payload.PhaseCancelled:
		return t.cancelled
	case payload.PhaseNotFound:
		if in.elsewhere() {
			return t.elsewhere
		}
		return t.notFound
	}
	switch {
	case in.Touch:
		return t.waitingTouch
	case in.Renewable:
		return t.waiting
	}
	return t.waitingOnce
}

// success says what was verified, in plain words.
func (t *texts) success(a payload.Answer) phrase {
	switch {
	case a.Summary.Type == SignIn:
		return t.signedIn
	case a.Result.Amount != "":
		return phrase{t.paid.title, fmt.Sprintf(t.paid.line, a.Result.Amount, a.Result.Currency)}
	}
	return t.verified
}

// refusal says which check said no, and what that means to the visitor. Money may have moved unless it was a login.
func (t *texts) refusal(a payload.Answer) phrase {
	p := t.unverified
	if a.Summary.Type == SignIn {
		p = t.notSignedIn
	}
	for _, c := range a.Checks {
		if c.Outcome == payload.Fail {
			p.line = fmt.Sprintf(t.failedCheck, t.check(c.Name)) + " " + p.line
			break
		}
	}
	return p
}

// failure explains a code to the visitor: what happened, and whether trying again can help.
func (t *texts) failure(code payload.Code) (p phrase, retry bool) {
	switch code {
	case payload.BackendUnreachable:
		return t.unreachable, true
	case api.TooManyRequests, api.PlatformUnavailable:
		return t.busy, true
	case payload.UnsafeLink, payload.InsecureSocket:
		return t.insecure, false
	case payload.BadPayload, payload.BadUUID, payload.BadAnswer, api.BadRequest, api.UnknownDemo,
		api.PlatformRefused:
		return t.badPayload, false
	}
	return t.broken, false
}

// trying says that a failure is not the end: the request is asked for again.
func (t *texts) trying(in Input) phrase {
	p := phrase{t.unreachable.title, t.tryingNew}
	switch in.Failure {
	case api.TooManyRequests, api.PlatformUnavailable, api.PlatformRefused:
		p.title = t.busy.title
	}
	if in.Known { // it may well be signed: that is why a page comes back to it
		p.line = t.tryingKnown
	}
	return p
}

// silent says what to do while the backend is not heard.
func (t *texts) silent(p phrase, phase payload.Phase) phrase {
	switch phase {
	case payload.PhaseWaiting, payload.PhasePushed, payload.PhaseOpened, payload.PhaseSigning:
		return t.silentBefore
	}
	return phrase{p.title, t.silentAfter}
}

// connection says how the page hears of changes, unless all is well or it does not matter any more.
func (t *texts) connection(in Input, phase payload.Phase) string {
	if in.State.Final() {
		return ""
	}
	switch in.Connection {
	case payload.Reconnecting:
		return t.reconnecting
	case payload.Polling:
		return t.polling
	case payload.Offline:
		return t.offline
	}
	return ""
}

// check is the name of a check. One that is not known here has been added by the backend, and is shown by its own name.
func (t *texts) check(name string) string {
	if label, ok := t.checks[name]; ok {
		return label
	}
	return name
}
