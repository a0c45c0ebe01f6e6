package view

import (
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

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

	badPayload: phrase{"This request cannot be shown",
		"The site made a mistake. Please tell its owner; trying again will not help."},
	insecure: phrase{"This request is not safe to open",
		"Its link is not one of Xaman’s. Do not continue, and tell the site’s owner."},
	unreachable: phrase{"The site does not answer", "Check your connection and try again."},
	busy:        phrase{"Xaman is busy", "Try again in a minute."},
	broken: phrase{"Something went wrong on this page",
		"Nothing more can be shown here. Reload the page to try again."},

	tryingNew:   "We keep trying. You do not have to do anything.",
	tryingKnown: "We keep trying. If you have signed in Xaman already, do not sign again.",
	silentAfter: "Not confirmed yet: this site cannot check it right now. Do not sign again. We keep trying, " +
		"and you can come back later.",
	kept: map[Kept]string{
		KeptOpen:   "The old request is still open on your phone. Finish or decline it there first.",
		KeptSigned: "The old request is signed already, so there is no new one.",
		KeptUnsure: "The old request could not be ended, so there is no new one yet. Try again in a moment.",
	},

	guide: [3]string{
		"Open Xaman on your phone.",
		"Tap the scan button.",
		"Point the camera at this code.",
	},
	alone:   "Not verified: this page has no server to check what Xaman reports.",
	qrLabel: "QR code for request %s. Scan it with Xaman, or use the link instead.", open: "Open in Xaman",
	openHere: "Open on this device", copyLink: "Copy link", copied: "Copied", reveal: "Show QR code instead",
	conceal: "Hide QR code", noPush: "I did not receive it – show QR code", cancel: "Cancel", again: "Try again",
	retry: "Try again", newCode: "Get a new code", recheck: "Check now", explorer: "View on the ledger",
	failedCheck: "Check failed: %s.", timeLeft: "Time left", site: "Requested by", amount: "Amount", to: "To",
	network: "Network", account: "Signed by", code: "Request", stepOpen: "Open", stepSign: "Sign", stepSubmit: "Send",
	stepConfirm: "Confirm", reconnecting: "Connection lost. Reconnecting …",
	polling: "No live updates at the moment. Checking every few seconds.",
	offline: "Connection lost. Still watching: we check as soon as you are back.",
	checks: map[string]string{
		api.CheckResolved: "Signed in Xaman", api.CheckOwner: "Your own request", api.CheckNetwork: "Right network",
		api.CheckRequest: "What was asked for", api.CheckTxID: "Transaction id", api.CheckSignature: "Signature",
		api.CheckSigner: "Signer", api.CheckLedger: "On the ledger", api.CheckDelivered: "Amount delivered",
		api.CheckSingleUse: "Used once",
	},
	outcomes: map[payload.Outcome]string{
		payload.Pass: "passed", payload.Fail: "failed", payload.Pending: "in progress", payload.Skipped: "not checked",
	},
}
