package view

import (
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

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
	unverified: phrase{"Das ließ sich nicht bestätigen",
		"Bezahlen Sie nicht noch einmal. Nennen Sie der Website den Code unten."},
	notSignedIn: phrase{"Das ließ sich nicht bestätigen", "Sie sind nicht angemeldet. Es wurde nichts gesendet."},
	rejected:    phrase{"Anfrage abgelehnt", "Sie haben in Xaman abgelehnt. Es wurde nichts gesendet."},
	expired:     phrase{"Dieser Code ist abgelaufen", "Es wurde nichts unterschrieben."},
	gone:        phrase{"Dieser Code ist abgelaufen", "Seine Zeit ist um, oder er wurde schon benutzt."},
	expiredLate: phrase{"Code abgelaufen", "Sie haben ihn schon geöffnet und können in Xaman noch abschließen."},
	cancelled:   phrase{"Anfrage abgebrochen", "Es wurde nichts unterschrieben."},
	notFound:    phrase{"Anfrage nicht gefunden", "Sie ist zu alt oder stammt aus einem anderen Browser."},
	elsewhere: phrase{"Weiter auf der Ausgangsseite",
		"Begonnen haben Sie in einem anderen Browser oder auf einem anderen Gerät. Dort steht das Ergebnis."},

	badPayload: phrase{"Diese Anfrage lässt sich nicht anzeigen",
		"Der Fehler liegt bei der Website. Bitte sagen Sie ihr Bescheid; ein neuer Versuch hilft nicht."},
	insecure: phrase{"Diese Anfrage ist nicht sicher",
		"Ihr Link führt nicht zu Xaman. Brechen Sie ab und sagen Sie der Website Bescheid."},
	unreachable: phrase{"Die Website antwortet nicht", "Prüfen Sie die Verbindung und versuchen Sie es noch einmal."},
	busy:        phrase{"Xaman ist gerade ausgelastet", "Versuchen Sie es in einer Minute noch einmal."},
	broken: phrase{"Auf dieser Seite ist etwas schiefgegangen",
		"Laden Sie die Seite neu, um es noch einmal zu versuchen."},

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

	guide: [3]string{
		"Öffnen Sie Xaman auf dem Telefon.",
		"Tippen Sie auf das Scan-Symbol.",
		"Richten Sie die Kamera auf diesen Code.",
	},
	alone:   "Nicht geprüft: Diese Seite hat keinen Server, der Xamans Meldungen nachprüft.",
	qrLabel: "QR-Code der Anfrage %s. Scannen Sie ihn mit Xaman, oder benutzen Sie den Link.", open: "In Xaman öffnen",
	openHere: "Auf diesem Gerät öffnen", copyLink: "Link kopieren", copied: "Kopiert",
	reveal: "Stattdessen QR-Code zeigen", conceal: "QR-Code verbergen", noPush: "Nichts angekommen – QR-Code zeigen",
	cancel: "Abbrechen", again: "Noch einmal", retry: "Noch einmal versuchen", newCode: "Neuen Code holen",
	recheck: "Jetzt nachsehen", explorer: "Im Ledger ansehen", failedCheck: "Prüfung gescheitert: %s.",
	timeLeft: "Verbleibende Zeit", site: "Anfrage von", amount: "Betrag", to: "An", network: "Netz",
	account: "Unterschrieben von", code: "Anfrage", stepOpen: "Öffnen", stepSign: "Unterschreiben", stepSubmit: "Senden",
	stepConfirm: "Bestätigen", reconnecting: "Verbindung verloren. Neuer Versuch …",
	polling: "Gerade keine Live-Meldungen. Wir sehen alle paar Sekunden nach.",
	offline: "Verbindung verloren. Wir sehen nach, sobald sie wieder da ist.",
	checks: map[string]string{
		api.CheckResolved: "In Xaman unterschrieben", api.CheckOwner: "Ihre eigene Anfrage",
		api.CheckNetwork: "Richtiges Netz", api.CheckRequest: "Was verlangt war", api.CheckTxID: "Transaktions-ID",
		api.CheckSignature: "Signatur", api.CheckSigner: "Unterzeichner", api.CheckLedger: "Im Ledger",
		api.CheckDelivered: "Gelieferter Betrag", api.CheckSingleUse: "Nur einmal verwendet",
	},
	outcomes: map[payload.Outcome]string{
		payload.Pass: "bestanden", payload.Fail: "gescheitert", payload.Pending: "läuft", payload.Skipped: "nicht geprüft",
	},
}
